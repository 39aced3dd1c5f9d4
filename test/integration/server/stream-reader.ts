/** One event as a client sees it. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: never;
}

/** A client of a stream that parses what it reads as a browser does. */
export interface StreamReader {
  readonly frames: Frame[];
  /** Everything that came, comments included. */
  readonly text: () => string;
  /** Reads until something holds; throws when the stream ends before, unless `ended` is what is waited for. */
  until(holds: (frames: readonly Frame[]) => boolean): Promise<readonly Frame[]>;
  /** Reads one chunk. */
  chunk(): Promise<Uint8Array | undefined>;
  /** Reads to the end of the stream. */
  toEnd(): Promise<readonly Frame[]>;
  cancel(): Promise<void>;
}

function parse(block: string): Frame | null {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const),
  );
  const data = fields.get('data');
  return data === undefined
    ? null
    : { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) as never };
}

/** Reads a response. */
export function readStream(response: Response): StreamReader {
  const reader = (response.body ?? new ReadableStream<Uint8Array>({ start: (own) => own.close() })).getReader();
  const decoder = new TextDecoder();
  const frames: Frame[] = [];
  let all = '';
  let rest = '';
  const chunk = async () => {
    const { value } = await reader.read();
    if (value === undefined) return undefined;
    const text = decoder.decode(value, { stream: true });
    all += text;
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    frames.push(...blocks.map(parse).filter((frame) => frame !== null));
    return value;
  };
  return {
    frames,
    text: () => all,
    chunk,
    until: async (holds) => {
      while (!holds(frames))
        if ((await chunk()) === undefined) throw new Error(`the stream ended early:\n${all.slice(-500)}`);
      return frames;
    },
    toEnd: async () => {
      while ((await chunk()) !== undefined);
      return frames;
    },
    cancel: () => reader.cancel(),
  };
}
