/** One frame of a stream of server-sent events. */
export interface Frame {
  /** The ledger's position, or null for a frame without one. */
  readonly id: number | null;
  readonly event: string;
  readonly data: string;
}

/** Takes the text of a stream in pieces of any size and gives its whole frames; comments only prove that it is alive. */
export function createFrameReader(): (piece: string) => Frame[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => frameOf(block) ?? []);
  };
}

function frameOf(block: string): Frame | null {
  let id: number | null = null;
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    if (at <= 0) continue;
    const value = line.slice(at + 1).replace(/^ /, '');
    switch (line.slice(0, at)) {
      case 'id':
        id = /^\d+$/.test(value) ? Number(value) : null;
        break;
      case 'event':
        event = value;
        break;
      case 'data':
        data.push(value);
        break;
    }
  }
  return data.length === 0 ? null : { id, event, data: data.join('\n') };
}
