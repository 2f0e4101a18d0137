import { expect, test } from 'vitest';
import { fieldsAskedBy, fill } from '../../src/messages/fill.ts';
import { planSend } from '../../src/messages/plan.ts';
import { connect } from '../harness.ts';

test('the fields that parameters ask for', () => {
  expect(fieldsAskedBy({ a: 'Dear {first name}, {name}', b: '{name}', c: 'plain {} {  } {{' })).toEqual([
    'first name',
    'name',
  ]);
});

test('values are filled in, on one line', () => {
  expect(fill({ a: 'Dear {name}!', b: '5' }, { name: ' Ana\nMaria ' })).toEqual({
    parameters: { a: 'Dear Ana Maria!', b: '5' },
  });
});

test.each([[{}], [{ name: ' ' }], [JSON.parse('{"__proto__":{"name":"x"}}')]])(
  'a field that is not known is named: %j',
  (fields) => {
    expect(fill({ a: '{name}' }, fields)).toEqual({ lacks: 'name' });
  },
);

test('upper and lower case are the same', () => {
  expect(fill({ a: '{NAME}' }, { Name: 'Ana' })).toEqual({ parameters: { a: 'Ana' } });
});

test('a filled value is not filled again', () => {
  expect(fill({ a: '{name}' }, { name: '{city}', city: 'Rome' })).toEqual({ parameters: { a: '{city}' } });
});

const template = {
  id: 't',
  name: 't',
  category: undefined,
  language: undefined,
  status: 'APPROVED',
  channels: [],
  variables: ['who'],
};

test('people with the same values share a request; one without is skipped and named; opt-outs keep the order', () => {
  const person = (to: string, name?: string, optedOut = false) => ({
    to,
    optedOut,
    fields: name ? { name } : {},
  });
  const people = [
    person('+1', 'Ana', true),
    person('+2', 'Bo'),
    person('+3', 'Ana'),
    person('+4'),
    person('+5', 'Bo'),
  ];
  const plan = planSend({ template, parameters: { who: '{name}' } }, people);
  expect(plan.batches).toEqual([
    { to: ['+3'], parameters: { who: 'Ana' } },
    { to: ['+2', '+5'], parameters: { who: 'Bo' } },
  ]);
  expect(plan.skipped).toEqual([
    { to: '+1', reason: 'opted_out' },
    { to: '+4', reason: 'no value for name' },
  ]);
});

test('each gets their own words, under a key of its own, and once', async () => {
  const { call, simulator } = await connect();
  const found = await call('search_contacts', { country: 'BR', opt_out: false, limit: 2 });
  const people = found.data.contacts as { phone_number: string; metadata: { name: string } }[];
  const message = {
    to: [...people.map(({ phone_number }) => phone_number), '+14155550142'],
    template: { name: 'welcome', parameters: { name: 'Dear {name}' } },
  };
  simulator.requests.splice(0);

  const preview = await call('send_message', { ...message, preview: true });
  expect(preview.data.messages).toEqual(
    people.map(({ phone_number, metadata }) => ({
      to: phone_number,
      parameters: { name: `Dear ${metadata.name}` },
    })),
  );
  expect(preview.text).toContain(`name: Dear ${people[0]?.metadata.name}`);
  expect(preview.data.skipped).toEqual([{ to: '+14155550142', reason: 'no value for name' }]);

  const sent = await call('send_message', message);
  expect(sent.data.status).toBe('accepted');
  const again = await call('send_message', { ...message, idempotency_key: sent.data.idempotency_key });
  expect(again.data.messages).toEqual(sent.data.messages);
  const requests = simulator.requests.filter(({ method }) => method === 'POST');
  expect(requests.map(({ body }) => body)).toEqual(
    people.map(({ phone_number, metadata }) => ({
      to: [phone_number],
      template: { id: expect.any(String), parameters: { name: `Dear ${metadata.name}` } },
    })),
  );
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  expect(simulator.messages.map(({ to }) => to)).toEqual(people.map(({ phone_number }) => phone_number));
});

test('looking for opt-outs does not hold up a send for long', async () => {
  const { call, simulator } = await connect();
  simulator.faults.add({ method: 'GET', path: /contacts/, kind: 'hang' });
  const sent = await call('send_message', { to: ['+14155550142'], text: 'Hello' });
  expect(sent.data).toMatchObject({ status: 'accepted', messages: [{ to: '+14155550142' }] });
  expect(sent.text).toContain('Opt-outs could not all be checked before (it took too long)');
});
