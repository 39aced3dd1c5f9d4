import { StageflowError } from '@stageflow/engine/kernel';
import type { Electron } from '../electron.ts';

/** The system's own place for secrets. */
export interface Vault {
  /** Text that only this person on this computer can read again. Refused (`no_vault`) where the system keeps no secrets. */
  lock(secret: string): string;
  /** What was locked here; refused (`no_vault`) when it was locked elsewhere. */
  open(locked: string): string;
}

/** The vault behind Electron's `safeStorage`. On Linux without a keyring Electron would only hide a secret under a fixed password: that is none. */
export function systemVault({ safeStorage }: Pick<Electron, 'safeStorage'>, platform: NodeJS.Platform): Vault {
  const assertThere = () => {
    const isPlain = platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
    if (isPlain || !safeStorage.isEncryptionAvailable()) throw new StageflowError('no_vault');
  };
  return {
    lock: (secret) => {
      assertThere();
      return safeStorage.encryptString(secret).toString('base64');
    },
    open: (locked) => {
      assertThere();
      try {
        return safeStorage.decryptString(Buffer.from(locked, 'base64'));
      } catch (cause) {
        throw new StageflowError('no_vault', {}, { cause });
      }
    },
  };
}
