/** Draws assets/icon.png: a speech bubble with a person in it, 512 by 512, the same bytes on each run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 512;
type Colour = readonly [red: number, green: number, blue: number];
/** Distance of a point to the edge of a shape in pixels, negative inside. */
type Shape = (x: number, y: number) => number;

const BLUE: Colour = [31, 92, 214];
const WHITE: Colour = [255, 255, 255];

const circle =
  (cx: number, cy: number, radius: number): Shape =>
  (x, y) =>
    Math.hypot(x - cx, y - cy) - radius;
const box =
  (left: number, top: number, right: number, bottom: number, corner: number): Shape =>
  (x, y) => {
    const dx = Math.abs(x - (left + right) / 2) - (right - left) / 2 + corner;
    const dy = Math.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + corner;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
  };
/** The corner of the bubble that points at the one who speaks. */
const tail: Shape = (x, y) => Math.max(150 - x, y - 440 + (x - 150) * 0.9, 350 - y);
const anyOf =
  (...shapes: Shape[]): Shape =>
  (x, y) =>
    Math.min(...shapes.map((shape) => shape(x, y)));
const bothOf =
  (...shapes: Shape[]): Shape =>
  (x, y) =>
    Math.max(...shapes.map((shape) => shape(x, y)));

/** From back to front; what nothing covers is transparent. */
const LAYERS: readonly [Shape, Colour][] = [
  [box(0, 0, SIZE, SIZE, 112), BLUE],
  [anyOf(box(84, 96, 428, 368, 84), tail), WHITE],
  [circle(256, 190, 48), BLUE],
  [bothOf(circle(256, 338, 92), box(0, 0, SIZE, 322, 0)), BLUE],
];

/** Red, green, blue, alpha of a pixel; edges are blended over one pixel. */
function pixel(x: number, y: number): number[] {
  let colour: readonly number[] = BLUE;
  let alpha = 0;
  for (const [shape, paint] of LAYERS) {
    const cover = Math.min(1, Math.max(0, 0.5 - shape(x + 0.5, y + 0.5)));
    colour = colour.map(
      (value, channel) => value + ((paint[channel] ?? 0) - value) * (alpha === 0 ? 1 : cover),
    );
    alpha = Math.max(alpha, cover);
  }
  return [...colour, alpha * 255].map(Math.round);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

const rows = Array.from({ length: SIZE }, (_, y) => {
  const row = Array.from({ length: SIZE }, (_, x) => pixel(x, y));
  return Buffer.from([0, ...row.flat()]); // 0: the row is not predicted from another.
});
const header = Buffer.alloc(13);
header.writeUInt32BE(SIZE, 0);
header.writeUInt32BE(SIZE, 4);
header.set([8, 6], 8); // 8 bits a channel, with alpha.

mkdirSync('assets', { recursive: true });
writeFileSync(
  'assets/icon.png',
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]),
);
