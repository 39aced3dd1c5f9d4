import { readS3Settings, type S3Settings } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import { z } from 'zod';
import type { Vault } from '../servers/vault.ts';
import { NewTarget } from './model.ts';

/** It as it is kept: what is secret only as the system's vault can read it. */
export const KeptTarget = z.object({
  endpoint: z.string(),
  canLink: z.boolean(),
  locked: z.string(),
});
export type KeptTarget = z.infer<typeof KeptTarget>;

const PREFIX = 'STAGEFLOW_S3_';
const NO_FILES = () => {
  throw new Error('nothing is read from files here');
};

/** The same rules as for a server's store. Refused as `bad_option`: what is missing or malformed, and keys that everybody knows. */
export function settingsOf(target: NewTarget): S3Settings {
  const variables = {
    [`${PREFIX}ENDPOINT`]: target.endpoint,
    [`${PREFIX}REGION`]: target.region,
    [`${PREFIX}ACCESS_KEY`]: target.accessKey,
    [`${PREFIX}SECRET_KEY`]: target.secretKey,
    [`${PREFIX}SHARE_ACCESS_KEY`]: target.linkAccessKey,
    [`${PREFIX}SHARE_SECRET_KEY`]: target.linkSecretKey,
    [`${PREFIX}PUBLIC_URL`]: target.publicUrl,
  };
  const settings = readS3Settings(variables, NO_FILES);
  if (settings === null)
    throw new StageflowError('bad_option', { option: 'address', value: '', reason: 'name the object store' });
  return settings;
}

/** Locks a store's settings. Refused (`no_vault`) where the system keeps no secrets. */
export function keptTarget(target: NewTarget, vault: Vault): KeptTarget {
  const { endpoint, share } = settingsOf(target);
  return { endpoint, canLink: share !== null, locked: vault.lock(JSON.stringify(target)) };
}

/** The settings of a kept store; refused (`no_vault`) when it was locked on another computer. */
export function openedTarget({ locked }: KeptTarget, vault: Vault): S3Settings {
  return settingsOf(NewTarget.parse(JSON.parse(vault.open(locked))));
}
