/** The price in a preview: only where the API has told one in a dry run that it confirmed. */
import { describe, expect, test } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { stage, twoReachable } from '../faults/stage.ts';

const TO = ['+14155550142', '+14155550143', '+14155550144'];
const HI = { to: TO, text: 'Hi', channels: ['sms', 'whatsapp'] };
const ALL = 3 * (0.0079 + 0.0147);
const sends = ({ requests }: Simulator) =>
  requests
    .splice(0)
    .filter(({ path }) => path === '/v3/messages')
    .map(({ body, headers }) => ({
      ...(body as { sandbox?: boolean; to: string[] }),
      key: headers['idempotency-key'],
    }));

describe('where dry runs tell prices', () => {
  test('the dry run has it, and every preview of one request after it, by a dry run under a key of its own', async () => {
    const { call, simulator } = await stage({ simulator: { pricedDryRuns: true } });
    const tried = await call('send_message', { ...HI, sandbox: true });
    expect(tried.data).toMatchObject({ status: 'dry_run', price: ALL });
    expect(tried.text).toContain('would go out, price 0.0678 by a dry run:');
    const first = sends(simulator);

    const shown = await call('send_message', { ...HI, text: 'Hello', preview: true });
    expect(shown.data.preview).toMatchObject({ price: ALL, messages: 6 });
    expect(shown.text).toContain(', price 0.0678 by a dry run.');
    const second = sends(simulator);
    expect(second.map(({ sandbox }) => sandbox)).toEqual([true]);
    expect(simulator.messages).toEqual([]);

    const sent = await call('send_message', { plan: shown.data.plan });
    expect(sent.data).toMatchObject({ status: 'accepted', accepted: 6 });
    const third = sends(simulator);
    expect(third).toHaveLength(1);
    expect(new Set([...first, ...second, ...third].map(({ key }) => key)).size).toBe(
      first.length + second.length + third.length,
    );
  });

  test('no dry run is made for a preview before one was confirmed, nor for one of several requests', async () => {
    const { call, simulator } = await stage({ simulator: { pricedDryRuns: true } });
    expect((await call('send_message', { ...HI, preview: true })).data.preview).not.toHaveProperty('price');
    expect(sends(simulator)).toEqual([]);
    await call('send_message', { ...HI, sandbox: true });
    sends(simulator);
    const many = Array.from({ length: 1_001 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
    const shown = await call('send_message', { ...HI, to: many, preview: true });
    expect(shown.data.preview).not.toHaveProperty('price');
    expect(sends(simulator)).toEqual([]);
  });

  test('a failure leaves it out; one that is no longer confirmed is said loudly, and none is made after it', async () => {
    let isConfirming = true;
    const { call, simulator } = await stage({
      simulator: { pricedDryRuns: true },
      network: (api) => async (input, init) => {
        const answer = await api.fetch(input, init);
        if (isConfirming) return answer;
        answer.headers.delete('x-sandbox');
        return answer;
      },
    });
    await call('send_message', { ...HI, sandbox: true });
    simulator.faults.add({ path: /messages$/, kind: { status: 422, code: 'BUSINESS_003' }, times: 1 });
    const shown = await call('send_message', { ...HI, text: 'One', preview: true });
    expect(shown.data.status).toBe('preview');
    expect(shown.data.preview).not.toHaveProperty('price');
    isConfirming = false;
    const doubtful = await call('send_message', { ...HI, text: 'Two', preview: true });
    expect(doubtful.text).toContain('WARNING: Sent did not confirm that this was a dry run');
    sends(simulator);
    await call('send_message', { ...HI, text: 'Three', preview: true });
    expect(sends(simulator)).toEqual([]);
  });
});

test('of a send in parts what is left has the price, and of several requests all, or there is none', async () => {
  let untold: string | undefined;
  const { call, simulator } = await stage({
    simulator: { pricedDryRuns: true },
    network: (api) => async (input, init) => {
      const response = await api.fetch(input, init);
      if (untold === undefined || !(input instanceof Request) || !input.url.endsWith('/v3/messages'))
        return response;
      const { data, ...rest } = (await response.json()) as { data: { recipients: { to: string }[] } };
      const isUntold = data.recipients.some(({ to }) => to === untold);
      const told = isUntold
        ? { ...data, price: undefined, recipients: data.recipients.map(({ to }) => ({ to })) }
        : data;
      return Response.json(
        { ...rest, data: told },
        { status: response.status, headers: { 'x-sandbox': 'true' } },
      );
    },
  });
  const to = twoReachable(simulator);
  const args = { to, text: 'Hi {name}', channels: ['sms'] };
  untold = to[1];
  expect((await call('send_message', { ...args, sandbox: true })).data).not.toHaveProperty('price');
  untold = undefined;
  expect((await call('send_message', { ...args, sandbox: true })).data.price).toBeCloseTo(0.0158, 6);
  simulator.faults.add({ path: /messages$/, kind: { status: 403 }, after: 1 });
  const { plan } = (await call('send_message', args)).data;
  simulator.faults.clear();
  sends(simulator);
  const left = await call('send_message', { plan, preview: true });
  expect(left.data.preview).toMatchObject({ people: 1, price: 0.0079 });
  expect(left.data.warnings).toContainEqual(
    'This very send was begun at 2026-11-23T12:00:00Z; shown is what is left of it.',
  );
  expect(sends(simulator).map(({ to, sandbox }) => [to, sandbox])).toEqual([[[to[1]], true]]);
});

test('where they do not, nothing is made up', async () => {
  const { call, simulator } = await stage();
  expect((await call('send_message', { ...HI, sandbox: true })).data).not.toHaveProperty('price');
  sends(simulator);
  const shown = await call('send_message', { ...HI, preview: true });
  expect(shown.data.preview).not.toHaveProperty('price');
  expect(sends(simulator)).toEqual([]);
});
