import { useEffect, useRef } from 'react';
import styles from './enlarged.module.css';
import { Picture } from './picture.tsx';

/** A picture over the whole window. The browser's own modal dialog keeps the focus inside, closes at Escape and gives the focus back. */
export function Enlarged({
  image,
  alt,
  close,
}: {
  readonly image: string;
  readonly alt: string;
  readonly close: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const from = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (from instanceof HTMLElement) from.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles['dialog']}
      aria-label={alt}
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div className={styles['sheet']} tabIndex={0} role="region" aria-label="Picture">
        <Picture image={image} alt={alt} className={styles['large']} />
      </div>
      <button type="button" autoFocus onClick={close}>
        Close
      </button>
    </dialog>
  );
}
