/** Names that Windows gives to devices; a downloaded file must not bear one. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
const MOST = 100;

/** A person's file or folder name as `<filename>.zip` for keys: ASCII letters, digits, dot, dash and underscore, at most 104 characters. */
export function sanitiseFilename(name: string): string {
  const last = name.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  const plain = last
    .replace(/\.zip$/i, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/-{2,}/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, MOST)
    .replace(/[.-]+$/, '');
  const stem = plain === '' ? 'site' : DEVICE.test(plain) ? `_${plain}` : plain;
  return `${stem}.zip`;
}
