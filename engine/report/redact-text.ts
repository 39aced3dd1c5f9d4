/** What a masked string was. */
export type RedactionKind = 'e-mail' | 'login' | 'value' | 'key' | 'secret' | 'string';

/** A text without its secrets, and how many of each kind were in it. */
export interface RedactedText {
  readonly text: string;
  readonly found: Readonly<Partial<Record<RedactionKind, number>>>;
}

const mask = (kind: RedactionKind) => `[redacted ${kind}]`;
/** Not a mask of ours from an earlier pass. */
const NEW = String.raw`(?!\[redacted [a-z-]+\](?:[&#;,\s"'<>)\]]|%|$))`;

/** Words of a parameter's name that make its value a secret. */
const PARAMETER_WORDS = new Set(
  `token tok jwt auth authorization code key secret password passwd pwd pass passphrase pin otp sid sess session sig signature hmac mac digest
  credential credentials cred nonce state ticket assertion csrf xsrf bearer grant invite invitation reset verify verification magic email mail`.split(
    /\s+/,
  ),
);
const PARAMETER_ENDINGS =
  /(?:token|secret|password|passwd|signature|credential|sessionid|sessid|apikey|accesskey|authcode|jwt|csrf|xsrf|samlresponse|samlrequest|relaystate|accesskeyid)$/;

/** True when a parameter of this name carries what opens something. Camel case, dashes and dots part its words. */
function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => PARAMETER_WORDS.has(word)) || PARAMETER_ENDINGS.test(words.join(''));
}

/** Names that are never anything but a secret's, in prose, markup and JSON. */
const SPOKEN =
  '(?:[a-z0-9_.-]{0,40}(?:token|secret|passwd|password|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|session[_-]?id|jsessionid|phpsessid|signature|hmac|jwt))';

const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
const USERINFO = /([a-z][a-z0-9+.-]{1,20}:(?:\/\/|%2F%2F))([^\s/?#"'<>\\]{1,400})@/gi;
/** `?name=` in a query, a fragment or a path's own parameters, also percent-encoded inside another address, also behind `&amp;`. */
const PARAMETER =
  /(?:[?&#;!]|%(?:25)*(?:3F|26|23|3B)|\\u0026)(?:amp;)?([A-Za-z0-9_.~[\]-]{1,80})(?:=|%(?:25)*3D)(?!\[redacted [a-z-]+\](?:[&#;,\s"'<>)\]]|%|$))/gi;
const PARAMETER_VALUE = /(?:\[redacted [a-z-]+\]|[^&#;\s"'<>\\%]|%(?!(?:25)*(?:26|23|3B)))+/iy;
const JWT = /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}/g;
const KNOWN_KEYS =
  /\b(?:(?:sk|pk|rk)_(?:live|test)_\w{8,}|sk-[\w-]{20,}|(?:AKIA|ASIA|AGPA|AROA)[A-Z0-9]{12,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{10,}|SG\.[\w-]{10,}\.[\w-]{10,}|npm_\w{20,}|whsec_[\w+/=]{10,}|sf_[\w-]{30,}|shp(?:at|ca|pa|ss)_\w{16,})/g;
const SCHEME_CREDENTIAL = new RegExp(
  String.raw`\b(Bearer|Basic)(\s+|%20|\+)(?=[\w.~+/=-]*[\d=+/_])${NEW}[\w.~+/=-]{8,}`,
  'gi',
);
const COOKIE = /\b((?:set-)?cookie:\s*)([^\s=;,"'<>]{1,80}=)(?!\[redacted )([^;,\s"'<>]+)/gi;
const TAG = /<(?:input|meta|button|textarea)\b[^>]{0,2000}>?/gi;
const TAG_NAME = /\b(?:name|id|property)\s*=\s*["']?([\w.:[\]-]{1,80})/gi;
const TAG_VALUE =
  /(\b(?:value|content)\s*=\s*)(?:"(?!\[redacted )[^"]+"?|'(?!\[redacted )[^']+'?|(?!["']|\[redacted )[^\s>]+)/gi;
const QUOTED = new RegExp(
  String.raw`(\b${SPOKEN}(?:\\?["']|&quot;)?\s{0,3}[=:]\s{0,3})(\\?["']|&quot;)${NEW}((?:(?!\2)[^<>]){1,400})(\2|$)`,
  'gi',
);
const BARE = new RegExp(
  String.raw`(\b${SPOKEN}\s{0,3}[=:]\s{0,3})${NEW}(?=[^\s"'<>&;,]*[\d_+/=-])([^\s"'<>&;,()[\]]{6,400})`,
  'gi',
);
/** Without one of these there is nothing to look for; most texts have none, and looking takes its time. */
const SPOKEN_WORD = /token|secret|passw|passphrase|key|session|sessid|signature|hmac|jwt/i;
const EMAIL_SIGN = /@|%40|%(?:25)+40|&#64;|&commat;/;
const EMAIL =
  /[\p{L}\p{N}._%+'-]{1,64}(?:@|%(?:25)*40|&#64;|&commat;)(?:[\p{L}\p{N}-]{1,63}\.){1,8}(\p{L}{2,24})(?![\p{L}\p{N}])/gu;
/** Endings that follow an @ in file names (`logo@2x.png`, `lib@1.0.0-rc.js`) and are no top-level domains. */
const FILE_ENDING = /^(?:png|jpe?g|webp|gif|svg|avif|ico|js|mjs|cjs|css|json|html?|woff2?|ttf|ts|tsx|xml|txt)$/i;
const RUN = /[A-Za-z0-9_+=~-]{20,}|[A-Za-z0-9+/]{40,}={0,2}/g;
const ASSET_AFTER =
  /^(?:\.[A-Za-z0-9_-]{1,40}){0,3}\.(?:js|mjs|cjs|css|map|png|jpe?g|webp|gif|svg|avif|ico|woff2?|ttf|otf|eot|html?|json|xml|txt|mp4|webm|pdf|wasm|zip)(?![\w])/i;
const HASH_BEFORE = /\bsha(?:1|256|384|512)[-:=][A-Za-z0-9+/]*$/i;
const PICTURE_BEFORE = /data:(?:image|font)\/[\w.+-]{1,30};base64,[A-Za-z0-9+/=]*$/;

/** True for a string that nobody chose: too many changes of case and digit for words. Plain identifiers, class names and UUIDs are not. */
export function looksRandom(run: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(run)) return /\d/.test(run) && /[a-f]/i.test(run);
  const core = run.replace(/[^A-Za-z0-9]/g, '');
  if (core.length < 20) return false;
  const [lower, upper, digit] = [/[a-z]/.test(core), /[A-Z]/.test(core), /\d/.test(core)];
  if (lower && upper) {
    const wordy = (run.match(/[A-Z]?[a-z]{3,}/g) ?? []).reduce((sum, word) => sum + word.length, 0);
    return wordy / core.length < (digit ? 0.6 : 0.34);
  }
  return (
    digit &&
    (run.match(/[A-Za-z0-9]{24,}/g) ?? []).some((part) => (part.match(/\d+/g) ?? []).length >= 3 && /[a-z]/i.test(part))
  );
}

/** Masks the values of parameters that are secrets. The value of any other is read on, since it may be an address with parameters of its own. */
function maskParameters(text: string, masked: () => string): string {
  let out = '';
  let done = 0;
  for (const head of text.matchAll(PARAMETER)) {
    const from = head.index + head[0].length;
    if (head.index < done || !isSecretName(head[1] ?? '')) continue;
    PARAMETER_VALUE.lastIndex = from;
    const value = PARAMETER_VALUE.exec(text)?.[0] ?? '';
    if (value === '') continue;
    out += text.slice(done, from) + masked();
    done = from + value.length;
  }
  return out + text.slice(done);
}

/**
 * Masks what opens doors or names people: addresses' logins, parameters and e-mail addresses, keys, tokens, named secrets and long random
 * strings. `kept` are strings of ours that look random (ids, fingerprints). Applied twice it changes nothing more.
 */
export function redactText(text: string, kept: ReadonlySet<string>): RedactedText {
  const found: Partial<Record<RedactionKind, number>> = {};
  const hit = (kind: RedactionKind) => {
    found[kind] = (found[kind] ?? 0) + 1;
    return mask(kind);
  };
  const keys = (before: string) =>
    maskParameters(before, () => hit('value'))
      .replace(PRIVATE_KEY, () => hit('key'))
      .replace(USERINFO, (_, scheme: string) => `${scheme}${hit('login')}@`)
      .replace(JWT, () => hit('key'))
      .replace(KNOWN_KEYS, () => hit('key'))
      .replace(SCHEME_CREDENTIAL, (_, scheme: string, gap: string) => `${scheme}${gap}${hit('secret')}`)
      .replace(COOKIE, (_, head: string, name: string) => `${head}${name}${hit('secret')}`)
      .replace(TAG, (tag) =>
        [...tag.matchAll(TAG_NAME)].some(([, name]) => isSecretName(name ?? ''))
          ? tag.replace(TAG_VALUE, (_, head: string) => `${head}"${hit('secret')}"`)
          : tag,
      );
  const named = (before: string) =>
    before
      .replace(
        QUOTED,
        (_, head: string, open: string, _value: string, close: string) => `${head}${open}${hit('secret')}${close}`,
      )
      .replace(BARE, (_, head: string) => `${head}${hit('secret')}`);
  const people = (before: string) =>
    before.replace(EMAIL, (whole, ending: string) => (FILE_ENDING.test(ending) ? whole : hit('e-mail')));
  const random = (before: string) =>
    before.replace(RUN, (run, at: number, all: string) => {
      if (kept.has(run) || !looksRandom(run)) return run;
      if (HASH_BEFORE.test(all.slice(Math.max(0, at - 100), at)) || /^sha\d{3}-/.test(run)) return run;
      if (ASSET_AFTER.test(all.slice(at + run.length, at + run.length + 140))) return run;
      if (PICTURE_BEFORE.test(all.slice(0, at))) return run;
      return hit('string');
    });
  const pass = (before: string) => {
    const keyed = keys(before);
    const quiet = SPOKEN_WORD.test(keyed) ? named(keyed) : keyed;
    return random(EMAIL_SIGN.test(quiet) ? people(quiet) : quiet);
  };
  // A mask can make a neighbour recognisable; the second pass leaves nothing for a third.
  let now = text;
  for (let round = 0; round < 4; round += 1) {
    const next = pass(now);
    if (next === now) break;
    now = next;
  }
  return { text: now, found };
}
