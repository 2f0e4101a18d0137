import { readDefaultCountry, readListFile } from '../../app/index.ts';
import type { Settings } from '../../config/index.ts';
import { openList, validateRows } from '../../contacts/lists/index.ts';
import { AppError } from '../../errors.ts';
import type { Finding } from './finding.ts';

/** Reads the address book as the server does, and says how its columns were read; nothing where there is none. */
export async function addressBookFindings(settings: Settings): Promise<Finding[]> {
  const path = settings.addressBook;
  if (path === undefined) return [];
  const name = 'address book';
  try {
    const countries = { fallback: readDefaultCountry(settings).country };
    const list = await openList(await readListFile(path), countries);
    const { valid, invalid, doubtful, duplicates } = await validateRows(list.rows, countries);
    const columns = list.columns.filter(({ read_as }) => read_as !== 'other');
    const read = columns.map(({ column, read_as }) => `${JSON.stringify(column)} as ${read_as}`).join(', ');
    const found = [
      `numbers: ${valid.length}${read && `; read ${read}`}`,
      `rows without a usable number: ${invalid.length + doubtful.length}; numbers that stand twice: ${duplicates}`,
      ...(list.readInCharset ? [list.readInCharset] : []),
      ...list.warnings,
    ].join('. ');
    const next = 'Look at the columns above, or try: sent-contacts-mcp import FILE --preview';
    return [{ name, ok: valid.length > 0, found, ...(valid.length === 0 && { next }) }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ name, ok: false, found: error.message, next: error.next }];
  }
}
