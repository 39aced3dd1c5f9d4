import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CellFindings, Manifest } from '@stageflow/engine/sdk';
import { ADVICE_CHARACTERS, howToFix } from '../advice.ts';
import { audit, messageOf, selectorOf } from '../audit.ts';
import type { AxeCheck, AxeNode, AxeRaw, AxeRule } from '../result.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const manifest = Manifest.parse(read('../manifest.json'));
const raw = read('./faulty-page.raw.json') as AxeRaw;
const job = { source: 'zip', origin: 'http://site.localhost', productionOrigin: null, device: 'desktop' } as const;
const judged = audit(raw, { manifest, job, options: {} });
const ruled = (rule: string, outcome = 'fail') => judged.findings.find((f) => f.rule === rule && f.outcome === outcome);

describe('the audit of axe’s stored result', () => {
  it('gives findings that fit the schema, and the same ones every time', () => {
    expect(CellFindings.parse(judged)).toEqual(audit(raw, { manifest, job, options: {} }));
  });

  it('fails violations with the criterion they break', () => {
    expect(ruled('image-alt')).toMatchObject({
      issue: 'image-alt',
      severity: 'critical',
      category: 'accessibility',
      standards: [
        {
          name: 'WCAG 2.2',
          criterion: '1.1.1',
          level: 'A',
          url: 'https://www.w3.org/WAI/WCAG22/Understanding/non-text-content.html',
        },
      ],
    });
  });

  it('keeps what axe could not decide apart from what is wrong', () => {
    expect(ruled('color-contrast', 'needs-review')).toMatchObject({ confidence: 'possible' });
    expect(ruled('color-contrast')?.occurrences[0]?.message).toBe(
      'contrast 2.32:1, needed 4.5:1 (text #aaaaaa on #ffffff)',
    );
  });

  it('keeps best practices apart from WCAG and never above moderate', () => {
    const advice = judged.findings.filter((f) => f.category === 'best-practices');
    expect(advice.map((f) => f.rule)).toContain('landmark-unique');
    expect(advice.every((f) => f.standards.length === 0 && !['critical', 'serious'].includes(f.severity))).toBe(true);
  });

  it('takes content outside of landmarks for one fault of the layout, however many elements it is', () => {
    const [image] = raw.violations;
    const astray = image === undefined ? [] : [{ ...image, id: 'region' }];
    const { findings } = audit({ ...raw, violations: astray, incomplete: [] }, { manifest, job, options: {} });
    expect(findings.map(({ rule, evidence }) => [rule, evidence])).toEqual([['region', 'layout']]);
    expect(ruled('image-alt')?.evidence).toBeUndefined();
  });

  it('joins steps into frames and shadow roots', () => {
    expect(selectorOf(['#frame', ['x-host', 'button']])).toBe('#frame >>> x-host >>> button');
    expect(ruled('button-name')?.occurrences[0]?.selector).toBe('x-host >>> button');
    expect(ruled('image-alt')?.occurrences.map((o) => o.selector)).toEqual(['img', 'iframe >>> img']);
  });

  it('says which alternatives would do when any of several checks is enough', () => {
    const check = (message: string) => ({ id: 'x', message, data: null });
    expect(
      messageOf({
        target: ['a'],
        html: '',
        impact: null,
        failureSummary: null,
        any: [check('no text'), check('no label')],
        all: [],
        none: [check('is hidden')],
      }),
    ).toBe('is hidden; one of: no text; no label');
  });

  it('marks what depends on styles, and what a script may write', () => {
    expect(ruled('color-contrast')?.dependsOn).toEqual(['style', 'font']);
    const [image] = raw.violations;
    const untitled = image === undefined ? [] : [{ ...image, id: 'document-title' }];
    const [finding] = audit({ ...raw, violations: untitled, incomplete: [] }, { manifest, job, options: {} }).findings;
    expect(finding?.dependsOn).toEqual(['script']);
  });
});

describe('how to fix it', () => {
  const check = (message: string): AxeCheck => ({ id: 'x', message, data: null });
  const rule = (...nodes: readonly Partial<AxeNode>[]): AxeRule => ({
    id: 'x',
    impact: null,
    tags: [],
    help: 'x',
    description: 'Ensure x',
    helpUrl: 'https://x.example',
    nodeCount: nodes.length,
    nodes: nodes.map((node) => ({
      ...{ target: ['a'], html: '', impact: null, failureSummary: null, any: [], all: [], none: [] },
      ...node,
    })),
  });

  it('is short, whole sentences, for every rule of a real page', () => {
    for (const { howToFix } of judged.findings) {
      expect(howToFix.length).toBeLessThanOrEqual(ADVICE_CHARACTERS);
      expect(howToFix).toMatch(/^Ensure .*\.$/);
    }
  });

  it('says what must be mended before what is one of several ways', () => {
    expect(howToFix(rule({ any: [check('no text'), check('no label.')], none: [check('is\n hidden')] }))).toBe(
      'Ensure x. Fix this: is hidden. Fix any of the following: no text. no label.',
    );
  });

  it('says nothing that was measured on one place and is false for another', () => {
    expect(howToFix(rule({ any: [check('contrast of 4.44')] }, { any: [check('contrast of 2.1')] }))).toBe(
      'Ensure x. See the linked page for more.',
    );
    expect(howToFix(rule({ any: [check('no text'), check('id a')] }, { any: [check('no text'), check('id b')] }))).toBe(
      'Ensure x. Fix this: no text.',
    );
  });

  it('leaves whole sentences out when they do not fit, and says where they are', () => {
    const long = ['a', 'b', 'c'].map((letter) => check(letter.repeat(150)));
    expect(howToFix(rule({ all: long }))).toBe(
      `Ensure x. Fix all of the following: ${'a'.repeat(150)}. ${'b'.repeat(150)}. See the linked page for more.`,
    );
  });

  it('points to the linked page when axe names no reason', () => {
    expect(howToFix(rule({}))).toBe('Ensure x. See the linked page for more.');
  });
});
