/** Ids that are made from a number and can be turned back into it, so that a million contacts need no table. */

export type Dialect = 'today' | 'guide';
export type IdKind = 'contact' | 'message' | 'template' | 'organization' | 'profile';

const SALT: Record<IdKind, number> = {
  contact: 0x5bd1e995,
  message: 0x1b873593,
  template: 0x27d4eb2f,
  organization: 0x165667b1,
  profile: 0x2545f491,
};
const PREFIX: Record<IdKind, string> = {
  contact: 'contact_',
  message: 'msg_',
  template: 'tmpl_',
  organization: 'org_',
  profile: 'profile_',
};

const SPREAD = 0x9e3779b1;
const GATHER = 0x0e8b2f51; // SPREAD * GATHER = 1 (mod 2^32)

/** A 32-bit hash of a number; the same on every machine and run. */
export function hash(n: number, salt: number): number {
  let h = Math.imul(n ^ (n >>> 16) ^ salt, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight digits; by table, since a crawl through a million contacts asks for four of these each. */
const hex = (value: number): string =>
  `${BYTES[value >>> 24]}${BYTES[(value >>> 16) & 255]}${BYTES[(value >>> 8) & 255]}${BYTES[value & 255]}`;

/** The id of the n-th thing of a kind: a UUID (v4 in form) today, `contact_0123456789` in the guide's era. */
export function idOf(kind: IdKind, n: number, dialect: Dialect): string {
  const salt = SALT[kind];
  const code = (Math.imul(n + 1, SPREAD) ^ salt) >>> 0;
  if (dialect === 'guide') return PREFIX[kind] + String(code).padStart(10, '0');
  const one = hash(n, salt ^ 0x77);
  const two = hash(n, salt ^ 0x1234);
  const [a, b] = [hex(one), hex(two)];
  return `${hex(code)}-${a.slice(0, 4)}-4${a.slice(5)}-${'89ab'[two & 3]}${b.slice(0, 3)}-${b.slice(4)}${hex(one ^ two)}`;
}

/** The n of `idOf(kind, n, dialect)`; undefined for an id that was never made. UUIDs may be in capitals. */
export function numberOfId(kind: IdKind, id: string, dialect: Dialect): number | undefined {
  const bare = dialect === 'guide' ? id : id.toLowerCase();
  const code =
    dialect === 'guide' ? Number(bare.slice(PREFIX[kind].length)) : Number.parseInt(bare.slice(0, 8), 16);
  const n = (Math.imul(code ^ SALT[kind], GATHER) >>> 0) - 1;
  return Number.isFinite(code) && idOf(kind, n, dialect) === bare ? n : undefined;
}

export const isUuid = (text: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
