import { PLACE } from './place.ts';
import { noAnswer, problemOf } from './problem.ts';
import type { Api } from './schema.ts';

type Field<R, Name extends string> = R extends Readonly<Record<Name, infer T>> ? { readonly [K in Name]: T } : object;

/** What a route wants: its path and query parameters and its body, where it has them. */
export type Wanted<K extends keyof Api> = Field<Api[K], 'path'> &
  Partial<Field<Api[K], 'query'>> &
  Field<Api[K], 'body'> & { readonly signal?: AbortSignal };

/** What a good answer holds. */
export type Answer<K extends keyof Api> = Api[K]['answer'];

interface Loose {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** The address of a route with its parameters filled in; a parameter named `path` keeps its slashes. */
export function addressOf(route: string, { path = {}, query = {} }: Loose = {}): string {
  const filled = route.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'path'
      ? (path[name] ?? '').split('/').map(encodeURIComponent).join('/')
      : encodeURIComponent(path[name] ?? ''),
  );
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) params.set(name, String(value));
  }
  return PLACE + (params.size === 0 ? filled : `${filled}?${params}`);
}

/** Sends a request and gives its answer, or throws a `Problem`. Breaking it off throws the browser's own AbortError. */
export async function send(method: string, address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { method, ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw noAnswer();
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/**
 * Calls a route of the API, typed by the server's own document: `call('GET /api/v1/jobs/{id}', { path: { id } })`. What makes something bears an
 * idempotency key of its own, so that a browser that sends it twice makes it once.
 */
export async function call<K extends keyof Api>(route: K, wanted: Wanted<K>): Promise<Answer<K>> {
  const loose: Loose = wanted;
  const [method = 'GET', pattern = ''] = route.split(' ');
  const response = await send(method, addressOf(pattern, loose), {
    ...(loose.signal ? { signal: loose.signal } : {}),
    headers: {
      accept: 'application/json',
      ...(loose.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(loose.body === undefined ? {} : { body: JSON.stringify(loose.body) }),
  });
  if (response.status === 204) return null as Answer<K>;
  return (await response.json()) as Answer<K>;
}
