import type { MadeShare } from '../../api/schema.ts';
import { copyText } from '../../state/attempt.ts';
import { moment } from '../../ui/time.ts';
import styles from './share.module.css';

/** A link that was just made: it is known this once, since only its hash is kept. */
export function MadeLink({ share, onAnother }: { readonly share: MadeShare; readonly onAnother: () => void }) {
  const address = new URL(share.url, location.href).href;
  return (
    <section className={styles['made']} aria-label="The link">
      <p>The link is shown this once. It ends {moment(Date.parse(share.expiresAt))}.</p>
      <p>
        <code>{address}</code>
      </p>
      <p className={styles['acts']}>
        <button type="button" className="primary" autoFocus onClick={() => void copyText(address, 'Copied.')}>
          Copy the link
        </button>
        <a className="button" href={address} target="_blank" rel="noreferrer">
          See what they see
        </a>
        <button type="button" onClick={onAnother}>
          Make another
        </button>
      </p>
    </section>
  );
}
