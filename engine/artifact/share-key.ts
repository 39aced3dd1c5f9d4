import { randomBytes } from 'node:crypto';
import { storeError } from './receive.ts';
import { codeOf, connectS3, patiently } from './s3-client.ts';
import type { S3Settings } from './s3-settings.ts';

const statement = (action: string, resource: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: [action], Resource: [`arn:aws:s3:::${resource}`] }],
});

/** The policy that the key for shares needs: to read artifacts and nothing else, not even their names. */
export const SHARE_KEY_POLICY = statement('s3:GetObject', 'scanner-artifacts/*');

/** The policy that the key for uploads needs: to write staged archives and nothing else. */
export const UPLOAD_KEY_POLICY = statement('s3:PutObject', 'scanner-staging/staging/*');

/**
 * What a store lets a key do beyond reading artifacts, in words; empty when the key is as it should be. Every share shows this key's
 * name to strangers, so a server should not hand out links while the list is not empty. Tries each deed on names that do not exist
 * (what it could write it removes again). Throws `store_failed` when the store does not answer.
 */
export async function shareKeyExcess(settings: S3Settings): Promise<readonly string[]> {
  if (settings.share === null) return [];
  const client = await connectS3({ ...settings, ...settings.share });
  const name = `staging/canary/${randomBytes(8).toString('hex')}`;
  const deeds: readonly [string, () => Promise<unknown>][] = [
    ['list all buckets', async () => refuseEmpty(await client.listBuckets())],
    ['list artifacts', () => client.listObjectsV2Query('scanner-artifacts', '', '', '', 1, '')],
    ['list staged archives', () => client.listObjectsV2Query('scanner-staging', '', '', '', 1, '')],
    ['read staged archives', () => client.statObject('scanner-staging', name)],
    ['write artifacts', () => client.putObject('scanner-artifacts', name, Buffer.from('x'), 1)],
    ['remove artifacts', () => client.removeObject('scanner-artifacts', name)],
    ['write staged archives', () => client.putObject('scanner-staging', name, Buffer.from('x'), 1)],
    ['remove staged archives', () => client.removeObject('scanner-staging', name)],
  ];
  const excess: string[] = [];
  for (const [words, deed] of deeds) {
    try {
      await patiently(deed);
      excess.push(words);
    } catch (error) {
      // "There is none" is an answer that only one who may look gets.
      if (codeOf(error) === 'NotFound' || codeOf(error) === 'NoSuchKey') excess.push(words);
      else if (codeOf(error) !== 'AccessDenied' && codeOf(error) !== 'Forbidden') throw storeError(error);
    }
  }
  return excess;
}

/** Some servers answer with an empty list instead of a refusal. */
function refuseEmpty(buckets: readonly unknown[]): void {
  if (buckets.length === 0) throw Object.assign(new Error('no buckets'), { code: 'AccessDenied' });
}
