/** A server that serves in spite of a mistake in its settings, and says so. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../harness.ts';

async function open(env: Record<string, string>) {
  const harness = await connect({ env });
  onTestFinished(() => harness.client.close());
  return harness;
}

test.each([
  ['Germany', '030 1234567', '+49301234567'],
  ['Deutschland', '030 1234567', '+49301234567'],
  ['+49', '030 1234567', '+49301234567'],
  ['uk', '020 7946 0958', '+442079460958'],
])('SENT_DEFAULT_COUNTRY=%s is read as meant', async (country, number, e164) => {
  const { call } = await open({ SENT_DEFAULT_COUNTRY: country });
  const { data } = await call('create_contact', { phone_number: number });
  expect(data).toMatchObject({ contact: { phone_number: e164 } });
  expect(data.warnings ?? []).toEqual([]);
});

describe('a mistake is told with each answer', () => {
  const mistake = /SENT_DEFAULT_COUNTRY is not a country: use US, Germany or \+49/;

  test('in text and structure of a result', async () => {
    const { call } = await open({ SENT_DEFAULT_COUNTRY: 'Atlantis' });
    const { text, data } = await call('search_contacts', { limit: 1 });
    expect(text).toMatch(mistake);
    expect(data.warnings).toEqual([expect.stringMatching(mistake)]);
    expect(data.total).toBe(60);
  });

  test('in the second line of an error', async () => {
    const { call } = await open({ SENT_DEFAULT_COUNTRY: 'Atlantis', SENT_CONFIRM: 'sometimes' });
    const { text, isError } = await call('create_contact', { phone_number: '030 1234567' });
    expect(isError).toBe(true);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^invalid_input: /),
      expect.stringMatching(/^Next: .* Tell the user: SENT_CONFIRM is not one of: .*SENT_DEFAULT_COUNTRY/),
    ]);
  });

  test('and an address book that is not there too', async () => {
    const { call } = await open({ SENT_ADDRESS_BOOK: '/nowhere/people.csv' });
    const { text, data } = await call('search_contacts', { query: 'Ada' });
    expect(text).toMatch(/address book could not be read/);
    expect(data.warnings).toEqual([expect.stringMatching(/address book could not be read/)]);
  });
});

test('no mistake, no word', async () => {
  const { call } = await open({});
  const { text, data } = await call('search_contacts', { limit: 1 });
  expect(text).not.toMatch(/Settings/);
  expect(data.warnings).toBeUndefined();
});
