import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Site } from '../site/index.ts';
import { chooseEncoding, type Compressor } from './compress.ts';
import { mediaType, packable } from './media-type.ts';
import { parseRange } from './range.ts';
import { route, type Route } from './route.ts';

const CHUNK = 256 << 10;
/** Tells the runner's proxy which file of the archive answered; the proxy takes it off before the browser sees it. */
const FILE_HEADER = 'x-stageflow-file';

type FileRoute = Extract<Route, { kind: 'file' }>;

/** Answers one request as the host would. */
export async function answer(
  site: Site,
  compressor: Compressor,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return plain(request, response, 405, 'Method not allowed');
  }
  const decided = route(site, targetOf(request.url ?? '/'));
  if (decided.kind === 'bad') return plain(request, response, 400, 'Bad request');
  if (decided.kind === 'redirect') {
    response.setHeader('location', decided.location);
    return plain(request, response, decided.status, 'Redirecting');
  }
  for (const [name, value] of decided.declared) response.appendHeader(name, value);
  if (decided.kind === 'missing') return plain(request, response, 404, 'Not found');
  return answerFile(site, compressor, decided, request, response);
}

/** The part of an absolute-form target that names the file; origin-form as it is. */
function targetOf(url: string): string {
  const absolute = /^https?:\/\/[^/?#]*/i.exec(url);
  const target = absolute ? url.slice(absolute[0].length) : url;
  const path = target.replace(/#.*$/s, '');
  return path === '' || path.startsWith('?') ? `/${path}` : path;
}

function plain(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  const body = `${text}\n`;
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answerFile(
  site: Site,
  compressor: Compressor,
  decided: FileRoute,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { file, path, status } = decided;
  if (!response.hasHeader('content-type')) response.setHeader('content-type', mediaType(path));
  response.setHeader(FILE_HEADER, encodeURIComponent(file.path.toWellFormed()));
  const type = String(response.getHeader('content-type'));
  const tag = `${file.crc.toString(16)}-${file.size.toString(16)}`;
  const range = status === 200 ? parseRange(request.headers.range, file.size) : null;
  const encoding =
    range === null && packable(type)
      ? chooseEncoding(String(request.headers['accept-encoding'] ?? ''), file.size)
      : null;
  const etag = `"${tag}${encoding === null ? '' : `-${encoding}`}"`;
  if (!response.hasHeader('etag')) response.setHeader('etag', etag);
  if (packable(type)) response.appendHeader('vary', 'accept-encoding');
  response.statusCode = status;
  if (status === 200 && matches(request.headers['if-none-match'], String(response.getHeader('etag')))) {
    response.statusCode = 304;
    response.removeHeader('content-type');
    response.end();
    return;
  }
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${file.size}`);
    return plain(request, response, 416, 'Range not satisfiable');
  }
  if (encoding !== null) {
    const bytes = await compressor.encode(tag, encoding, () => site.tree.read(file));
    response.setHeader('content-encoding', encoding);
    response.setHeader('content-length', bytes.length);
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return;
  }
  const start = range?.start ?? 0;
  const end = range === null ? file.size : range.end + 1;
  if (range !== null) {
    response.statusCode = 206;
    response.setHeader('content-range', `bytes ${range.start}-${range.end}/${file.size}`);
  }
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('content-length', end - start);
  if (request.method !== 'HEAD') {
    for (let at = start; at < end && !response.destroyed; at += CHUNK) {
      if (!response.write(site.tree.read(file, at, Math.min(CHUNK, end - at)))) await drained(response);
    }
  }
  response.end();
}

/** Resolves when more may be written, or the client has gone. */
async function drained(response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const close = () => gone.abort();
  response.once('close', close);
  await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
  response.off('close', close);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag));
}
