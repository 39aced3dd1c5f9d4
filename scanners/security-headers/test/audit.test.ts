import { readFileSync } from 'node:fs';
import { type AuditContext, CellFindings, Manifest } from '@stageflow/engine/sdk';
import { describe, expect, test } from 'vitest';
import { audit, auditSite } from '../audit.ts';
import { parseSetCookie } from '../cookie.ts';
import type { PageRaw } from '../raw.ts';
import { pageRules } from '../rules/index.ts';
import { type Change, CLEAN, GOLDENS, JOB, NOW, SITE_GOLDENS } from './goldens.ts';

const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8')));

function inputOf(change: Change): { raw: PageRaw; ctx: AuditContext } {
  const headers = new Map(CLEAN.headers);
  for (const [name, value] of Object.entries(change.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  const setCookies = (change.cookies ?? []).flatMap((line) => parseSetCookie(line, NOW) ?? []);
  const raw: PageRaw = { ...CLEAN, headers: [...headers], setCookies, ...change.raw };
  // A replay has only what JSON keeps.
  return {
    raw: JSON.parse(JSON.stringify(raw)) as PageRaw,
    ctx: { manifest, job: { ...JOB, ...change.job }, options: {} },
  };
}

function saidBy(rule: string, change: Change) {
  const { raw, ctx } = inputOf(change);
  const cell = CellFindings.parse(audit(raw, ctx));
  return cell.findings.filter((f) => f.rule === rule).flatMap((f) => f.occurrences.map((o) => [f.evidence, o.message]));
}

describe('security headers', () => {
  test('a well kept page has no findings and a full score', () => {
    const { raw, ctx } = inputOf({});
    const cell = audit(raw, ctx);
    expect(cell.findings).toEqual([]);
    expect(cell.scores).toEqual([{ id: 'security', value: 100 }]);
  });

  test('every rule of the manifest has a golden and every check a rule', () => {
    const goldens = [...GOLDENS.map((g) => g.rule), ...SITE_GOLDENS.map((g) => g.rule)];
    expect(goldens.toSorted()).toEqual(Object.keys(manifest.rules).toSorted());
    expect([...Object.keys(pageRules), ...SITE_GOLDENS.map((g) => g.rule)].toSorted()).toEqual(goldens.toSorted());
  });

  test.each(GOLDENS)('$rule is found where it is broken', ({ rule, fails, expects }) => {
    expect(saidBy(rule, fails)).toEqual(expects);
  });

  test.each(GOLDENS)('$rule is silent where it is kept', ({ rule, passes }) => {
    expect(saidBy(rule, passes)).toEqual([]);
  });

  test.each(SITE_GOLDENS)('$rule is told from its probe', ({ rule, fails, passes, expects }) => {
    const ctx = { manifest, job: JOB, options: {} };
    expect(auditSite(fails, ctx).findings.map((f) => [f.rule, f.occurrences[0]?.message])).toEqual([[rule, expects]]);
    expect(auditSite(passes, ctx).findings).toEqual([]);
  });

  test('a build that declares nothing gets one remark, and no score', () => {
    const { raw, ctx } = inputOf({
      raw: { headers: [], url: 'http://shop.localhost/', tls: null },
      job: { source: 'zip' },
    });
    const cell = audit(raw, ctx);
    expect(cell.findings.map((f) => f.rule)).toEqual(['headers-not-declared']);
    expect(cell.scores).toEqual([{ id: 'security', value: null }]);
  });

  test('a build that declares one header is judged on the others, but never on transport', () => {
    const change: Change = {
      raw: { headers: [['x-frame-options', 'DENY']], url: 'http://shop.localhost/', tls: null },
      job: { source: 'zip' },
    };
    const { raw, ctx } = inputOf(change);
    const rules = audit(raw, ctx).findings.map((f) => f.rule);
    expect(rules).toContain('csp-missing');
    expect(rules).toContain('content-type-options-missing');
    expect(rules).not.toContain('framing-missing');
    expect(rules.filter((rule) => /hsts|tls|https/.test(rule))).toEqual([]);
  });

  test('two policies are weak only where both are', () => {
    const both = {
      headers: {
        'content-security-policy':
          "script-src 'unsafe-inline'; object-src 'none'; base-uri 'none', default-src 'self'; frame-ancestors 'none'",
      },
    };
    expect(saidBy('csp-unsafe-inline', both)).toEqual([]);
  });

  test('a page that answers with an error is not judged', () => {
    const { raw, ctx } = inputOf({ raw: { status: 503, headers: [] } });
    expect(audit(raw, ctx).findings).toEqual([]);
  });

  test('the same input gives the same findings, byte for byte', () => {
    const { raw, ctx } = inputOf(GOLDENS[8]?.fails ?? {});
    expect(JSON.stringify(audit(raw, ctx))).toBe(JSON.stringify(audit(raw, ctx)));
  });
});
