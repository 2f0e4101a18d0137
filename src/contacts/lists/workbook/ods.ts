import type { CsvRecord } from '../files/index.ts';
import type { Parts, Sheet } from './xlsx.ts';
import { attribute, elements, unescapeXml } from './xml-text.ts';

/** An empty cell or row may be said to repeat to the end of the sheet. */
const MAX_REPEATED = 1_000;

/** The sheets of an OpenDocument spreadsheet in their order (ODF 1.3, part 3, 9). */
export function odsSheets(part: Parts): Sheet[] {
  return [...elements(part('content.xml') ?? '', 'table:table')].map(({ tag, inside }) => ({
    name: attribute(tag, 'table:name') ?? '',
    records: { [Symbol.iterator]: () => rows(inside) },
  }));
}

function* rows(table: string): Generator<CsvRecord> {
  let row = 1;
  for (const { tag, inside } of elements(table, 'table:table-row')) {
    const cells: string[] = [];
    for (const [cell] of inside.matchAll(
      /<table:(?:covered-)?table-cell\b[^>]*?(?:\/>|>[\s\S]*?<\/table:(?:covered-)?table-cell>)/g,
    )) {
      const times = Number(attribute(cell, 'table:number-columns-repeated') ?? 1);
      const value = textOfCell(cell);
      if (value === '' && times > MAX_REPEATED) break;
      for (let time = 0; time < Math.min(times, MAX_REPEATED); time++) cells.push(value);
    }
    const times = Number(attribute(tag, 'table:number-rows-repeated') ?? 1);
    const isEmpty = cells.every((cell) => cell === '');
    for (let time = 0; time < (isEmpty ? 0 : Math.min(times, MAX_REPEATED)); time++)
      yield { row: row + time, cells };
    row += times;
  }
}

/** A number as it is kept, not as it is shown; else the paragraphs of the cell. */
function textOfCell(cell: string): string {
  const head = cell.slice(0, cell.indexOf('>') + 1);
  if (attribute(head, 'office:value-type') === 'float') {
    const value = attribute(head, 'office:value') ?? '';
    return Number.isSafeInteger(Number(value)) ? String(Number(value)) : value;
  }
  const paragraphs = [
    ...elements(cell.replace(/<office:annotation\b[\s\S]*?<\/office:annotation>/g, ''), 'text:p'),
  ];
  return paragraphs
    .map(({ inside }) => unescapeXml(inside.replace(/<text:(?:s|tab)\b[^>]*>/g, ' ').replace(/<[^>]*>/g, '')))
    .join('\n');
}
