import X from 'lucide-react/icons/x';
import { type ReactNode, useState } from 'react';
import type { MadeShare } from '../../api/schema.ts';
import { Overlay } from '../../ui/overlay.tsx';
import { MadeLink } from './made-link.tsx';
import styles from './share.module.css';

/** How long a link may last, in days, and the words for it. */
const STRETCHES = { '1': 'tomorrow', '7': 'in 7 days', '30': 'in 30 days' } as const;
export type Stretch = keyof typeof STRETCHES;

/** The dialog around sharing: the link once it is made, before that the form that makes one. */
export function ShareFrame({
  made,
  onAnother,
  onClose,
  wide = false,
  form,
  children,
}: {
  readonly made: MadeShare | null;
  readonly onAnother: () => void;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly form: ReactNode;
  /** What stands below, whether a link was made or not. */
  readonly children?: ReactNode;
}) {
  return (
    <Overlay label="Share this report" onClose={onClose} wide={wide}>
      <div className={styles['dialog']}>
        <header>
          <h2>Share this report</h2>
          <button type="button" onClick={onClose} aria-label="Close">
            <X size={16} aria-hidden="true" />
          </button>
        </header>
        {made !== null ? <MadeLink share={made} onAnother={onAnother} /> : form}
        {children}
      </div>
    </Overlay>
  );
}

/** Says what a link shows, asks when it ends, and makes it. */
export function LinkForm({
  days,
  setDays,
  offered,
  make,
  children,
}: {
  readonly days: Stretch;
  readonly setDays: (days: Stretch) => void;
  readonly offered: readonly Stretch[];
  readonly make: () => Promise<void>;
  readonly children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  // On the desktop a whole report may have to be uploaded first: asked twice, it would make two links and show one.
  const makeOne = async () => {
    if (busy) return;
    setBusy(true);
    await make().finally(() => setBusy(false));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void makeOne();
      }}
    >
      {children}
      <div className={styles['go']}>
        <label>
          The link ends
          <select value={days} onChange={(event) => setDays(event.target.value as Stretch)}>
            {offered.map((one) => (
              <option key={one} value={one}>
                {STRETCHES[one]}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="primary" aria-disabled={busy}>
          Make the link
        </button>
        <span role="status">{busy ? 'On its way …' : ''}</span>
      </div>
    </form>
  );
}
