import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validated } from './validated.ts';

/** What the column of a person's own number is called in exports and by hand. */
const PHONE_HEADERS = [
  ...[
    'Phone',
    'Phone Number',
    'PhoneNumber',
    'phone_number',
    'Telephone',
    'Tel',
    'Tel.',
    'Mobile',
    'Mobile Phone',
  ],
  ...['MobilePhone', 'Cell', 'Cell Phone', 'Cellphone', 'Contact No.', 'Contact Number', 'SMS', 'WhatsApp'],
  ...[
    'WhatsApp Number',
    'Mobile No',
    'Mob.',
    'Ph.',
    'MSISDN',
    'Phone 1 - Value',
    'Primary Phone',
    'billing_phone',
  ],
  ...[
    'Person - Phone - Mobile',
    'Mobile Phone Number',
    'Mobile number with country code',
    'GSM',
    'Phone (Mobile)',
  ],
  ...[
    'Telefon',
    'Telefonnummer',
    'Handy',
    'Handynummer',
    'Mobil',
    'Mobilnummer',
    'Mobiltelefon',
    'Rufnummer',
  ],
  ...['Téléphone', 'Numéro de téléphone', 'Portable', 'Tél. mobile', 'Téléphone portable', 'N° de tél'],
  ...[
    'Teléfono',
    'Número de teléfono',
    'Móvil',
    'Celular',
    'Teléfono móvil',
    'Telefone',
    'Telemóvel',
    'Nº de telefone',
  ],
  ...['Telefono', 'Cellulare', 'Numero di telefono', 'Telefoon', 'Telefoonnummer', 'Mobiel', 'Mobiel nummer'],
  ...[
    'Numer telefonu',
    'Nr telefonu',
    'Telefon komórkowy',
    'Komórka',
    'Телефон',
    'Номер телефона',
    'Мобильный',
  ],
  ...[
    'Мобільний телефон',
    'Telefonní číslo',
    'Mobilní telefon',
    'Telefónne číslo',
    'Broj telefona',
    'Mobitel',
  ],
  ...['Telefonnr', 'Mobilnr', 'Tlf', 'Puhelin', 'Puhelinnumero', 'Matkapuhelin', 'Telefonszám', 'Mobilszám'],
  ...[
    'Număr de telefon',
    'Cep telefonu',
    'Telefon numarası',
    'Τηλέφωνο',
    'Κινητό',
    'رقم الهاتف',
    'جوال',
    'טלפון',
    'נייד',
  ],
  ...[
    'फ़ोन नंबर',
    'मोबाइल',
    'เบอร์โทรศัพท์',
    'มือถือ',
    'Số điện thoại',
    'Di động',
    'Nomor Telepon',
    'No HP',
    'Nombor telefon',
  ],
  ...[
    '手机',
    '手机号',
    '手机号码',
    '电话',
    '联系电话',
    '電話',
    '手機',
    '行動電話',
    '電話番号',
    '携帯電話',
    '携帯',
    '전화번호',
    '휴대폰',
    '휴대폰 번호',
  ],
  ...['Telefonas', 'Tālrunis', 'Mobiiltelefon', 'Телефонен номер', 'Telefonska številka', 'Telèfon'],
];
/** Columns full of digits that are nobody's own number, each with cells for three people. */
const OTHERS: readonly (readonly [header: string, ...cells: string[]])[] = [
  ['Geburtsdatum', '12.03.1980', '01.01.1990', '24.12.1975'],
  ['Date of birth', '1980-03-12', '1990-01-01', '1975-12-24'],
  ['birth', '19800312', '19900101', '19751224'],
  ['Kundennummer', '100200300', '100200301', '100200302'],
  ['Customer ID', '4155550100', '4155550101', '4155550102'],
  ['Fax', '+49 30 9018200', '+49 30 9018201', '+49 30 9018202'],
  ['Emergency phone', '+49 30 9018210', '+49 30 9018211', '+49 30 9018212'],
  ["Assistant's Phone", '+49 30 9018220', '+49 30 9018221', '+49 30 9018222'],
  ['Last phone call', '2026-01-02 10:00', '2026-01-03 11:00', '2026-01-04 12:00'],
  ['Amount', '1200.50', '88.00', '7.25'],
  ['Zip', '10115', '80331', '20095'],
  ['IBAN', 'DE89370400440532013000', 'DE89370400440532013001', 'DE89370400440532013002'],
  ['Phone verified', '1', '0', '1'],
];
const PEOPLE = [
  ['Mia Sommer', '+491701234501'],
  ['Ole Winter', '+491701234502'],
  ['Ida Herbst', '+491701234503'],
] as const;

/** A table of columns, each a header and its cells. */
const table = (columns: readonly (readonly string[])[]): string =>
  Array.from({ length: PEOPLE.length + 1 }, (_, row) =>
    columns.map((cells) => cells[row] ?? '').join(';'),
  ).join('\n');

test('under any of these headers the numbers are found behind every other column, and the names', async () => {
  const names = ['Name', ...PEOPLE.map(([name]) => name)];
  const found = PHONE_HEADERS.map(async (header) => {
    const { valid } = await validated(
      table([...OTHERS, names, [header, ...PEOPLE.map(([, phone]) => phone)]]),
    );
    return [header, valid.map(({ e164, fields }) => [fields.name, e164])];
  });
  expect(await Promise.all(found)).toEqual(PHONE_HEADERS.map((header) => [header, PEOPLE]));
});

test('in any order, with any of the other columns', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PHONE_HEADERS),
      fc.subarray([...OTHERS]),
      fc.infiniteStream(fc.nat(1_000)),
      async (header, others, order) => {
        const columns = [
          ['Name', ...PEOPLE.map(([name]) => name)],
          [header, ...PEOPLE.map(([, phone]) => phone)],
          ...others,
        ].map((cells) => ({ cells, place: order.next().value }));
        columns.sort((a, b) => a.place - b.place);
        const { valid } = await validated(table(columns.map(({ cells }) => cells)));
        expect(valid.map(({ e164, fields }) => [fields.name, e164])).toEqual(
          PEOPLE.map((person) => [...person]),
        );
      },
    ),
    { numRuns: 200 },
  );
});

const NAMES: [headers: string[], cells: string[], name: string][] = [
  [['Nom', 'Prénom'], ['Noël', 'Zoë'], 'Zoë Noël'],
  [['Vorname', 'Name'], ['Jörg', 'Müller'], 'Jörg Müller'],
  [['First Name', 'Last Name'], ['Ann', 'Lee'], 'Ann Lee'],
  [['FirstName', 'LastName'], ['Ann', 'Lee'], 'Ann Lee'],
  [['First', 'Last'], ['Ann', 'Lee'], 'Ann Lee'],
  [['billing_first_name', 'billing_last_name'], ['Ann', 'Lee'], 'Ann Lee'],
  [['Nombre', 'Apellidos'], ['María', 'Ruiz Peña'], 'María Ruiz Peña'],
  [['nombre completo'], ['María Ruiz'], 'María Ruiz'],
  [['Nombre'], ['María Ruiz'], 'María Ruiz'],
  [['Nome', 'Cognome'], ['Luca', 'Neri'], 'Luca Neri'],
  [['Nome', 'Sobrenome'], ['João', 'Silva'], 'João Silva'],
  [['Nome completo'], ['João Silva'], 'João Silva'],
  [['Imię', 'Nazwisko'], ['Łukasz', 'Żak'], 'Łukasz Żak'],
  [['Imię i nazwisko'], ['Łukasz Żak'], 'Łukasz Żak'],
  [['Фамилия', 'Имя', 'Отчество'], ['Иванов', 'Пётр', 'Ильич'], 'Пётр Ильич Иванов'],
  [['ФИО'], ['Иванов Пётр'], 'Иванов Пётр'],
  [['Etunimi', 'Sukunimi'], ['Aino', 'Niemi'], 'Aino Niemi'],
  [['姓', '名'], ['王', '小明'], '王小明'],
  [['姓名'], ['王小明'], '王小明'],
  [['성', '이름'], ['김', '철수'], '김철수'],
  [['氏名'], ['山田 太郎'], '山田 太郎'],
  [['Voornaam', 'Achternaam'], ['Sanne', 'Bakker'], 'Sanne Bakker'],
  [['Förnamn', 'Efternamn'], ['Åsa', 'Öberg'], 'Åsa Öberg'],
  [['Fornavn', 'Etternavn'], ['Kari', 'Moe'], 'Kari Moe'],
  [['Ad', 'Soyad'], ['Ayşe', 'Yılmaz'], 'Ayşe Yılmaz'],
  [['Ad Soyad'], ['Ayşe Yılmaz'], 'Ayşe Yılmaz'],
  [['Jméno', 'Příjmení'], ['Jiří', 'Dvořák'], 'Jiří Dvořák'],
  [['Όνομα', 'Επώνυμο'], ['Γιώργος', 'Παππάς'], 'Γιώργος Παππάς'],
  [['Nume', 'Prenume'], ['Popa', 'Ion'], 'Ion Popa'],
  [['Keresztnév', 'Vezetéknév'], ['Géza', 'Szőke'], 'Géza Szőke'],
  [['Nama'], ['Budi Santoso'], 'Budi Santoso'],
  [['Person - Name', 'Organization - Name'], ['Ann Lee', 'Acme'], 'Ann Lee'],
  [['Contact Name', 'Contact owner'], ['Ann Lee', 'Sales Rep'], 'Ann Lee'],
];
test('a name is put together from the columns that hold it, in the order of its language', async () => {
  const read = NAMES.map(async ([headers, cells]) => {
    const { valid } = await validated(
      [[...headers, 'Phone'].join(), [...cells, '+491701234501'].join()].join('\n'),
    );
    return [headers, ...valid.map(({ fields }) => fields.name)];
  });
  expect(await Promise.all(read)).toEqual(NAMES.map(([headers, , name]) => [headers, name]));
});
