import { deflateSync } from 'node:zlib';
import type { IconShape } from './model.ts';

/** Pixels of one side of an icon in the tray, and in how fine a grid each pixel is looked at. */
const TRAY_SIDE = 32;
const GRID = 4;

const inRing = (x: number, y: number, inner: number, outer: number) => {
  const far = Math.hypot(x, y);
  return far >= inner && far <= outer;
};
const inLine = (x: number, y: number, ax: number, ay: number, bx: number, by: number, half: number) => {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy) <= half;
};

/** Whether a point of the square from -1 to 1 is ink. The shapes differ without any colour. */
const INK: Readonly<Record<IconShape, (x: number, y: number) => boolean>> = {
  idle: (x, y) => inRing(x, y, 0.6, 0.85),
  busy: (x, y) => (inRing(x, y, 0.6, 0.85) && !(x > 0 && y < 0)) || inRing(x, y, 0, 0.3),
  'needs-you': (x, y) => inLine(x, y, 0, -0.8, 0, 0.25, 0.17) || inRing(x, y - 0.7, 0, 0.2),
  error: (x, y) => inLine(x, y, -0.65, -0.65, 0.65, 0.65, 0.17) || inLine(x, y, -0.65, 0.65, 0.65, -0.65, 0.17),
};

/** How much of a pixel is ink, 0 to 255. */
function coverage(shape: IconShape, side: number, column: number, row: number): number {
  let inked = 0;
  for (let v = 0; v < GRID; v += 1) {
    for (let u = 0; u < GRID; u += 1) {
      const at = (pixel: number, part: number) => ((pixel + (part + 0.5) / GRID) / side) * 2 - 1;
      if (INK[shape](at(column, u), at(row, v))) inked += 1;
    }
  }
  return Math.round((inked / (GRID * GRID)) * 255);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** The icon of a state as a square PNG, drawn rather than kept: grey that can be seen on light and dark bars. */
export function iconOf(shape: IconShape, side: number = TRAY_SIDE): Buffer {
  const GREY = 0x88;
  const rows = Buffer.alloc(side * (1 + side * 2));
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const at = row * (1 + side * 2) + 1 + column * 2;
      rows[at] = GREY;
      rows[at + 1] = coverage(shape, side, column, row);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits each of grey and of opacity.
  header.set([8, 4, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
