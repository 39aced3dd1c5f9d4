/** One connection, for the provenance. */
export interface ConnectionRecord {
  /** Host as asked for, control characters escaped, at most 255 characters. */
  readonly host: string;
  /** Null when the target was malformed. */
  readonly port: number | null;
  /** The address that was dialled; null when none was. */
  readonly address: string | null;
  readonly verdict: 'open' | 'closed' | 'denied' | 'failed';
  /** Why it was refused, failed or cut; null when it ended well. */
  readonly reason: string | null;
  readonly protocol: 'tls' | 'http' | null;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds from the request to the established connection or the refusal. */
  readonly milliseconds: number;
}

/** A job's traffic. */
export interface EgressLog {
  /** The first connections, in order of request, up to the cap. */
  readonly connections: readonly ConnectionRecord[];
  /** How many connections are not listed. */
  readonly unlisted: number;
  readonly totals: {
    readonly connections: number;
    readonly denied: number;
    readonly failed: number;
    readonly bytesUp: number;
    readonly bytesDown: number;
  };
}

/** A record that is still being written. */
export type OpenRecord = { -readonly [Field in keyof ConnectionRecord]: ConnectionRecord[Field] };

/** Text from outside, safe for a log line and a report: printable ASCII, the rest escaped, bounded. */
export function escaped(text: string, most = 255): string {
  const bounded = text.slice(0, most);
  return bounded
    .replace(/[^\x20-\x7e]|\\/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, most);
}

/** A bounded book of connections. */
export function createRecordBook(most: number) {
  const listed: OpenRecord[] = [];
  const totals = { connections: 0, denied: 0, failed: 0, bytesUp: 0, bytesDown: 0 };
  return {
    /** Opens a record; it is listed while there is room, and counted always. */
    open(raw: string, startedAt: number): OpenRecord {
      const record: OpenRecord = {
        host: escaped(raw),
        port: null,
        address: null,
        verdict: 'open',
        reason: null,
        protocol: null,
        bytesUp: 0,
        bytesDown: 0,
        startedAt,
        milliseconds: 0,
      };
      totals.connections++;
      if (listed.length < most) listed.push(record);
      return record;
    },
    /** Ends a record once; a second ending is ignored. */
    end(record: OpenRecord, verdict: 'closed' | 'denied' | 'failed', reason: string | null): void {
      if (record.verdict !== 'open') return;
      record.verdict = verdict;
      record.reason = reason === null ? null : escaped(reason);
      if (verdict !== 'closed') totals[verdict]++;
    },
    /** Adds bytes to a record and to the totals; answers the bytes of the whole job so far. */
    count(record: OpenRecord, direction: 'bytesUp' | 'bytesDown', bytes: number): number {
      record[direction] += bytes;
      totals[direction] += bytes;
      return totals.bytesUp + totals.bytesDown;
    },
    /** Connections asked for so far. */
    connections: () => totals.connections,
    /** Bytes of the whole job so far. */
    bytes: () => totals.bytesUp + totals.bytesDown,
    /** A copy for the provenance. */
    snapshot: (): EgressLog => ({
      connections: listed.map((record) => ({ ...record })),
      unlisted: totals.connections - listed.length,
      totals: { ...totals },
    }),
  };
}

/** The book as others hold it. */
export type RecordBook = ReturnType<typeof createRecordBook>;
