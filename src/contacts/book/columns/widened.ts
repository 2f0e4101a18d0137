/** Larger steps waste memory, smaller ones time. */
const GROWTH = 1.25;

/** The same column with room for a row. */
export function widened<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
  column: T,
  row: number,
): T {
  const wider = new (column.constructor as new (length: number) => T)(
    Math.max(row + 1, Math.ceil(column.length * GROWTH)),
  );
  wider.set(column);
  return wider;
}
