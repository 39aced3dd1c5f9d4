import { artifactKeys, writeZstJson } from '../../../engine/artifact/index.ts';
import { newJobId } from '../../../engine/kernel/index.ts';
import type { EventDraft } from '../../../engine/ledger/index.ts';
import { drafts, page, specOf } from '../../conformance/events.ts';
import type { TestServer } from '../server/harness.ts';

/** The modules of a wide job. */
export const MODULES = ['axe', 'lighthouse', 'link-checker', 'security-headers', 'seo', 'ai-navigator'] as const;

const NONE = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
const FAILURE = {
  code: 'page_timeout',
  sentence: 'The page took longer than 60 s, so this module did not look at it.',
  about: null,
};

const draft = (type: string, key: string, data: unknown): EventDraft =>
  ({ type, key, data, cause: null }) as EventDraft;

/** A job of many pages by six modules, moved by the test itself. */
export interface WideJob {
  readonly id: string;
  /** Finds pages `from` to `to`, all in one commit. */
  find(from: number, to: number): void;
  /** Loads a page. */
  load(n: number): void;
  /** Ends a cell of a page; what comes out depends on both, so that every look is there. */
  cell(n: number, module: number): void;
  /** Ends a page. */
  leave(n: number): void;
  /** Ends the job. */
  end(): void;
}

function outcomeOf(n: number, module: number) {
  if (n % 17 === 5 && module === 1) return { outcome: 'timeout', counts: NONE, failure: FAILURE };
  if (n % 9 !== 0 && module === 1) return { outcome: 'skipped', counts: NONE, failure: null };
  if (n % 3 === 0) return { outcome: 'ok', counts: NONE, failure: null };
  const counts = {
    ...NONE,
    serious: n % 5,
    moderate: module,
    minor: n % 4,
    review: module % 2,
    critical: n % 11 === 1 ? 1 : 0,
  };
  return { outcome: 'ok', counts, failure: null };
}

const SECTIONS = [
  'shop',
  'blog',
  'help/articles',
  'über-uns',
  'a-section-with-a-very-long-name-that-does-not-end-where-names-should',
];

/** Stores one, with its first page found; what `axe` finds on page 1 is in the store too. */
export async function wideJob({ ledger, engine }: TestServer, label: string | null = null): Promise<WideJob> {
  const id = newJobId(Date.now());
  const spec = { ...specOf('urls'), modules: MODULES.map((module) => ({ id: module, options: {} })), label };
  ledger.receive(ledger.createJob({ id, spec, parent: null, owner: 'team' }));
  const add = (...facts: EventDraft[]) => ledger.append(id, 1, facts);
  const findings = [
    {
      rule: 'image-alt',
      title: 'Images must have an alternative text',
      severity: 'critical',
      outcome: 'fail',
      confidence: 'certain',
      category: 'accessibility',
      standards: [],
      howToFix: 'Say in alt what the image shows; leave it empty when it only decorates.',
      occurrences: [{ selector: 'main > img', snippet: '<img src="/hero.jpg">', message: 'no alt attribute' }],
    },
    {
      rule: 'color-contrast',
      title: 'Text must stand out from its background',
      severity: 'serious',
      outcome: 'fail',
      confidence: 'certain',
      category: 'accessibility',
      standards: [],
      howToFix: 'Use a darker text or a lighter background.',
      occurrences: [
        { selector: '.price', snippet: '<span class="price">9.90</span>', message: 'contrast 2.9:1, needed 4.5:1' },
      ],
    },
  ];
  await engine.store.put(
    'scanner-artifacts',
    artifactKeys.cellFindings(id, 'axe', page(1)),
    await writeZstJson({ findings, scores: [], facts: {}, passes: 10 }),
  );
  const urlOf = (n: number) =>
    `https://shop.example/${n === 0 ? '' : `${SECTIONS[n % SECTIONS.length]}/page-${n}?v=${n}`}`;
  const found = (n: number) => {
    const one = drafts.discovered(n);
    return { ...one, data: { ...one.data, url: urlOf(n) } } as EventDraft;
  };
  add(found(0));
  return {
    id,
    find: (from, to) => {
      add(...Array.from({ length: to - from }, (_, at) => found(from + at)));
    },
    load: (n) => {
      const one = drafts.visited(n);
      add({ ...one, data: { ...one.data, finalUrl: urlOf(n) } } as EventDraft);
    },
    cell: (n, module) => {
      const scanner = MODULES[module] ?? 'axe';
      const stored = { raw: null, findings: null, evidence: [], milliseconds: 400 + 37 * n, adoptedFrom: null };
      add(
        draft('scan.events.cell.completed', `${page(n)}/${scanner}`, {
          pageId: page(n),
          scanner,
          ...stored,
          ...outcomeOf(n, module),
        }),
      );
    },
    leave: (n) => {
      add(
        draft('scan.events.page.completed', page(n), {
          pageId: page(n),
          status: 'scanned',
          failure: null,
          evidence: [],
        }),
      );
    },
    end: () => {
      const [scanned] = add(drafts.scanned());
      if (scanned) ledger.receive(scanned);
      const [done] = add(drafts.done());
      if (done) ledger.receive(done);
    },
  };
}
