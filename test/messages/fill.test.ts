import { expect, test } from 'vitest';
import { fieldsAskedBy, fill, missingField, valuesFor } from '../../src/messages/content/fill.ts';
import { PATIENCE_MS } from '../../src/messages/people/recipients.ts';
import { stage } from '../faults/stage.ts';
import { connect } from '../harness.ts';

const filled = (text: string, fields: Record<string, string>) =>
  fill({ text }, valuesFor({ text }, fields)).text;

test('the fields that words ask for', () => {
  expect(
    fieldsAskedBy({ a: 'Dear {first name}, {name}', b: '{name|friend}', c: '{city|your town} {} {  } {{' }),
  ).toEqual([
    { field: 'first name', isNeeded: true },
    { field: 'name', isNeeded: true },
    { field: 'city', isNeeded: false },
  ]);
});

test.each([
  ['{name}', 'Ana'],
  ['{{name}}', 'Ana'],
  ['{ name }', 'Ana'],
  ['{{ Name | friend }}', 'Ana'],
  ['{NAME}, {First_Name}', 'Ana, Anabel'],
  ['{Straße & Nr.}', 'Hauptstr. 1'],
  ['{电话备注}', '朋友'],
  ['{nick|friend}', 'friend'],
  ['{nick|}', ''],
])('%s reads %s', (text, read) => {
  const fields = { name: 'Ana', 'first name': 'Anabel', 'Straße & Nr.': 'Hauptstr. 1', 电话备注: '朋友' };
  expect(filled(text, fields)).toBe(read);
});

test.each([
  '{"a": 1}',
  "{'a': {}}",
  '{ }',
  '{}',
  '{{ }}',
  'a { color: red; }',
  '{1, 2}',
  'x = {y=1}',
  '<{b>',
  'Hi {name',
  '} {',
])('%s is text like any other', async (text) => {
  expect(fieldsAskedBy({ text })).toEqual([]);
  expect(filled(text, { name: 'Ana', a: 'x' })).toBe(text);
});

test('fields stand in the middle of other braces', () => {
  expect(filled('{"to": "{name}", "id": {id}}', { name: 'Ana', id: '7' })).toBe('{"to": "Ana", "id": 7}');
});

test('literal braces go out as they are written', async () => {
  const { call, simulator } = await connect();
  const text = 'Your code: {"pin": 1234} { }';
  expect((await call('send_message', { to: [NUMBER], text })).data.status).toBe('accepted');
  expect(simulator.messages.map(({ body }) => body)).toEqual([text]);
});

test('values are filled in, on one line', () => {
  expect(filled('Dear {name}!\nBye', { name: ' Ana\nMaria ' })).toBe('Dear Ana Maria!\nBye');
});

test.each([[{}], [{ name: ' ' }], [JSON.parse('{"__proto__":{"name":"x"}}')]])(
  'a field that is not known is named: %j',
  (fields) => {
    const words = { a: '{name}' };
    expect(missingField(words, valuesFor(words, fields))).toBe('name');
  },
);

test('a filled value is not filled again, nor is it read as a pattern', () => {
  expect(filled('{name}', { name: '{city} $& $1', city: 'Rome' })).toBe('{city} $& $1');
});

const NUMBER = '+14155550142';

test('each gets their own words, under a key of its own, and once; what is shown is what is sent', async () => {
  const { call, simulator } = await connect();
  const found = await call('search_contacts', { country: 'BR', opt_out: false, limit: 2 });
  const people = found.data.contacts as { phone_number: string; metadata: { name: string } }[];
  const message = {
    to: [...people.map(({ phone_number }) => phone_number), NUMBER],
    text: 'Olá {{ name }}, até já',
  };
  simulator.requests.splice(0);

  const preview = await call('send_message', { ...message, preview: true });
  const shown = (preview.data.messages as { to: string; text: string }[]).map(({ to, text }) => ({
    to,
    text,
  }));
  expect(shown).toEqual(
    people.map(({ phone_number, metadata }) => ({ to: phone_number, text: `Olá ${metadata.name}, até já` })),
  );
  expect(preview.text).toContain(`Olá ${people[0]?.metadata.name}, até já`);
  expect(preview.data.skipped).toEqual([{ to: NUMBER, reason: 'no value for name' }]);

  const sent = await call('send_message', { plan: preview.data.plan });
  expect(sent.data.status).toBe('accepted');
  const again = await call('send_message', message);
  expect(again.data.messages).toEqual(sent.data.messages);
  const requests = simulator.requests.filter(({ method }) => method === 'POST');
  expect(requests.map(({ body }) => body)).toEqual(shown.map(({ to, text }) => ({ to: [to], text })));
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
});

test('a field that nobody has is refused by its name, never sent as it stands', async () => {
  const { call, simulator } = await connect();
  const [{ e164 = '' } = {}] = simulator.book.page(1, 5, {}).contacts.filter(({ opt_out }) => !opt_out);
  const refused = await call('send_message', { to: [e164], text: 'Hi {nmae}' });
  expect(refused.text).toMatch(
    /^invalid_input: Nobody of the recipients has a field nmae\.\nNext: Nothing was sent\. Known are: name, /,
  );
  const warned = await call('send_message', { to: [e164], text: 'Hi {nmae|friend}' });
  expect(warned.text).toContain('Nobody has a field nmae');
  expect(simulator.messages.map(({ body }) => body)).toEqual(['Hi friend']);
});

test('looking for opt-outs does not hold up a send for long', async () => {
  const { call, simulator, clock } = await stage();
  simulator.faults.add({ method: 'GET', path: /contacts/, kind: 'hang' });
  const startedAt = clock.monotonic();
  const sent = await call('send_message', { to: [NUMBER], text: 'Hello' });
  expect(clock.monotonic() - startedAt).toBe(2 * PATIENCE_MS); // for the plan, and before it goes out
  expect(sent.data).toMatchObject({ status: 'accepted', messages: [{ to: NUMBER }] });
  expect(sent.text).toContain('Of some nothing is known, so that they may have opted out (it took too long');
});
