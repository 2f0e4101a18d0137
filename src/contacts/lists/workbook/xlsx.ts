import type { CsvRecord } from '../files/index.ts';
import { attribute, elements, unescapeXml } from './xml-text.ts';

/** The parts of a workbook by their path in it, as text. */
export type Parts = (path: string) => string | undefined;
export type Sheet = { name: string; records: Iterable<CsvRecord> };

/** The sheets of an Excel workbook in their order (ECMA-376, part 1, 18.3). */
export function xlsxSheets(part: Parts): Sheet[] {
  const targets = new Map(
    [...elements(part('xl/_rels/workbook.xml.rels') ?? '', 'Relationship')].map(({ tag }) => [
      attribute(tag, 'Id'),
      (attribute(tag, 'Target') ?? '').replace(/^\/xl\/|^\//, ''),
    ]),
  );
  let strings: readonly string[] | undefined;
  const shared = () => {
    strings ??= [...elements(part('xl/sharedStrings.xml') ?? '', 'si')].map(({ inside }) => textOf(inside));
    return strings;
  };
  return [...elements(part('xl/workbook.xml') ?? '', 'sheet')].map(({ tag }) => ({
    name: attribute(tag, 'name') ?? '',
    records: {
      *[Symbol.iterator]() {
        yield* rows(part(`xl/${targets.get(attribute(tag, 'r:id')) ?? ''}`) ?? '', shared);
      },
    },
  }));
}

function* rows(sheet: string, shared: () => readonly string[]): Generator<CsvRecord> {
  let row = 0;
  for (const { tag, inside } of elements(sheet, 'row')) {
    row = Number(attribute(tag, 'r') ?? row + 1);
    const cells: string[] = [];
    for (const cell of elements(inside, 'c')) {
      const at = columnOf(attribute(cell.tag, 'r')) ?? cells.length;
      if (at > 16_383) continue; // Excel has no more columns.
      while (cells.length < at) cells.push('');
      cells[at] = textOfCell(attribute(cell.tag, 't'), cell.inside, shared);
    }
    yield { row, cells };
  }
}

/** From 0 on: `B7` → 1. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function textOfCell(type: string | undefined, inside: string, shared: () => readonly string[]): string {
  if (type === 'inlineStr') return textOf(inside);
  const [value] = elements(inside, 'v');
  const text = unescapeXml(value?.inside ?? '');
  if (type === 's') return shared()[Number(text)] ?? '';
  if (type === 'b') return text === '1' ? 'TRUE' : 'FALSE';
  if (type === 'e') return '';
  // A workbook keeps all digits of a number, and writes long ones as 3.4612345678E10.
  return type === undefined && /E/i.test(text) && Number.isSafeInteger(Number(text))
    ? String(Number(text))
    : text;
}

/** The runs of a text; what stands above it to say how it is read is none of it. */
const textOf = (xml: string): string =>
  [...elements(xml.replace(/<rPh\b[\s\S]*?<\/rPh>/g, ''), 't')]
    .map(({ inside }) => unescapeXml(inside))
    .join('');
