/** Who is killed: the engine, its queue server, or the monitor (conmon) of one of the two containers. */
export type Victim = 'engine' | 'nats-server' | 'conmon of the extractor' | 'conmon of the runner';

/** One kill: a moment of a run's own history, told by its log, and who dies then. */
export interface Point {
  readonly job: 'zip' | 'urls';
  readonly victim: Victim;
  readonly moment: keyof typeof MOMENTS;
  /** The how-manieth of its kind. */
  readonly nth: number;
  /** One death of each victim is enough for the short suite. */
  readonly short?: true;
}

/** Lines of the log (`STAGEFLOW_LOG=debug`, `--progress ndjson`) by which a moment is known. */
export const MOMENTS = {
  created: /"jobs\.events\.created"/,
  extracted: /"extraction\.events\.ready"/,
  'page discovered': /"scan\.events\.page\.discovered"/,
  'cell completed': /"scan\.events\.cell\.completed"/,
  'page completed': /"scan\.events\.page\.completed"/,
  measuring: /"work handed out".*\/lighthouse"/,
  scanned: /"scan\.events\.completed"/,
} as const;

/** Ten points spread over an archive's job and ten over a job of addresses, every victim several times in each. */
export const POINTS: readonly Point[] = [
  { job: 'zip', victim: 'engine', moment: 'created', nth: 1 },
  { job: 'zip', victim: 'conmon of the extractor', moment: 'created', nth: 1 },
  { job: 'zip', victim: 'nats-server', moment: 'extracted', nth: 1 },
  { job: 'zip', victim: 'conmon of the runner', moment: 'extracted', nth: 1 },
  { job: 'zip', victim: 'engine', moment: 'page discovered', nth: 1 },
  { job: 'zip', victim: 'conmon of the extractor', moment: 'cell completed', nth: 2, short: true },
  { job: 'zip', victim: 'conmon of the runner', moment: 'cell completed', nth: 5 },
  { job: 'zip', victim: 'nats-server', moment: 'page completed', nth: 1 },
  { job: 'zip', victim: 'engine', moment: 'measuring', nth: 1, short: true },
  { job: 'zip', victim: 'conmon of the extractor', moment: 'measuring', nth: 1 },
  { job: 'urls', victim: 'nats-server', moment: 'created', nth: 1 },
  { job: 'urls', victim: 'conmon of the runner', moment: 'created', nth: 1 },
  { job: 'urls', victim: 'engine', moment: 'page discovered', nth: 1 },
  { job: 'urls', victim: 'engine', moment: 'cell completed', nth: 2 },
  { job: 'urls', victim: 'nats-server', moment: 'cell completed', nth: 4, short: true },
  { job: 'urls', victim: 'conmon of the runner', moment: 'page completed', nth: 1 },
  { job: 'urls', victim: 'engine', moment: 'page completed', nth: 2 },
  { job: 'urls', victim: 'conmon of the runner', moment: 'measuring', nth: 1, short: true },
  { job: 'urls', victim: 'nats-server', moment: 'measuring', nth: 1 },
  { job: 'urls', victim: 'engine', moment: 'scanned', nth: 1 },
];
