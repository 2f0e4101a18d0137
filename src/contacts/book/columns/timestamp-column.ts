import { numbersIn, type Packed, textsByRow } from './packed.ts';
import { widened } from './widened.ts';

/** A column of ISO 8601 texts in eleven bytes each, every one given back to the letter. */
export type TimestampColumn = {
  /** Makes room for so many rows at once. */
  reserve(rows: number): void;
  set(row: number, iso: string | undefined): void;
  text(row: number): string | undefined;
  /** All times of so many rows as columns by name, and back: what was there before is gone. */
  save(rows: number): Packed;
  load(packed: Packed, rows: number): void;
  /** Milliseconds since the epoch; NaN where there is no time. */
  time(row: number): number;
};

/** What the API writes: up to seven digits of a second, in UTC. Anything else is kept as text. */
const USUAL = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|\+00:00|)$/;
const ZONES = ['Z', '+00:00', ''];
/** Shapes are `1 + 3 * digits + zone`; these two stand apart. */
const NONE = 0;
const ODD = 255;

/** @param name what it is called among the columns of a book that is kept. */
export function createTimestampColumn(name = 'time'): TimestampColumn {
  let times = new Float64Array(16);
  let rests = new Uint16Array(16);
  let shapes = new Uint8Array(16);
  const odd = new Map<number, string>();

  function widen(row: number): void {
    times = widened(times, row);
    rests = widened(rests, row);
    shapes = widened(shapes, row);
  }
  function put(row: number, time: number, rest: number, shape: number): void {
    if (row >= times.length) widen(row);
    if (shapes[row] === ODD) odd.delete(row);
    times[row] = time;
    rests[row] = rest;
    shapes[row] = shape;
  }

  function usual(row: number): string {
    const shape = (shapes[row] ?? 1) - 1;
    const full = new Date(times[row] ?? 0).toISOString();
    const digits = Math.floor(shape / 3);
    const fraction = full.slice(20, 23) + String(rests[row] ?? 0).padStart(4, '0');
    return `${full.slice(0, 19)}${digits > 0 ? `.${fraction.slice(0, digits)}` : ''}${ZONES[shape % 3]}`;
  }

  return {
    reserve(rows) {
      if (rows > times.length) widen(rows - 1);
    },
    set(row, iso) {
      if (iso === undefined) return put(row, Number.NaN, 0, NONE);
      const [, second, digits = '', zone = ''] = USUAL.exec(iso) ?? [];
      if (second !== undefined) {
        const fraction = digits.padEnd(7, '0');
        const time = Date.parse(`${second}.${fraction.slice(0, 3)}Z`);
        // V8 reads 31 February as 3 March, and 24 o'clock as the next day: such a text is no moment, but a text.
        if (new Date(time).getUTCDate() === Number(iso.slice(8, 10))) {
          put(row, time, Number(fraction.slice(3)), 1 + 3 * digits.length + ZONES.indexOf(zone));
          return;
        }
      }
      put(row, Date.parse(iso), 0, ODD);
      odd.set(row, iso);
    },
    save: (rows) => ({
      columns: {
        [`${name}Times`]: times.slice(0, rows),
        [`${name}Rests`]: rests.slice(0, rows),
        [`${name}Shapes`]: shapes.slice(0, rows),
      },
      facts: { [name]: [...odd] },
    }),
    load({ columns, facts }, rows) {
      const room = Math.max(16, rows);
      times = numbersIn(columns[`${name}Times`], Float64Array, room);
      rests = numbersIn(columns[`${name}Rests`], Uint16Array, room);
      shapes = numbersIn(columns[`${name}Shapes`], Uint8Array, room);
      odd.clear();
      for (const [row, iso] of textsByRow(facts[name])) odd.set(row, iso);
    },
    text(row) {
      const shape = shapes[row];
      return shape === undefined || shape === NONE ? undefined : shape === ODD ? odd.get(row) : usual(row);
    },
    time: (row) => times[row] ?? Number.NaN,
  };
}
