import * as fc from 'fast-check';

/**
 * Text of any code points. `unit: 'binary'` means the same, and takes a second to list the million that there are.
 * Letters of ASCII come as often as all others together, since rules are mostly about them.
 */
export const anyText = (constraints: fc.StringConstraints = {}): fc.Arbitrary<string> =>
  fc.string({ ...constraints, unit: CODE_POINT });

const SURROGATES = { first: 0xd800, count: 0x800 };
const CODE_POINT = fc
  .oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0x80, max: 0x10ffff - SURROGATES.count }))
  .map((n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count));
