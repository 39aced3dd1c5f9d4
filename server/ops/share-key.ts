import { type S3Settings, shareKeyExcess } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';

/** Every share shows its key's name to strangers, so a key that can do more than read artifacts is not served with. */
export async function assertNarrowShareKey(s3: S3Settings): Promise<void> {
  const excess = await shareKeyExcess(s3);
  if (excess.length === 0) return;
  throw new StageflowError('bad_option', {
    option: 'STAGEFLOW_S3_SHARE_ACCESS_KEY',
    value: s3.share?.accessKey ?? '',
    reason: `this key can also ${excess.join(', ')}; it may only read scanner-artifacts`,
  });
}
