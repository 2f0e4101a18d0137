import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { opened } from './validated.ts';

const zip = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));

const excel = (sheets: Record<string, string>, shared = ''): Uint8Array => {
  const names = Object.keys(sheets);
  return zip({
    'xl/workbook.xml': `<workbook><sheets>${names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names.map((_, i) => `<Relationship Id="rId${i + 1}" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}</Relationships>`,
    'xl/sharedStrings.xml': `<sst>${shared}</sst>`,
    ...Object.fromEntries(
      names.map((name, i) => [
        `xl/worksheets/sheet${i + 1}.xml`,
        `<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
      ]),
    ),
  });
};

describe('Excel', () => {
  const shared =
    '<si><t>Name</t></si><si><t>Handy</t></si><si><r><t>M&#252;ller &amp; </t></r><r><t xml:space="preserve">Söhne</t></r></si><si><t>山田</t><rPh sb="0" eb="2"><t>ヤマダ</t></rPh></si>';
  const rows = [
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>',
    '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="C2"><v>4.91701234501E11</v></c></row>',
    '<row r="4"><c r="A4" t="s"><v>3</v></c><c r="B4"/><c r="C4" t="inlineStr"><is><t>+81 90-1234-5678</t></is></c></row>',
  ].join('');

  test('cells of every kind, at their places', async () => {
    const { valid, warnings } = await opened(excel({ Kunden: rows }, shared), { explicit: 'DE' });
    expect(valid).toEqual([
      { row: 2, e164: '+491701234501', region: 'DE', fields: { name: 'Müller & Söhne' } },
      { row: 4, e164: '+819012345678', region: 'JP', fields: { name: '山田' } },
    ]);
    expect(warnings).toEqual([]);
  });

  test('the first sheet that holds something is read, and the others are named', async () => {
    const found = await opened(excel({ Leer: '', Kunden: rows, Alt: rows }, shared), { explicit: 'DE' });
    expect(found.valid).toHaveLength(2);
    expect(found.warnings).toEqual([expect.stringMatching(/Only the sheet "Kunden" was read, not "Alt"/)]);
  });
});

test('OpenDocument: repeated cells, numbers as they are kept', async () => {
  const cell = (text: string) =>
    `<table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell>`;
  const content = [
    '<office:spreadsheet><table:table table:name="Leute">',
    `<table:table-row>${cell('Name')}<table:table-cell table:number-columns-repeated="2"/>${cell('Telefon')}</table:table-row>`,
    '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>',
    `<table:table-row>${cell('Mia &lt;3')}<table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float" office:value="491701234501"><text:p>4,92E+11</text:p></table:table-cell></table:table-row>`,
    '<table:table-row table:number-rows-repeated="1048571"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>',
    '</table:table></office:spreadsheet>',
  ].join('');
  const { valid } = await opened(
    zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': content }),
    { explicit: 'DE' },
  );
  expect(valid).toEqual([{ row: 4, e164: '+491701234501', region: 'DE', fields: { name: 'Mia <3' } }]);
});

test.each([
  ['another archive', zip({ 'word/document.xml': '<x/>' }), 'neither .xlsx nor .ods'],
  ['a damaged one', excel({ A: '<row/>' }).slice(0, 60), 'damaged'],
  ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'old Excel workbook'],
  ['a PDF', Buffer.from('%PDF-1.7\n'), 'a PDF'],
  ['a web page', Buffer.from('<html><table><tr><td>1'), 'a web page'],
  ['JSON', Buffer.from('[{"phone":"+491701234501"}]'), 'JSON'],
])('%s is named, with how to save it as CSV', async (_, bytes, what) => {
  await expect(opened(bytes)).rejects.toMatchObject({
    message: expect.stringContaining(what),
    next: expect.stringMatching(/CSV/),
  });
});
