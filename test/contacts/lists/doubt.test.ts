import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import { examinePhone } from '../../../src/contacts/model/phone.ts';
import { opened } from './validated.ts';

const lines = (...all: string[]): string => `${all.join('\n')}\n`;
const read = async (text: string, explicit?: string) => {
  const { valid, doubtful, invalid } = await opened(text, { explicit });
  return { valid: valid.map(({ e164 }) => e164), doubtful: doubtful.map(({ reason }) => reason), invalid };
};

describe('two readings that are close', () => {
  test.each([
    [
      'a French mobile without its plus in a German list',
      'Mia,33612345678',
      '+4933612345678 or +33612345678',
    ],
    ['as Americans dial abroad', 'Mia,011 49 170 1234501', '+4911491701234501 or +491701234501'],
  ])('%s', async (_, row, both) => {
    const { valid, doubtful } = await read(lines('Name,Phone', row), 'DE');
    expect([valid, doubtful]).toEqual([[], [`It may be ${both}.`]]);
  });

  test('a calling code with a zero before it is no area code', async () => {
    const text = lines(
      'Name;Vorwahl;Rufnummer',
      'Mia;049;1701234501',
      'Ole;0170;1234502',
      'Ida;(030);9018200',
    );
    const { valid, doubtful } = await read(text, 'DE');
    expect(valid).toEqual(['+491701234502', '+49309018200']);
    expect(doubtful).toEqual(['It may be +49491701234501 or +491701234501.']);
  });

  test.each([
    ['DE', '1701234501', '+491701234501'],
    ['US', '6592345678', '+16592345678'],
    ['CN', '15012345678', '+8615012345678'],
    ['IN', '9876543211', '+919876543211'],
  ])('no doubt in %s about %s', async (country, number, e164) => {
    expect((await read(lines('Name,Phone', `Mia,${number}`), country)).valid).toEqual([e164]);
  });
});

test('what is too short or too long for its plan, though the plan calls its length possible', async () => {
  const { valid, doubtful } = await read(lines('Name,Phone', 'Mia,+49 170 12', 'Ole,+49 170 1234502 123'));
  expect(valid).toEqual([]);
  expect(doubtful).toEqual(['It is too short for a number of DE.', 'It is too long for a number of DE.']);
});

describe('who it is', () => {
  test.each([
    [
      'a number is nobody',
      'First Name,Last Name,Attendee #,Phone',
      'Mia,Sommer,9711,+491701234501',
      'Mia Sommer',
    ],
    ['a contact beside its number', 'Contact,Contact No', 'Mia,+491701234501', 'Mia'],
    ['a question', 'What is your name?,What is your phone number?', 'Mia,+491701234501', 'Mia'],
    ['whoever an event invites', 'Invitee Name,Text Reminder Number', 'Mia,+491701234501', 'Mia'],
    ['of a company', 'Firma;Ansprechpartner;Telefon', 'Acme;Mia;+491701234501', 'Mia'],
  ])('%s', async (_, header, row, name) => {
    const { valid } = await opened(lines(header, row));
    expect(valid.map(({ fields }) => fields.name)).toEqual([name]);
  });
});

test('ids of WhatsApp in a column of ids, a group among them', async () => {
  const text = lines(
    'id,name',
    '491701234501@c.us,Mia',
    '15124762345@s.whatsapp.net,Bob',
    '120363041234567890@g.us,All',
  );
  expect((await read(text)).valid).toEqual(['+491701234501', '+15124762345']);
});

test('a number that is read by its start is what the library says', () => {
  const starts = [
    '+49170',
    '+447911',
    '+4478',
    '+1204',
    '+1512',
    '+7701',
    '+7912',
    '+39333',
    '+3906698',
    '+35818',
  ];
  const digits = fc.stringMatching(/^\d{4,9}$/);
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.array(digits, { minLength: 2, maxLength: 6 }),
      (start, ends) => {
        for (const end of ends) {
          const e164 = `${start}${end}`.slice(0, 16);
          const said = parsePhoneNumberFromString(e164);
          if (!said?.isValid()) continue;
          const { region, national, length } = examinePhone(e164, undefined) ?? {};
          expect([region, national, length]).toEqual([said.country, said.nationalNumber, 'fits']);
        }
      },
    ),
    { numRuns: 300 },
  );
});
