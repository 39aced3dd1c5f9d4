import { addressOf } from './call.ts';
import { noAnswer, Problem } from './problem.ts';
import type { Accepted, Problem as ProblemDocument, ScanOptions } from './schema.ts';

/** How far an archive has come. */
export interface UploadProgress {
  readonly sent: number;
  readonly total: number;
}

/** JSON in a header has to be ASCII. */
const ascii = (value: unknown) =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Sends an archive and starts a job with it. A fetch cannot tell how much of a body is sent, hence the older interface. */
export function uploadArchive(
  file: File,
  options: ScanOptions,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<Accepted> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', addressOf('/api/v1/jobs/zip', { query: { filename: file.name } }));
    request.setRequestHeader('content-type', 'application/zip');
    request.setRequestHeader('x-stageflow-options', ascii(options));
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress({ sent: loaded, total }));
    request.addEventListener('error', () => reject(noAnswer()));
    request.addEventListener('abort', () =>
      reject(new Problem('cancelled', 'The upload was broken off; nothing of it is kept.')),
    );
    request.addEventListener('load', () => {
      if (request.status === 202) resolve(request.response as Accepted);
      else reject(refusalOf(request));
    });
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function refusalOf(request: XMLHttpRequest): Problem {
  const document = request.response as Partial<ProblemDocument> | null;
  return new Problem(
    document?.code ?? `http_${request.status}`,
    document?.detail ?? `The server answered with ${request.status}. Try again in a moment.`,
    {
      status: request.status,
      requestId: document?.requestId ?? null,
      retryAfter: Number(request.getResponseHeader('retry-after') ?? '') || null,
      errors: document?.errors ?? [],
    },
  );
}
