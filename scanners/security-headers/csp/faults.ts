import type { Policy } from './parse.ts';

const SOURCE_DIRECTIVES = new Set(
  'default-src script-src script-src-elem script-src-attr style-src style-src-elem style-src-attr img-src font-src connect-src media-src object-src frame-src child-src worker-src manifest-src fenced-frame-src base-uri form-action frame-ancestors'.split(
    ' ',
  ),
);
const OTHER_DIRECTIVES = new Set(
  'sandbox report-uri report-to upgrade-insecure-requests require-trusted-types-for trusted-types webrtc require-sri-for'.split(
    ' ',
  ),
);

/** Directives that once worked and that browsers have dropped. */
export const DROPPED = new Set(
  'block-all-mixed-content plugin-types referrer reflected-xss require-sri-for prefetch-src navigate-to disown-opener'.split(
    ' ',
  ),
);

const KEYWORDS =
  /^'(?:none|self|unsafe-inline|unsafe-eval|wasm-unsafe-eval|strict-dynamic|unsafe-hashes|report-sample|unsafe-allow-redirects|inline-speculation-rules|trusted-types-eval|report-sha(?:256|384|512)|nonce-[^']+|sha(?:256|384|512)-[^']+)'$/i;
const UNQUOTED =
  /^(?:none|self|unsafe-inline|unsafe-eval|wasm-unsafe-eval|strict-dynamic|unsafe-hashes|report-sample|nonce-.+|sha(?:256|384|512)-.+)$/i;

/** What browsers will skip in a policy, as short sentences in the order of the text. */
export function policyFaults(policy: Policy): string[] {
  const faults = policy.repeated.map((name) => `${name} stands twice; only the first counts`);
  for (const [name, tokens] of policy.directives) {
    if (!SOURCE_DIRECTIVES.has(name)) {
      if (!OTHER_DIRECTIVES.has(name) && !DROPPED.has(name)) faults.push(`no browser knows the directive ${name}`);
      continue;
    }
    for (const token of tokens) {
      if (UNQUOTED.test(token)) faults.push(`${name}: ${token} needs single quotes`);
      else if (token.startsWith("'") && !KEYWORDS.test(token)) faults.push(`${name}: ${token} is no known keyword`);
    }
    if (tokens.length > 1 && tokens.some((token) => token.toLowerCase() === "'none'")) {
      faults.push(`${name}: 'none' is ignored beside other sources`);
    }
  }
  return faults;
}
