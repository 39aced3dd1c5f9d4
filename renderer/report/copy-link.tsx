import styles from './copy-link.module.css';

/** Puts the address of a screen on the clipboard and gives the sentence that says what happened. */
export async function copyAddress(hash: string): Promise<string> {
  const address = location.href.split('#')[0] + hash;
  try {
    await navigator.clipboard.writeText(address);
    return 'The link was copied.';
  } catch {
    return 'This page may not use the clipboard. Open it and copy the link from the address bar.';
  }
}

/** Says what copying came to, for eyes and screen readers. */
export function CopyLink({ said }: { readonly said: string }) {
  return (
    <p role="status" className={styles['said']}>
      {said}
    </p>
  );
}
