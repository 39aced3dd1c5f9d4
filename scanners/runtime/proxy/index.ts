/**
 * Proxy: the only way of the browser and of the scanners to a network.
 * Enters: proxy requests on 127.0.0.1. Leaves: tunnels asked of the engine, or the local site of a ZIP job; refusals with reasons.
 * Called by the runner. It must never dial a network address itself, except the extractor's port on the shared loopback.
 */
export { REFUSED_HEADER } from './fields.ts';
export * from './proxy.ts';
export { authorityOf, GUARD_CODES, type Refusal, type Refusals } from './refusals.ts';
export type { SiteFiles } from './site-files.ts';
