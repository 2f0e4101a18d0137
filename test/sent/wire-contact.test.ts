import { expect, test } from 'vitest';
import { toContact } from '../../src/contacts/index.ts';
import { client, json, scripted } from './client.ts';

/** The numbers of a page with these rows, as contacts have them. */
async function numbersOf(...rows: object[]): Promise<string[]> {
  const contacts = rows.map((row, at) => ({ id: `c${at}`, ...row }));
  const { fetch } = scripted(() => json({ success: true, data: { contacts } }));
  const page = await client(fetch).sent.listContacts({ page: 1, pageSize: 100 });
  return page.rows.map((row) => toContact(row).phone_number);
}

test('a number given as a number is read, with the plus where E.164 says so', async () => {
  expect(
    await numbersOf(
      { phone_number: 14155550142, format_e164: '+14155550142' },
      { phone_number: 14155550143 },
    ),
  ).toEqual(['+14155550142', '14155550143']);
});

test('a row without any number is no contact of a list', async () => {
  const named = { phone_number: '+14155550142' };
  expect(
    await numbersOf(named, {}, { phone_number: 1.5 }, { phone_number: null }, { phone_number: '' }),
  ).toEqual(['+14155550142']);
});

test('rows of which none has a number are no empty account', async () => {
  await expect(numbersOf({}, {})).rejects.toMatchObject({ code: 'unavailable' });
});
