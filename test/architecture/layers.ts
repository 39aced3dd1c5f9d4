/** One row of the import table (docs/architecture.md): files under `from` may import files under `may`, and why. */
export interface Layer {
  /** Folder of the importing file, longest match wins. */
  readonly from: string;
  readonly may: readonly string[];
  readonly reason: string;
}

const KERNEL = 'engine/kernel';
const SDK = ['engine/scanner', KERNEL];

/** What Node and the workspaces see of the engine from outside. */
const ENGINE_EXPORTS = [
  'engine/run',
  'engine/kernel',
  'engine/event',
  'engine/scanner',
  'engine/view',
  'engine/report',
  'engine/submit',
  'engine/fsm',
  'engine/pod/preflight',
  'engine/aggregate',
  'engine/ledger',
  'engine/artifact',
  'engine/egress',
];

/** Default deny: a folder without a row may import nothing of ours. A folder may always import itself. */
export const LAYERS: readonly Layer[] = [
  { from: 'engine/kernel', may: [], reason: 'the kernel knows nothing of the product' },
  { from: 'engine/scanner', may: [KERNEL], reason: 'scanners see schemas and the kernel only' },
  { from: 'engine/event', may: [KERNEL, 'engine/scanner'], reason: 'events name what a cell gave, nothing more' },
  { from: 'engine/report', may: [KERNEL, 'engine/scanner'], reason: 'a report is made of findings, not of runs' },
  {
    from: 'engine/submit',
    may: [KERNEL, 'engine/event', 'engine/scanner'],
    reason: 'submitting is judged before anything runs',
  },
  { from: 'engine/fsm', may: [KERNEL, 'engine/event'], reason: 'the state machine is pure' },
  {
    from: 'engine/view',
    may: [KERNEL, 'engine/event'],
    reason: 'the read model is folded from events alone, in every window',
  },
  {
    from: 'engine/aggregate',
    may: [KERNEL, 'engine/report', 'engine/scanner'],
    reason: 'aggregation turns findings into a report',
  },
  { from: 'engine/bus', may: [KERNEL, 'engine/event'], reason: 'adapters never know each other' },
  { from: 'engine/ledger', may: [KERNEL, 'engine/event'], reason: 'adapters never know each other' },
  { from: 'engine/pod', may: [KERNEL, 'engine/scanner'], reason: 'adapters never know each other' },
  { from: 'engine/egress', may: [KERNEL], reason: 'adapters never know each other' },
  { from: 'engine/model', may: [KERNEL, 'engine/scanner'], reason: 'adapters never know each other' },
  { from: 'engine/artifact', may: [KERNEL, 'engine/scanner'], reason: 'adapters never know each other' },
  {
    from: 'engine/run',
    may: ['engine'],
    reason: 'the only place where pure meets world; nobody in the engine imports it',
  },
  { from: 'scanners/runtime', may: SDK, reason: 'what runs beside a hostile page sees the sdk only' },
  { from: 'scanners/image', may: [], reason: 'the image is files' },
  ...['axe', 'lighthouse', 'security-headers', 'seo', 'link-checker', 'ai-navigator'].map((id) => ({
    from: `scanners/${id}`,
    may: ['engine/scanner'],
    reason: 'a scanner sees the sdk and its own packages; never another scanner',
  })),
  { from: 'server', may: ENGINE_EXPORTS, reason: "front doors use the engine's public exports" },
  { from: 'main', may: ['server', ...ENGINE_EXPORTS], reason: 'the desktop is a front door; never the renderer' },
  {
    from: 'renderer',
    may: ['engine/view', 'engine/report', 'engine/event', 'engine/scanner', 'main/ipc'],
    reason: 'nothing that needs Node reaches a window; of main only the types of its calls',
  },
  { from: 'test', may: ['engine', 'server', 'scanners', 'main', 'renderer', 'docs'], reason: 'tests see everything' },
  {
    from: 'docs',
    may: ['engine', 'server', 'test/architecture'],
    reason: 'reference pages are generated from the code',
  },
];

/** The row that governs a file, or null. */
export function layerOf(file: string): Layer | null {
  const rows = LAYERS.filter((layer) => file === layer.from || file.startsWith(`${layer.from}/`));
  return rows.toSorted((a, b) => b.from.length - a.from.length)[0] ?? null;
}

/** The table as Markdown, for the docs and for failures. */
export function layerTable(): string {
  const rows = LAYERS.map(
    (l) =>
      `| \`${l.from}\` | ${l.may.length === 0 ? 'nothing of ours' : l.may.map((m) => `\`${m}\``).join(', ')} | ${l.reason} |`,
  );
  return ['| from | may import | because |', '|---|---|---|', ...rows].join('\n');
}
