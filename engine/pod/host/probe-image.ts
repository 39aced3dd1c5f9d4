import { existsSync, readFileSync } from 'node:fs';

/** A tar archive with one statically linked program in it, as the smallest image that can run; null when the program is not installed. */
export function probeImageTar(program: string): Buffer | null {
  if (!existsSync(program)) return null;
  return tarOfOne('catatonit', readFileSync(program));
}

/** A ustar archive of a single executable file. */
export function tarOfOne(name: string, data: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write('0000755\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
  return Buffer.concat([header, data, padding, Buffer.alloc(1024)]);
}
