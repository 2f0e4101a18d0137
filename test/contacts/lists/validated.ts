import type { CountryRule } from '../../../src/contacts/lists/numbers/validate-number.ts';
import { type ValidNumber, validateRows } from '../../../src/contacts/lists/numbers/validate-rows.ts';
import { openList } from '../../../src/contacts/lists/open-list.ts';
import { listOfNumbers, readList } from '../../../src/contacts/lists/read-list.ts';

const plain = ({ row, e164, region, fields }: ValidNumber) => ({ row, e164, region, fields });

/** A text read and validated whole; of valid numbers what every list has. */
export async function validated(text: string, country?: string | CountryRule) {
  const countries = typeof country === 'object' ? country : { explicit: country };
  const { valid, invalid, duplicates } = await validateRows(readList(text, countries).rows, countries);
  return { valid: valid.map(plain), invalid, duplicates };
}

export const validatedNumbers = (numbers: readonly string[]) => validateRows(listOfNumbers(numbers), {});

/** The bytes of a file read and validated whole, with all that is known of how. */
export async function opened(bytes: Uint8Array | string, countries: CountryRule = {}) {
  const list = await openList(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, countries);
  const found = await validateRows(list.rows, countries);
  return {
    ...found,
    all: found.valid,
    valid: found.valid.map(plain),
    columns: list.columns,
    warnings: list.warnings,
  };
}
