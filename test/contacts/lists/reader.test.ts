import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { opened, validated, validatedNumbers } from './validated.ts';

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`;

describe('exports as programs write them', () => {
  test('Google CSV', async () => {
    const text = lines(
      'First Name,Middle Name,Last Name,Nickname,Organization Name,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value',
      'María,,García,Mari,Ferretería Ruiz,1990-02-01,"Line one\nline ""two"", three",https://lh3.example/p.jpg,VIP ::: * myContacts,* Home,maria@example.com,Mobile,+34 612 34 56 78 ::: +34 612 34 56 79,Home Fax,',
      'Tom,,,,,,,,* myContacts,,,,,Mobile,(415) 555-0123',
    );
    expect(await validated(text, 'US')).toEqual({
      valid: [
        {
          row: 2,
          e164: '+34612345678',
          region: 'ES',
          fields: {
            name: 'María García',
            first_name: 'María',
            last_name: 'García',
            nickname: 'Mari',
            company: 'Ferretería Ruiz',
            birthday: '1990-02-01',
            note: 'Line one\nline "two", three',
            tags: ['VIP'],
            email: 'maria@example.com',
          },
        },
        expect.objectContaining({ row: 2, e164: '+34612345679' }),
        { row: 3, e164: '+14155550123', region: 'US', fields: { name: 'Tom', first_name: 'Tom', tags: [] } },
      ],
      invalid: [],
      duplicates: 0,
    });
  });

  test('Outlook CSV: faxes and the assistant are not the person; an address tells no country', async () => {
    const text = lines(
      '"First Name","Last Name","Company","Home Country/Region","Business Fax","Business Phone","Assistant\'s Phone","Mobile Phone","Categories","Notes"',
      '"Ada","Byron","Acme Ltd","France","+44 20 7946 0001","+44 20 7946 0002","+44 20 7946 0003","07700 900123","Press;Gold",""',
    );
    const { valid, invalid } = await validated(text, 'GB');
    expect(valid.map(({ e164 }) => e164)).toEqual(['+447700900123']);
    expect(invalid).toEqual([]);
    expect(valid[0]?.fields).toMatchObject({
      name: 'Ada Byron',
      company: 'Acme Ltd',
      tags: ['Press', 'Gold'],
    });
  });

  test('Apple vCard 3.0: groups, folded lines, a photograph, escapes, several cards', async () => {
    const photo = Array.from({ length: 400 }, () => ` ${'QUJD'.repeat(18)}`);
    const text = lines(
      'BEGIN:VCARD',
      'VERSION:3.0',
      'PRODID:-//Apple Inc.//macOS 15.1//EN',
      'N:Núñez;Zoë;;;',
      'FN:Zoë Núñez',
      'ORG:Acme\\, Inc.;Sales',
      'item1.TEL;type=CELL;type=VOICE;type=pref:+34 612 34',
      '  56 78',
      'item1.X-ABLabel:_$!<Mobile>!$_',
      'TEL;type=WORK;type=FAX:+34 912 34 56 78',
      'NOTE:first line\\nsecond\\; with a very lo',
      ' ng end',
      'CATEGORIES:gold,a\\,b',
      'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ',
      ...photo,
      'END:VCARD',
      'BEGIN:VCARD',
      'VERSION:4.0',
      'FN:Bo',
      'TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+46-70-712-34-56',
      'END:VCARD',
    );
    expect((await validated(text)).valid).toEqual([
      {
        row: 1,
        e164: '+34612345678',
        region: 'ES',
        fields: {
          name: 'Zoë Núñez',
          first_name: 'Zoë',
          last_name: 'Núñez',
          company: 'Acme, Inc.',
          note: 'first line\nsecond; with a very long end',
          tags: ['gold', 'a,b'],
        },
      },
      { row: 2, e164: '+46707123456', region: 'SE', fields: { name: 'Bo' } },
    ]);
  });

  test('vCard 2.1: quoted-printable with soft breaks, bare parameters, a card in a card', async () => {
    const text = lines(
      'BEGIN:VCARD',
      'VERSION:2.1',
      'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:P=C3=A9rez;Jos=',
      '=C3=A9;;;',
      'NOTE;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:caf=E9=0D=0Anext',
      'TEL;CELL;PREF:0612345678',
      'AGENT:',
      'BEGIN:VCARD',
      'TEL:+33699999999',
      'END:VCARD',
      'PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD',
      ' /2wBDAAoHBwgHBgoICAgLCg==',
      '',
      'END:VCARD',
    );
    expect((await validated(text, 'FR')).valid).toEqual([
      {
        row: 1,
        e164: '+33612345678',
        region: 'FR',
        fields: { name: 'José Pérez', first_name: 'José', last_name: 'Pérez', note: 'café\r\nnext' },
      },
    ]);
  });

  test.each([
    ['UTF-16 as Excel writes it', Buffer.from('\uFEFFNom\tMobile\r\nZoé\t+33612345678\r\n', 'utf16le')],
    ['UTF-16 without its mark', Buffer.from('Nom\tMobile\r\nZoé\t+33612345678\r\n', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\uFEFFNom\tMobile\r\nZoé\t+33612345678\r\n', 'utf16le').swap16()],
    ['UTF-8 with its mark', Buffer.from('\uFEFFNom;Mobile\nZoé;+33612345678\n')],
    ['Windows-1252', Buffer.from('Nom,Mobile\rZo\u00e9,+33612345678\r', 'latin1')],
  ])('%s', async (_, bytes) => {
    expect((await opened(bytes)).valid).toEqual([
      { row: 2, e164: '+33612345678', region: 'FR', fields: { name: 'Zoé' } },
    ]);
  });
});

describe('what spreadsheets make of numbers', () => {
  test.each([
    ['="+34612345678"', '+34612345678'],
    ['=+34612345678', '+34612345678'],
    ["'+34612345678", '+34612345678'],
    ['p:+34612345678', '+34612345678'],
    ['34612345678.0', '+34612345678'],
    ['0034 612-34-56-78', '+34612345678'],
  ])('%s', async (cell, e164) => {
    const { valid, invalid } = await validated(lines('phone', cell), 'ES');
    expect(invalid).toEqual([]);
    expect(valid.map((row) => row.e164)).toEqual([e164]);
  });

  test.each([
    ['3.46E+10', /cut its digits/],
    ['"3,46E+10"', /cut its digits/],
    ['612345678', /no country code/],
    ['+12', /wrong number of digits/],
  ])('%s is refused and said why', async (cell, reason) => {
    const { valid, invalid } = await validated(lines('name,phone', `x,${cell}`));
    expect(valid).toEqual([]);
    expect(invalid).toEqual([
      { row: 2, value: cell.replaceAll('"', ''), reason: expect.stringMatching(reason) },
    ]);
  });

  test('the row says its country, else the call; a country that is none is not passed over', async () => {
    const text = lines(
      'Teléfono;País',
      '612345678;España',
      '(415) 555-0123;1',
      '612345679;',
      '612345670;Narnia',
    );
    const { valid, invalid } = await validated(`sep=;\r\n${text}`, { fallback: 'ES' });
    expect(valid.map(({ row, e164 }) => [row, e164])).toEqual([
      [2, '+34612345678'],
      [3, '+14155550123'],
      [4, '+34612345679'],
    ]);
    expect(invalid).toEqual([
      { row: 5, value: '612345670', reason: expect.stringContaining('country of its row') },
    ]);
  });
});

describe('lists', () => {
  test('the column is found without a header, and under a name that nobody foresaw', async () => {
    expect((await validated('Ana,+34612345678\nBea,+34612345679\n')).valid.map(({ row }) => row)).toEqual([
      1, 2,
    ]);
    expect((await validated('who;erreichbar\nAna;+34612345678\n')).valid).toEqual([
      { row: 2, e164: '+34612345678', region: 'ES', fields: { name: 'Ana' } },
    ]);
  });

  test('rows are counted as a spreadsheet shows them: empty ones count, lines in a cell do not', async () => {
    const text = 'note,phone\n"a\nb",+34612345678\n\n,\nx,12\ny,+34612345678\n';
    expect(await validated(text)).toMatchObject({
      valid: [{ row: 2 }],
      invalid: [{ row: 5, value: '12' }],
      duplicates: 1,
    });
  });

  test('what cannot be read is refused whole, with its place', async () => {
    const refused = (text: string) => expect(validated(text)).rejects;
    await refused('name,city\nAna,Rome\n').toThrow('no column of phone numbers');
    await refused('name,phone\n"Ana,+34612345678\nBea,+34612345679\n').toThrow('row 2 is never closed');
    await validated('name,phone\n"Ana" x,+34612345678\nB "B,1\n"C\nD",2\n');
    await refused('BEGIN:VCARD\nVERSION:3.0\nTEL:+34612345678\n').toThrow('cut off');
    expect(await validated('')).toEqual({ valid: [], invalid: [], duplicates: 0 });
  });

  test('every number comes out of any CSV as it went in', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '"', ',', ';', '\t', '\n', '漢', '1') });
    const row = fc.record({ note: cell, number: fc.integer({ min: 600_000_000, max: 699_999_999 }) });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { minLength: 1, maxLength: 30, selector: ({ number }) => number }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        async (rows, delimiter, end) => {
          const text = [
            ['extra', 'phone'].join(delimiter),
            ...rows.map(({ note, number }) => [quoted(note), `+34${number}`].join(delimiter)),
          ].join(end);
          const { valid, invalid } = await validated(text);
          expect(invalid).toEqual([]);
          expect(valid.map(({ e164 }) => e164)).toEqual(rows.map(({ number }) => `+34${number}`));
          const kept = (note: string) =>
            note
              .trim()
              .replace(/^'(?=\S)/, '')
              .trim();
          expect(valid.map(({ fields }) => fields.extra ?? '')).toEqual(rows.map(({ note }) => kept(note)));
        },
      ),
    );
  });

  test('a plain list counts from 1', async () => {
    expect(await validatedNumbers(['+34612345678', 'Ana', '+34 612 345 678'])).toMatchObject({
      valid: [{ row: 1 }],
      invalid: [{ row: 2, value: 'Ana' }],
      duplicates: 1,
    });
  });
});
