import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react';
import styles from './confirm.module.css';

const Overlay = lazy(async () => ({ default: (await import('./overlay.tsx')).Overlay }));

/** The button that changes nothing. It takes the focus once the dialog knows itself: before that, a dialog below would take it back. */
function SafeAnswer({ onClose }: { readonly onClose: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <button ref={button} type="button" onClick={onClose}>
      Keep it
    </button>
  );
}

/** Asks before what cannot be undone. The safe answer has the focus. */
export function Confirm({
  title,
  act,
  onAct,
  onClose,
  children,
}: {
  readonly title: string;
  /** Word of the button that does it. */
  readonly act: string;
  readonly onAct: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Suspense fallback={null}>
      <Overlay label={title} onClose={onClose}>
        <div className={styles['confirm']}>
          <h2>{title}</h2>
          <p>{children}</p>
          <div className={styles['acts']}>
            <SafeAnswer onClose={onClose} />
            <button
              type="button"
              className="danger"
              onClick={() => {
                onClose();
                void onAct();
              }}
            >
              {act}
            </button>
          </div>
        </div>
      </Overlay>
    </Suspense>
  );
}
