import { unzip } from 'fflate';
import { AppError } from '../../../errors.ts';
import { odsSheets } from './ods.ts';
import { type Sheet, xlsxSheets } from './xlsx.ts';

/** The parts that hold cells, unpacked, may be so large together: some 300,000 rows. */
const MAX_UNPACKED = 96_000_000;
const WITH_CELLS =
  /^(?:xl\/(?:workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|worksheets\/[^/]+\.xml)|content\.xml|mimetype)$/;

const cannotRead = (what: string): AppError =>
  new AppError('invalid_input', `The workbook cannot be read: ${what}.`, {
    next: 'Save the sheet with the numbers as CSV UTF-8 in the program that made it, and try that file.',
  });

/**
 * The sheets of an Excel (.xlsx) or OpenDocument (.ods) file, in their order.
 * @throws AppError `invalid_input` for any other archive, one that is damaged or that unpacks to too much.
 */
export async function readWorkbook(bytes: Uint8Array): Promise<Sheet[]> {
  let unpacked = 0;
  const parts = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
      if (!WITH_CELLS.test(name)) return false;
      unpacked += originalSize;
      return unpacked <= MAX_UNPACKED;
    };
    unzip(bytes, { filter }, (error, found) =>
      error ? reject(cannotRead('it is damaged')) : resolve(found),
    );
  });
  if (unpacked > MAX_UNPACKED) throw cannotRead('it is too large');
  const part = (path: string) => {
    const found = parts[path];
    return found && new TextDecoder().decode(found);
  };
  const sheets = parts['xl/workbook.xml'] ? xlsxSheets(part) : parts['content.xml'] ? odsSheets(part) : [];
  if (sheets.length === 0) throw cannotRead('it is neither .xlsx nor .ods');
  return sheets;
}
