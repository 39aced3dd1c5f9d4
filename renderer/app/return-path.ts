/** Where to go after signing in: the path in `?next=` when it leads to this very server, else the first screen. */
export function returnPath(search: string, origin: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  const url = URL.parse(next, origin);
  return url !== null && url.origin === origin && url.pathname !== '/signin'
    ? `${url.pathname}${url.search}${url.hash}`
    : '/';
}
