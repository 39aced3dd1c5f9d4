import type { Client } from 'minio';
import { codeOf, isAnswer, patiently } from './s3-client.ts';

const RULE = 'stageflow-staging';

interface Rule {
  readonly ID?: string;
  readonly Expiration?: { readonly Days?: number | string };
}

/**
 * Asks the store to remove what lies below `staging/` after `days`. False when the store has no such rules, does not let us set
 * them, or has rules of its owner's, which setting ours would replace: the engine has to sweep there.
 */
export async function ruleStaging(client: Client, days: number): Promise<boolean> {
  try {
    const present = await rulesOf(client);
    if (present.some(({ ID }) => ID !== RULE)) return false;
    if (present.length === 1 && Number(present[0]?.Expiration?.Days) === days) return true;
    await patiently(() =>
      client.setBucketLifecycle('scanner-staging', {
        Rule: [{ ID: RULE, Status: 'Enabled', Filter: { Prefix: 'staging/' }, Expiration: { Days: days } }],
      } as never),
    );
    return (await rulesOf(client)).length === 1;
  } catch (error) {
    // An answer means "not here"; silence means that the store is down.
    if (isAnswer(error)) return false;
    throw error;
  }
}

async function rulesOf(client: Client): Promise<readonly Rule[]> {
  try {
    const found = (await patiently(() => client.getBucketLifecycle('scanner-staging'))) as { Rule?: Rule | Rule[] };
    return [found.Rule ?? []].flat();
  } catch (error) {
    if (codeOf(error) === 'NoSuchLifecycleConfiguration') return [];
    throw error;
  }
}
