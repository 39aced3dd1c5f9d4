import { deliveryOf } from '@stageflow/engine/artifact';

type Body = AsyncIterable<Uint8Array>;

/** What no object of a job may do on our address, whatever it is: run, frame, or load anything. */
const NOTHING = "sandbox; default-src 'none'; frame-ancestors 'none'";

/**
 * What a report of ours may do: its own inline scripts and pictures, in an origin of its own that holds no cookie and reaches no server. It repeats
 * texts of the scanned site, so that it is not trusted more than that.
 */
const REPORT_PAGE = [
  'sandbox allow-scripts allow-popups allow-downloads',
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

const guarded = (policy: string) => ({
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'private, no-cache',
});

/**
 * A body for an answer. One that is given up before its first byte (a HEAD, a client that left) is begun and then broken off, since only what has
 * begun closes its file.
 */
export function streamOf(body: Body): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        begun = true;
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        if (!begun) await chunks.next();
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Headers of an object of a job: pictures and JSON are shown, everything else is only saved. */
export function objectHeaders(key: string): Record<string, string> {
  const { contentType, disposition } = deliveryOf(key);
  return { ...guarded(NOTHING), 'content-type': contentType, 'content-disposition': disposition };
}

/** Answers with an object, or with the part of it that was asked for. */
export function deliverObject(
  key: string,
  object: { readonly size: number; readonly body: Body },
  part: { readonly offset: number; readonly length: number } | null,
): Response {
  const headers = { ...objectHeaders(key), 'accept-ranges': 'bytes' };
  if (part === null) {
    return new Response(streamOf(object.body), { headers: { ...headers, 'content-length': String(object.size) } });
  }
  const range = `bytes ${part.offset}-${part.offset + part.length - 1}/${object.size}`;
  return new Response(streamOf(object.body), {
    status: 206,
    headers: { ...headers, 'content-range': range, 'content-length': String(part.length) },
  });
}

/** Answers with a report page, which the browser shows behind its walls. */
export function deliverReportPage(object: { readonly size: number; readonly body: Body }): Response {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-length': String(object.size) };
  return new Response(streamOf(object.body), { headers: { ...guarded(REPORT_PAGE), ...headers } });
}

/** Answers with an archive as a file to save, while it is made. */
export function deliverArchive(archive: Body, name: string): Response {
  const headers = { 'content-type': 'application/zip', 'content-disposition': `attachment; filename="${name}"` };
  return new Response(streamOf(archive), { headers: { ...guarded(NOTHING), ...headers } });
}

/** Answers with a text as a file to save. */
export function deliverFile(text: Uint8Array<ArrayBuffer>, type: string, name: string): Response {
  const headers = { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
  return new Response(text, { headers: { ...guarded(NOTHING), ...headers } });
}

/** One part that a Range header asks for: null for the whole (none, several, or a form that is not bytes), `beyond` when nothing of it exists. */
export function readRange(
  header: string | undefined,
  size: number,
): { offset: number; length: number } | null | 'beyond' {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'beyond' : { offset: size - length, length };
  }
  const offset = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < offset) return null;
  return offset > last ? 'beyond' : { offset, length: last - offset + 1 };
}
