import { type Clock, StageflowError } from '../kernel/index.ts';
import { deliveryOf } from './delivery.ts';
import { artifactKeys, belongsTo } from './keys.ts';
import { presign } from './presign.ts';
import type { S3Settings } from './s3-settings.ts';

/** A redirect out of a share lasts only as long as a browser needs to follow it. */
const SHARE_SECONDS = 60;
/** Seven days, the longest that the protocol knows. */
export const LINK_SECONDS = 604_800;

/** Makes addresses under which a browser reads one artifact from the store itself, without us. */
export interface ShareSigner {
  /**
   * Address of one artifact of a job for the next `seconds` (1 to 60, default 60). The caller has checked the share's token. Refused as
   * `store_failed` when the key is not one of this job's, and as `bad_option` when it is to last longer.
   */
  artifact(jobId: string, key: string, seconds?: number): string;
  /** Address of a job's `report.html`, shown by the browser, for `seconds` (1 to 604,800). It cannot be revoked before it ends. */
  report(jobId: string, seconds: number): string;
}

/** The signer of a store that has a key for shares, else null. Nothing is asked of the store. */
export function createShareSigner(settings: S3Settings, clock: Clock): ShareSigner | null {
  const { share, publicUrl, region, pathStyle = true } = settings;
  if (share === null) return null;
  const sign = (key: string, seconds: number, longest: number, contentType: string, disposition: string) => {
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > longest) {
      const reason = `a link to the store lasts from 1 to ${longest} seconds`;
      throw new StageflowError('bad_option', { option: 'expiry', value: seconds, reason });
    }
    return presign({
      ...share,
      method: 'GET',
      origin: publicUrl,
      pathStyle,
      region,
      bucket: 'scanner-artifacts',
      key,
      seconds,
      now: clock.now(),
      query: {
        'response-content-type': contentType,
        'response-content-disposition': disposition,
        'response-cache-control': 'private, no-store',
      },
    });
  };
  return {
    artifact(jobId, key, seconds = SHARE_SECONDS) {
      if (!belongsTo(jobId, key))
        throw new StageflowError('store_failed', { reason: 'an artifact of another job was asked for' });
      const { contentType, disposition } = deliveryOf(key);
      return sign(key, seconds, SHARE_SECONDS, contentType, disposition);
    },
    report: (jobId, seconds) =>
      sign(
        artifactKeys.reportHtml(jobId),
        seconds,
        LINK_SECONDS,
        'text/html; charset=utf-8',
        'inline; filename="report.html"',
      ),
  };
}
