import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVcards } from '../../../src/contacts/lists/files/vcard.ts';
import { openList } from '../../../src/contacts/lists/open-list.ts';
import { readList } from '../../../src/contacts/lists/read-list.ts';
import { opened } from './validated.ts';

const lines = (...all: string[]): string => `${all.join('\n')}\n`;
const numbers = (found: { valid: readonly { e164: string }[] }) => found.valid.map(({ e164 }) => e164);
const namesAndNumbers = (found: Awaited<ReturnType<typeof opened>>) =>
  found.valid.map(({ fields, e164 }) => `${fields.name ?? '-'} ${e164}`);

describe('which column', () => {
  test.each([
    ['a person has a mobile', 'Name;Telefon;Handynummer', 'Mia;030 9018200;0170 1234501', '+491701234501'],
    ['a person has no mobile', 'Name;Telefon;Handynummer', 'Mia;030 9018200;', '+49309018200'],
    ['a mobile of work', 'Name,Work phone,Home phone', 'Mia,0170 1234501,030 9018200', '+491701234501'],
    [
      'Yahoo',
      'First,Last,Home,Work,Pager,Fax,Mobile',
      'Mia,Sommer,030 9018200,,,030 9018201,0170 1234501',
      '+491701234501',
    ],
    [
      'Yahoo without a mobile',
      'First,Last,Home,Work,Pager,Fax,Mobile',
      'Mia,Sommer,030 9018200,,,030 9018201,',
      '+49309018200',
    ],
    [
      'Google, the label beside',
      'Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value',
      'Mia,Work Fax,030 9018201,Mobile,0170 1234501',
      '+491701234501',
    ],
    ['Google of before', 'Name,Phone 1 - Type,Phone 1 - Value', 'Mia,Home,030 9018200', '+49309018200'],
    [
      'Salesforce',
      'Id,FirstName,LastName,Fax,MobilePhone,AssistantPhone',
      '0031x00000AbCdE,Mia,Sommer,030 9018201,0170 1234501,030 9018202',
      '+491701234501',
    ],
    [
      'WooCommerce',
      'order_id,billing_first_name,billing_phone,shipping_phone',
      '4711,Mia,0170 1234501,030 9018200',
      '+491701234501',
    ],
  ])('%s', async (_, header, row, expected) => {
    expect(numbers(await opened(lines(header, row), { explicit: 'DE' }))).toEqual([expected]);
  });

  test('a column of calling codes is joined to its number, once', async () => {
    const text = lines(
      'Name,Dial Code,Phone',
      'A,44,7400123456',
      'B,+34,612345678',
      'C,1,+14155550123',
      'D,44,447400123457',
      'E,,+4915112345678',
    );
    expect(numbers(await opened(text))).toEqual([
      '+447400123456',
      '+34612345678',
      '+14155550123',
      '+447400123457',
      '+4915112345678',
    ]);
  });

  test('where two columns may be meant, it is asked, and the answer is taken', async () => {
    const text = lines('wer;eins;zwei', 'Mia;+491701234501;+491701234511', 'Ole;+491701234502;+491701234512');
    expect(() => readList(text)).toThrow('not clear which column holds the phone numbers: "eins" or "zwei"');
    const chosen = readList(text, { columns: ['zwei'] });
    expect([...chosen.rows].map((row) => row.numbers[0]?.value)).toEqual(['+491701234511', '+491701234512']);
    expect([...readList(text, { columns: ['2'] }).rows][0]?.numbers[0]?.value).toBe('+491701234501');
    expect(() => readList(text, { columns: ['drei'] })).toThrow('no column "drei"');
  });

  test('an empty column called Phone does not hide the one that holds the numbers', () => {
    const text = lines(
      'Name;Phone;Zorglub',
      'Mia;;+491701234501',
      'Ole;;+491701234502',
      'Ida;;+491701234503',
    );
    expect(() => readList(text)).toThrow('"Phone" or "Zorglub"');
  });

  test('a title, a date and a blank above the header; no header at all', async () => {
    const titled = lines(
      'Telefonliste 2026;;',
      ';;',
      'Stand: 24.11.2026;;',
      'Name;Ort;Handy',
      'Mia;Ulm;0170 1234501',
    );
    const found = await opened(titled, { explicit: 'DE' });
    expect(namesAndNumbers(found)).toEqual(['Mia +491701234501']);
    expect(found.valid[0]?.row).toBe(5);
    const bare = lines('Mia Sommer,+491701234501,Ulm', 'Ole Winter,+491701234502,Kiel');
    expect(namesAndNumbers(await opened(bare))).toEqual([
      'Mia Sommer +491701234501',
      'Ole Winter +491701234502',
    ]);
  });

  test('what each column was read as is said', async () => {
    const text = lines(
      'Name;Geburtsdatum;Handynummer;Fax;Vorwahl;Land',
      'Mia;12.03.1980;170 1234501;030 1;+49;DE',
    );
    expect((await opened(text)).columns).toEqual([
      { column: 'Name', read_as: 'name' },
      { column: 'Geburtsdatum', read_as: 'other' },
      { column: 'Handynummer', read_as: 'phone number (mobile)' },
      { column: 'Fax', read_as: 'phone number (fax, never taken)' },
      { column: 'Vorwahl', read_as: 'calling code of the number' },
      { column: 'Land', read_as: 'country of the row' },
    ]);
  });
});

describe('what is a number', () => {
  test.each([
    ['mobile: +14155550123', ['+14155550123']],
    ['Tel.: 030 9018200', ['+49309018200']],
    ['+1 415 555 0123 (mobile)', ['+14155550123']],
    ['030 9018200 / 030 9018201', ['+49309018200', '+49309018201']],
    ['030/9018200', ['+49309018200']],
    ['+49 30 9018200 oder 0170 1234501', ['+49309018200', '+491701234501']],
    ['https://wa.me/14155550123', ['+14155550123']],
    ['14155550123@c.us', ['+14155550123']],
    ['14155550123@s.whatsapp.net', ['+14155550123']],
    ['tel:+1-415-555-0123', ['+14155550123']],
    ['+49 (0)170 1234501', ['+491701234501']],
    ['＋４９ １７０ １２３４５０１', ['+491701234501']],
    ['٠١٧٠١٢٣٤٥٠١', ['+491701234501']],
    ['4.91701234501E+11', []],
    ['120363041234567890@g.us', []],
  ])('%s', async (cell, expected) => {
    const found = await opened(lines('Name\tPhone', `Mia\t${cell}`), { explicit: 'DE' });
    expect(numbers(found)).toEqual(expected);
  });

  test.each([
    '+1 415 555 0123 x123',
    '+1 415 555 0123 ext. 123',
    '+1 (415) 555-0123 #123',
    'tel:+1-415-555-0123;ext=123',
  ])('an extension is kept aside: %s', async (cell) => {
    const found = await opened(lines('Name\tPhone', `Mia\t${cell}`));
    expect(found.all).toMatchObject([{ e164: '+14155550123', extension: '123' }]);
  });

  test.each([
    ['0000000000', /same/],
    ['1111111111', /same/],
    ['+49 99999999', /same/],
    ['1234567890', /count/],
    ['12345', /service number/],
    ['911', /service number/],
    ['+1 415 555', /too short/],
    ['+49 170 1234501 99999999', /too long/],
    ['+999 12345678', /calling code/],
  ])('%s is doubtful', async (cell, reason) => {
    const found = await opened(lines('Name,Phone', `Mia,${cell}`, 'Ole,+491701234502'), { explicit: 'DE' });
    expect(numbers(found)).toEqual(['+491701234502']);
    expect(found.doubtful).toMatchObject([{ row: 2, value: cell, reason: expect.stringMatching(reason) }]);
  });

  test.each([
    ['-', 'ES', '+34612345678'],
    ['n/a', 'ES', '+34612345678'],
    ['N/A', 'ES', '+34612345678'],
    ['', 'ES', '+34612345678'],
    ['France', 'ES', '+34612345678'], // Fits Spain: an address does not override the call.
    ['Germany', 'US', '+49612345678'], // Fits the address alone.
    ['Narnia', 'US', undefined],
  ])('the country of the call beside a row that says %j', async (cell, explicit, expected) => {
    const found = await opened(lines('Name,Country,Phone', `Mia,${cell},612345678`), { explicit });
    expect(numbers(found)).toEqual(expected === undefined ? [] : [expected]);
  });

  test("a row's country for a number that does not fit that of the call", async () => {
    const text = lines('Name,Country,Phone', 'Mia,Spain,612345678', 'Ole,Spain,7400 123456');
    expect(numbers(await opened(text, { explicit: 'GB' }))).toEqual(['+34612345678', '+447400123456']);
  });
});

test("labels are kept, and what is nobody's own is never taken", async () => {
  const text = lines(
    'Name,Business Phone,Home Phone,Mobile Phone,Business Fax,Pager,Emergency phone',
    'Mia,+49 30 9018200,+49 30 9018201,+49 170 1234501,+49 30 9018202,+49 30 9018203,+49 170 1234599',
    'Ole,,,,+49 30 9018204,,',
  );
  const found = await opened(text);
  expect(found.all.map(({ e164, label }) => [e164, label])).toEqual([['+491701234501', 'mobile']]);
  expect(found.setAside.map(({ row, label }) => [row, label])).toEqual([
    [2, 'fax'],
    [2, 'pager'],
    [2, 'other_person'],
    [2, 'work'],
    [2, 'home'],
    [3, 'fax'],
  ]);
  expect(found.invalid).toEqual([]);
});

test('of a card the mobile number, by type or by the label of its owner', async () => {
  const card = (...properties: string[]) => [
    'BEGIN:VCARD',
    'VERSION:3.0',
    'FN:Mia',
    ...properties,
    'END:VCARD',
  ];
  const text = [
    ...card(
      'TEL;TYPE=WORK:+49 30 9018200',
      'TEL;TYPE=CELL:+49 170 1234501',
      'TEL;TYPE=HOME,FAX:+49 30 9018201',
    ),
    ...card('TEL;TYPE=HOME:+49 30 9018210', 'item1.TEL:+49 170 1234502', 'item1.X-ABLabel:_$!<Mobile>!$_'),
    ...card('item1.TEL;TYPE=CELL:+49 170 1234503', 'item1.X-ABLabel:Assistant', 'TEL:+49 30 9018220'),
  ].join('\r\n');
  const found = await opened(text);
  expect(numbers(found)).toEqual(['+491701234501', '+491701234502', '+49309018220']);
  expect(found.setAside.map(({ row, label }) => [row, label])).toEqual([
    [1, 'fax'],
    [1, 'work'],
    [2, 'home'],
    [3, 'other_person'],
  ]);
});

test('photographs and what else is not read change nothing in the cards around them', async () => {
  const property = fc.constantFrom(
    'FN:Mia Sommer',
    'TEL;TYPE=CELL:+491701234501',
    'NOTE:one\r\n  two',
    'NOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9=\r\nTEL:+491709999999 is no line',
    'X-OTHER;ENCODING=QUOTED-PRINTABLE:a=\r\nTEL:+491709999998 is none either',
    'PHOTO;ENCODING=b:QUJD\r\n QUJD\r\n TEL:QUJD',
    'PHOTO;ENCODING=BASE64:\r\n QUJDRA==\r\n',
    'item1.TEL:+491701234502',
  );
  const cards = fc.array(fc.array(property, { maxLength: 6 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(cards, fc.constantFrom('', '\uFEFF'), async (all, mark) => {
      const text = all.map((lines) => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n')).join('');
      const { rows } = await openList(Buffer.from(mark + text));
      expect([...rows]).toEqual([...readVcards(text)]);
    }),
  );
});
