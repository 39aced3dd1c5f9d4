import { type Check, headerHit } from './check.ts';

const corsWildcard: Check = (subject) => {
  const [origin] = subject.header('access-control-allow-origin');
  if (origin === undefined) return null;
  const credentials = subject.header('access-control-allow-credentials').some((value) => value.trim() === 'true');
  return origin.trim() === '*' && credentials
    ? [headerHit('access-control-allow-origin', '* together with Access-Control-Allow-Credentials: true')]
    : [];
};

const TELLING = ['server', 'x-powered-by', 'x-aspnet-version', 'x-aspnetmvc-version', 'x-generator'];

const versions: Check = (subject) =>
  TELLING.flatMap((name) => {
    // The server of a build is this project's own; only a live one says something about its owner.
    if (subject.zip && name === 'server') return [];
    const value = subject.header(name).find((one) => /\d+\.\d+/.test(one));
    return value === undefined ? [] : [headerHit(name, `${name}: ${value}`)];
  });

const deprecated: Check = (subject) => {
  const names: string[] = [];
  if (subject.header('x-xss-protection').some((value) => !value.trim().startsWith('0'))) names.push('x-xss-protection');
  for (const name of ['expect-ct', 'public-key-pins']) if (subject.header(name).length > 0) names.push(name);
  if (subject.header('feature-policy').length > 0 && subject.header('permissions-policy').length === 0)
    names.push('feature-policy');
  return names.map((name) => headerHit(name, `${name}: ${subject.header(name).join(', ')}`));
};

const notDeclared: Check = (subject) => {
  if (!subject.zip) return null;
  return subject.judgeMissing
    ? []
    : [headerHit('headers', 'the build comes without security headers; the host may add them')];
};

/** Rules on the answer's other headers. */
export const answerRules: Readonly<Record<string, Check>> = {
  'cors-wildcard-credentials': corsWildcard,
  'version-disclosure': versions,
  'deprecated-header': deprecated,
  'headers-not-declared': notDeclared,
};
