/** What an archive holds, as its own table of contents says; nothing is unpacked, and the server checks all of it again. */
export interface ZipSummary {
  readonly files: number;
  readonly pages: number;
  /** Bytes once unpacked. */
  readonly bytes: number;
  /** Path of the page that a visitor would see first, or null. */
  readonly index: string | null;
  /** Names of hosting files that the scan will honour. */
  readonly hosting: readonly string[];
  /** What will be refused or surprise, in sentences. */
  readonly warnings: readonly string[];
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const MOST_COMMENT = 0xffff;
/** A table of contents beyond this is not read in the browser. */
const MOST_TABLE = 32 * 2 ** 20;
const HOSTING = new Set([
  '_headers',
  '_redirects',
  'netlify.toml',
  'vercel.json',
  'staticwebapp.config.json',
  '.htaccess',
]);
const MANY = 0xffff;

const bytesOf = async (file: Blob, from: number, to: number) => new DataView(await file.slice(from, to).arrayBuffer());

/** Reads an archive's table of contents; null when it is no ZIP. One that is too large to be looked into gets a summary without counts. */
export async function summariseZip(file: Blob): Promise<ZipSummary | null> {
  const tailFrom = Math.max(0, file.size - END_BYTES - MOST_COMMENT);
  const tail = await bytesOf(file, tailFrom, file.size);
  const at = endOf(tail);
  if (at === null) return null;
  const count = tail.getUint16(at + 10, true);
  const size = tail.getUint32(at + 12, true);
  const from = tail.getUint32(at + 16, true);
  if (count === MANY || size > MOST_TABLE || from + size > file.size) return UNSEEN;
  return summaryOf(entriesOf(await bytesOf(file, from, from + size)));
}

const UNSEEN: ZipSummary = {
  files: 0,
  pages: 0,
  bytes: 0,
  index: null,
  hosting: [],
  warnings: ['It is too large to be looked into here; the server checks it.'],
};

function endOf(tail: DataView): number | null {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === END) return at;
  }
  return null;
}

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly encrypted: boolean;
}

function entriesOf(table: DataView): Entry[] {
  const entries: Entry[] = [];
  const text = new TextDecoder();
  for (let at = 0; at + 46 <= table.byteLength && table.getUint32(at, true) === ENTRY; ) {
    const nameBytes = table.getUint16(at + 28, true);
    const rest = table.getUint16(at + 30, true) + table.getUint16(at + 32, true);
    if (at + 46 + nameBytes > table.byteLength) break;
    entries.push({
      name: text.decode(new Uint8Array(table.buffer, table.byteOffset + at + 46, nameBytes)),
      bytes: table.getUint32(at + 24, true),
      encrypted: (table.getUint16(at + 8, true) & 1) === 1,
    });
    at += 46 + nameBytes + rest;
  }
  return entries;
}

function summaryOf(entries: readonly Entry[]): ZipSummary {
  const files = entries.filter(({ name }) => !name.endsWith('/'));
  const pages = files.filter(({ name }) => /\.x?html?$/i.test(name));
  const depth = (name: string) => name.split('/').length;
  const [index] = pages
    .filter(({ name }) => /(?:^|\/)index\.html?$/i.test(name))
    .toSorted((a, b) => depth(a.name) - depth(b.name));
  const hosting = files.map(({ name }) => name.split('/').at(-1) ?? '').filter((name) => HOSTING.has(name));
  const warnings = [
    files.length === 0 ? 'It holds no files.' : '',
    files.length > 0 && pages.length === 0 ? 'It holds no HTML page. Pack the folder that holds index.html.' : '',
    pages.length > 0 && !index ? 'It has no index.html; the scan begins at the page that comes first.' : '',
    files.some(({ encrypted }) => encrypted) ? 'It is encrypted. Pack it again without a password.' : '',
    files.some(({ name }) => /(?:^|\/)(?:node_modules|\.git)\//.test(name))
      ? 'It holds node_modules or .git. Pack the built site alone.'
      : '',
  ].filter((text) => text !== '');
  return {
    files: files.length,
    pages: pages.length,
    bytes: files.reduce((sum, entry) => sum + entry.bytes, 0),
    index: index?.name ?? null,
    hosting: [...new Set(hosting)],
    warnings,
  };
}
