/** One entry of a tar stream; paths have forward slashes and no leading slash. */
export type TarEntry =
  | { readonly kind: 'file'; readonly path: string; readonly executable: boolean; readonly data: Buffer }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/**
 * A tar stream whose bytes depend on nothing but the entries: fixed times and owners, so that an unchanged layer is found in the
 * build cache again.
 */
export function* tarStream(entries: Iterable<TarEntry>): Generator<Buffer> {
  const folders = new Set<string>();
  for (const entry of entries) {
    for (let cut = entry.path.indexOf('/'); cut > 0; cut = entry.path.indexOf('/', cut + 1)) {
      const folder = entry.path.slice(0, cut + 1);
      if (folders.has(folder)) continue;
      folders.add(folder);
      yield* named(folder, { size: 0, mode: 0o755, type: '5' });
    }
    if (entry.kind === 'link') {
      yield* named(entry.path, { size: 0, mode: 0o777, type: '2', target: entry.target });
    } else {
      yield* named(entry.path, { size: entry.data.length, mode: entry.executable ? 0o755 : 0o644, type: '0' });
      yield padded(entry.data);
    }
  }
  yield Buffer.alloc(1024);
}

/** 2020-01-01T00:00:00Z: after 1980, for tools that pack the files again. */
const FIXED_TIME = 1_577_836_800;

interface HeaderFields {
  readonly size: number;
  readonly mode: number;
  readonly type: string;
  readonly target?: string;
}

/** The header of one entry; a name over 100 bytes goes before it in GNU tar's form. */
function* named(path: string, fields: HeaderFields): Generator<Buffer> {
  const name = Buffer.from(path);
  if (name.length > 100) {
    const long = Buffer.concat([name, Buffer.alloc(1)]);
    yield header('././@LongLink', { size: long.length, mode: 0o644, type: 'L' });
    yield padded(long);
  }
  yield header(name.subarray(0, 100).toString('latin1'), fields);
}

function header(name: string, field: HeaderFields): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0, 100, 'latin1');
  block.write(octal(field.mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(field.size, 12), 124);
  block.write(octal(FIXED_TIME, 12), 136);
  block.write('        ', 148);
  block.write(field.type, 156);
  block.write((field.target ?? '').slice(0, 100), 157);
  block.write('ustar  \0', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(data: Buffer): Buffer {
  const rest = data.length % 512;
  return rest === 0 ? data : Buffer.concat([data, Buffer.alloc(512 - rest)]);
}
