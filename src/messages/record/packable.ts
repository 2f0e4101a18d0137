import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What JSON can say, as it is or as bytes outside of the heap: a tenth of the memory. */
export type Packable<T> = {
  /** For 10,000 people it takes some ten milliseconds while it is packed, and in one job only once. */
  value(): T;
  pack(): void;
  unpack(): void;
  /** Undefined while it is not packed. */
  readonly bytes: number | undefined;
};

/** @param form what is packed in place of the value, and back. */
export function packable<T extends object, Lean = T>(
  value: T,
  form?: { lean(value: T): Lean; whole(lean: Lean): T },
): Packable<T> {
  let kept: { value: T } | { bytes: Buffer } = { value };
  /** What is looked at in a loop is there until its end (ECMA-262, KeepDuringJob). */
  let seen: WeakRef<T> | undefined;
  function read(bytes: Buffer): T {
    const before = seen?.deref();
    if (before !== undefined) return before;
    const packed = JSON.parse(inflateRawSync(bytes).toString());
    const now: T = form ? form.whole(packed) : packed;
    seen = new WeakRef(now);
    return now;
  }
  const valueNow = (): T => ('value' in kept ? kept.value : read(kept.bytes));
  return {
    value: valueNow,
    pack() {
      if ('bytes' in kept) return;
      seen = undefined;
      const lean = form ? form.lean(kept.value) : kept.value;
      kept = { bytes: deflateRawSync(JSON.stringify(lean), { level: 1 }) };
    },
    unpack() {
      kept = { value: valueNow() };
    },
    get bytes() {
      return 'bytes' in kept ? kept.bytes.length : undefined;
    },
  };
}
