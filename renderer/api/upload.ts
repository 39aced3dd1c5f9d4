import { addressOf, call } from './call.ts';
import { PLACE } from './place.ts';
import { noAnswer, Problem } from './problem.ts';
import type { Accepted, Problem as ProblemDocument, ScanOptions, Session } from './schema.ts';

/** How far an archive has come. */
export interface UploadProgress {
  readonly sent: number;
  readonly total: number;
}

/** JSON in a header has to be ASCII. */
const ascii = (value: unknown) =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** How an archive is sent. */
export interface Sending {
  /** `store` when the server's object store takes archives from this page. */
  readonly uploads: Session['uploads'];
  readonly onProgress: (progress: UploadProgress) => void;
  readonly signal: AbortSignal;
}

/** Sends an archive and starts a job with it. */
export async function uploadArchive(file: File, options: ScanOptions, sending: Sending): Promise<Accepted> {
  const { uploads, signal } = sending;
  // A browser hashes only where its connection is safe; to another server's store the page has no way.
  if (uploads === 'store' && PLACE === '' && isSecureContext) {
    const upload = await sendToStore(file, sending);
    if (upload !== null) return call('POST /api/v1/jobs/zip', { body: { upload, options }, signal });
  }
  const address = addressOf('/api/v1/jobs/zip', { query: { filename: file.name } });
  const headers = { 'content-type': 'application/zip', 'x-stageflow-options': ascii(options) };
  return (await put(file, { method: 'POST', address, headers }, sending)) as Accepted;
}

/** Announces an archive and sends it where it is wanted; gives the id of the upload, or null where the store cannot be reached from here. */
async function sendToStore(file: File, sending: Sending): Promise<string | null> {
  const { signal } = sending;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const sha256 = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const announced = { filename: file.name, bytes: file.size, sha256 };
  const { id, method, url, headers } = await call('POST /api/v1/uploads', { body: announced, signal });
  try {
    await put(file, { method, address: url, headers }, sending);
    return id;
  } catch (error) {
    // A company's proxy may let through this server and nothing else.
    if (signal.aborted) throw error;
    return null;
  }
}

interface Target {
  readonly method: 'POST' | 'PUT';
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a file and gives what is answered. A fetch cannot tell how much of a body is sent, hence the older interface. */
function put(file: File, { method, address, headers }: Target, { onProgress, signal }: Sending): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress({ sent: loaded, total }));
    request.addEventListener('error', () => reject(noAnswer()));
    request.addEventListener('abort', () =>
      reject(new Problem('cancelled', 'The upload was broken off; nothing of it is kept.')),
    );
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response);
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
