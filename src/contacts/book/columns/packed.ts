import { createHash } from 'node:crypto';

export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;
/** A book as bytes: columns of numbers by name, and whatever else it needs to know as JSON. */
export type Packed = { columns: Record<string, Column>; facts: Record<string, unknown> };

const MAGIC = 'sent-contacts-book';
const COLUMNS = { Uint8Array, Uint16Array, Uint32Array, Float64Array } as const;
const DIGEST_BYTES = 32;
/** Columns are copied as they lie in memory: a machine of the other order reads its own copy only. */
const ORDER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'little' : 'big';

type Head = {
  magic: string;
  version: number;
  order: string;
  facts: Record<string, unknown>;
  columns: { name: string; type: keyof typeof COLUMNS; bytes: number }[];
};

/** The head as JSON after its length in four bytes, the columns one after the other, SHA-256 of all that. */
export function pack({ columns, facts }: Packed, version: number): Uint8Array {
  const all = Object.entries(columns);
  const head: Head = {
    magic: MAGIC,
    version,
    order: ORDER,
    facts,
    columns: all.map(([name, column]) => ({
      name,
      type: column.constructor.name as keyof typeof COLUMNS,
      bytes: column.byteLength,
    })),
  };
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const parts = [
    length,
    json,
    ...all.map(([, column]) => Buffer.from(column.buffer, column.byteOffset, column.byteLength)),
  ];
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return Buffer.concat([...parts, digest.digest()]);
}

/** Undefined for bytes that are damaged, of another version or of another kind of machine. */
export function unpack(bytes: Uint8Array, version: number): Packed | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = all.length - DIGEST_BYTES;
  if (end < 4) return undefined;
  const digest = createHash('sha256').update(all.subarray(0, end)).digest();
  if (!digest.equals(all.subarray(end))) return undefined;
  const headEnd = 4 + all.readUInt32LE(0);
  const head = JSON.parse(all.toString('utf8', 4, headEnd)) as Head;
  if (head.magic !== MAGIC || head.version !== version || head.order !== ORDER) return undefined;
  const columns: Record<string, Column> = {};
  let at = headEnd;
  for (const { name, type, bytes: size } of head.columns) {
    columns[name] = new COLUMNS[type](Uint8Array.from(all.subarray(at, at + size)).buffer);
    at += size;
  }
  return { columns, facts: head.facts };
}

type ColumnKind<T extends Column> = { new (length: number): T; readonly name: string };

/** A column as it was kept, with room for so many numbers; zeros where it was kept as something else. */
export function numbersIn<T extends Column>(
  column: Column | undefined,
  kind: ColumnKind<T>,
  length: number,
): T {
  const numbers = new kind(Math.max(length, column?.length ?? 0));
  if (column !== undefined && column.constructor === (kind as unknown)) numbers.set(column);
  return numbers;
}

/** Texts that stand apart from their column, by row. */
export function* textsByRow(value: unknown): Generator<[row: number, text: string]> {
  for (const entry of Array.isArray(value) ? value : []) {
    const [row, text] = Array.isArray(entry) ? entry : [];
    if (typeof row === 'number' && typeof text === 'string') yield [row, text];
  }
}
