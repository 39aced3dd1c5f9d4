import type { Route } from './loopback-site.ts';

/** A sound page around a body. */
export const page = (title: string, body: string, head = '') =>
  `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body><main><h1>${title}</h1>${body}</main></body></html>`;

/** A script that keeps axe from running on its page. */
export const AXE_BREAKER =
  '<script>Object.defineProperty(window, "axe", { get() { throw new Error("no axe here") }, set() {}, configurable: false })</script>';

/** Answers every request alike. */
export const answer =
  (status: number, headers: Record<string, string>, body: string): Route =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
