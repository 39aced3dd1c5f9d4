import type { ReactNode } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import styles from './overlay.module.css';

/** A dialog over everything: keeps the focus, closes on Escape and outside, gives the focus back. */
export function Overlay({
  label,
  onClose,
  children,
  wide = false,
}: {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}) {
  return (
    <ModalOverlay
      className={`app ${styles['veil']}`}
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={`${styles['box']} ${wide ? styles['wide'] : ''}`}>
        <Dialog className={styles['dialog'] ?? ''} aria-label={label}>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
