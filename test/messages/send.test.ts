/** What send_message promises, through the tools, with the requests that went out. */
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/runtime/caller.ts';
import { stage } from '../faults/stage.ts';

const NUMBER = '+14155550142';
const OTHER = '+14155550143';
const MANY = Array.from({ length: 2_500 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
const posts = (requests: readonly { method: string; headers: Record<string, string>; body: unknown }[]) =>
  requests.filter(({ method }) => method === 'POST');

describe('the plan', () => {
  test('preview shows it and sends nothing', async () => {
    const { call, simulator } = await stage();
    simulator.book.change(simulator.book.add(OTHER), { opt_out: true });
    const contact = simulator.book.add('+14155550144');
    const { data, text } = await call('send_message', {
      to: ['+1 (415) 555-0142', '+14155550142', contact.id, OTHER],
      template: { name: 'welcome', parameters: { name: 'Ada' } },
      channels: ['sms', 'whatsapp'],
      preview: true,
    });
    expect(data).toMatchObject({
      status: 'preview',
      messages: [
        { to: NUMBER, channel: 'sms' },
        { to: NUMBER, channel: 'whatsapp' },
        { to: '+14155550144', channel: 'sms' },
        { to: '+14155550144', channel: 'whatsapp' },
      ],
      skipped: [{ to: OTHER, reason: 'opted_out' }],
      template: { name: 'welcome' },
      warnings: ['2 channels mean 2 billed messages for each recipient.'],
    });
    expect(data).not.toHaveProperty('idempotency_key');
    expect(text).toMatch(/^Preview, nothing sent\. 4 messages of template welcome/);
    expect(posts(simulator.requests)).toEqual([]);
  });

  test.each([
    [
      'a number without country code',
      { to: ['4155550142'], text: 'Hi' },
      'invalid_input',
      /to\[0\] has no country code/,
    ],
    ['an id that is none', { to: [NUMBER, 'somebody'], text: 'Hi' }, 'invalid_input', /to\[1\] is neither/],
    [
      'an unknown id',
      { to: ['6ba7b810-9dad-11d1-80b4-00c04fd43fff'], text: 'Hi' },
      'not_found',
      /to\[0\] is neither/,
    ],
    ['a climbing id', { to: ['../messages'], text: 'Hi' }, 'invalid_input', /to\[0\] is neither/],
    [
      'an unknown template',
      { to: [NUMBER], template: { name: 'welcom' } },
      'not_found',
      /Did you mean welcome\?/,
    ],
    [
      'a name for several',
      { to: [NUMBER], template: { name: 'order_shipped' } },
      'invalid_input',
      /2 templates/,
    ],
    ['id and name', { to: [NUMBER], template: { id: 'a', name: 'b' } }, 'invalid_input', /Exactly one/],
    [
      'a template that waits',
      { to: [NUMBER], template: { name: 'spring_sale' } },
      'invalid_input',
      /not approved/,
    ],
    [
      'a missing variable',
      { to: [NUMBER], template: { name: 'welcome' } },
      'invalid_input',
      /value for name/,
    ],
    ['nobody', { to: [], text: 'Hi' }, 'invalid_input', /to/],
    ['a wild key', { to: [NUMBER], text: 'Hi', idempotency_key: 'a b' }, 'invalid_input', /idempotency_key/],
  ])('%s never reaches the API', async (_name, args, code, words) => {
    const { call, simulator } = await stage();
    const failed = await call('send_message', args);
    expect(failed.code).toBe(code);
    expect(failed.text).toMatch(words);
    expect(posts(simulator.requests)).toEqual([]);
  });

  test('when everybody has opted out nothing is sent', async () => {
    const { call, simulator } = await stage();
    simulator.book.change(simulator.book.add(NUMBER), { opt_out: true });
    const { code, data } = await call('send_message', { to: [NUMBER], text: 'Hi' });
    expect([code, data.status]).toEqual(['ok', 'nothing_to_send']);
    expect(posts(simulator.requests)).toEqual([]);
  });

  test('opt-outs that cannot be looked up are said, and the send goes on; a wrong key stops it', async () => {
    const { call, simulator } = await stage();
    simulator.faults.add({ method: 'GET', kind: { status: 500 } });
    const { code, text } = await call('send_message', { to: [NUMBER, OTHER], text: 'Hi' });
    expect(code).toBe('ok');
    expect(text).toContain('Opt-outs could not all be checked before (unavailable)');
    simulator.faults.clear();
    simulator.faults.add({ method: 'GET', kind: { status: 401, code: 'AUTH_002' } });
    expect((await call('send_message', { to: [NUMBER], text: 'Hello' })).code).toBe('unauthorized');
    expect(simulator.messages).toHaveLength(2);
  });
});

describe('keys', () => {
  test('one for each request, in their order, and none of a dry run', async () => {
    const { call, simulator } = await stage();
    await call('send_message', { to: MANY, text: 'Hi', sandbox: true });
    const { data } = await call('send_message', { to: MANY, text: 'Hi' });
    const key = data.idempotency_key as string;
    const keys = posts(simulator.requests).map(({ headers }) => headers['idempotency-key']);
    expect(keys.slice(3)).toEqual([key, `${key}-2`, `${key}-3`]);
    expect(new Set(keys).size).toBe(6);
    expect(posts(simulator.requests).map(({ body }) => (body as { to: string[] }).to.length)).toEqual([
      1_000, 1_000, 500, 1_000, 1_000, 500,
    ]);
    expect(simulator.messages).toHaveLength(MANY.length);
  });

  test('a key that is given goes out as it is, and its repetition sends nothing', async () => {
    const { call, simulator } = await stage();
    const args = { to: [NUMBER], text: 'Hi', idempotency_key: 'my-key_1' };
    const first = await call('send_message', args);
    const again = await call('send_message', args);
    expect(posts(simulator.requests).map(({ headers }) => headers['idempotency-key'])).toEqual(['my-key_1']);
    expect(again.data).toEqual(first.data);
    expect(simulator.messages).toHaveLength(1);
  });

  test('a key with other content is refused, here and after a restart', async () => {
    const { call, simulator } = await stage();
    const args = { to: [NUMBER], text: 'Hi', idempotency_key: 'mine' };
    await call('send_message', args);
    for (const change of [{ text: 'Ho' }, { to: [OTHER] }, { channels: ['sms'] }]) {
      const { code, text } = await call('send_message', { ...args, ...change });
      expect(code).toBe('conflict');
      expect(text).toContain('nothing was sent');
    }
    expect(simulator.messages).toHaveLength(1);
    const restarted = await stage({ network: () => simulator.fetch });
    const { code } = await restarted.call('send_message', { ...args, to: [OTHER] });
    expect(code).toBe('conflict');
    expect(simulator.messages).toHaveLength(1);
  });

  test('people who opt out between two calls do not change what was sent, nor get the rest', async () => {
    const { call, simulator } = await stage();
    simulator.faults.add({ path: /messages$/, kind: 'hang', after: 1 });
    const failed = await call('send_message', { to: MANY, text: 'Hi' });
    const key = /idempotency_key (\S+)/.exec(failed.text)?.[1];
    simulator.faults.clear();
    for (const to of [MANY[5], MANY[1_500]]) {
      const contact = simulator.book.byPhone(to ?? '') ?? simulator.book.add(to ?? '');
      simulator.book.change(contact, { opt_out: true });
    }
    // The people are read again after a minute; by then the opt-outs are known.
    await call('search_contacts', { country: 'ES' });
    const again = await call('send_message', { to: MANY, text: 'Hi', idempotency_key: key });
    expect(again.code).toBe('ok');
    const heard = simulator.messages.map(({ to }) => to);
    expect(heard.filter((to) => to === MANY[5])).toHaveLength(1);
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard.length).toBeGreaterThanOrEqual(MANY.length - 1);
  });
});

describe('dry runs', () => {
  test('are said as such', async () => {
    const { call, simulator } = await stage();
    const { data, text } = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true });
    expect(data).toMatchObject({ status: 'dry_run', sandbox: true, messages: [{ to: NUMBER }] });
    expect(data).not.toHaveProperty('idempotency_key');
    expect(text).toContain('Dry run, confirmed by Sent: nothing was changed.');
    expect(simulator.messages).toEqual([]);
  });

  test('that are not confirmed are loudly said to be perhaps real, with the ids', async () => {
    const { call } = await stage({
      network: (simulator) => async (input, init) => {
        const response = await simulator.fetch(input, init);
        response.headers.delete('x-sandbox');
        return response;
      },
    });
    const { data, text } = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true });
    expect(data).toMatchObject({
      status: 'accepted',
      messages: [{ to: NUMBER, message_id: expect.any(String) }],
    });
    expect(data).not.toHaveProperty('sandbox');
    expect(text).toContain('WARNING: Sent did not confirm');
  });

  test('without an answer are told to be safe to repeat', async () => {
    const { call, simulator } = await stage();
    simulator.faults.add({ method: 'POST', kind: 'hang' });
    const { code, text } = await call('send_message', { to: [NUMBER], text: 'Hi', sandbox: true });
    expect(code).toBe('unknown_outcome');
    expect(text).toContain('asked for as a dry run');
    expect(text).not.toContain('idempotency_key');
  });
});

describe('the answer', () => {
  /** A network whose answers to sends are changed on their way. */
  const changed = (change: (data: { recipients: Record<string, unknown>[] }) => unknown) =>
    stage({
      network: (simulator) => async (input, init) => {
        const response = await simulator.fetch(input, init);
        if (!(input instanceof Request) || input.method !== 'POST') return response;
        const { data, ...rest } = (await response.json()) as {
          data: { recipients: Record<string, unknown>[] };
        };
        return new Response(JSON.stringify({ ...rest, data: change(data) }), { status: 202 });
      },
    });

  test('that leaves somebody out says so', async () => {
    const { call } = await changed((data) => ({ ...data, recipients: data.recipients.slice(1) }));
    const { data, text } = await call('send_message', { to: [NUMBER, OTHER], text: 'Hi' });
    expect(data.messages).toEqual([{ message_id: expect.any(String), to: OTHER }, { to: NUMBER }]);
    expect(text).toContain(
      `Sent gave no message id for 1 of the recipients, so that theirs cannot be followed up: ${NUMBER}.`,
    );
  });

  test.each([
    ['without recipients', (data: object) => ({ ...data, recipients: null })],
    ['without data', () => null],
    ['without ids and numbers', () => ({ recipients: [{}, {}] })],
  ])('%s is still an acceptance', async (_name, change) => {
    const { call, simulator } = await changed(change);
    const { data, code } = await call('send_message', { to: [NUMBER, OTHER], text: 'Hi' });
    expect([code, data.status]).toEqual(['ok', 'accepted']);
    expect(data.messages).toEqual([{ to: NUMBER }, { to: OTHER }]);
    expect(simulator.messages).toHaveLength(2);
  });
});

describe('while it lasts', () => {
  const caller = (
    cancel = new AbortController(),
  ): { caller: Caller; told: [number, number | undefined][] } => {
    const told: [number, number | undefined][] = [];
    return {
      told,
      caller: {
        signal: cancel.signal,
        canAsk: false,
        confirm: async () => {},
        progress: (done, total, message) => {
          if (/accepted/.test(message)) told.push([done, total]);
        },
      },
    };
  };

  test('the count accepted so far is told', async () => {
    const { services } = await stage();
    const { caller: waiting, told } = caller();
    await services.messages.send({ to: MANY, text: 'Hi' }, waiting);
    expect(told).toEqual([
      [1_000, 2_500],
      [2_000, 2_500],
      [2_500, 2_500],
    ]);
  });

  test('cancelling stops between requests and says what went out; the same call finishes it', async () => {
    const cancel = new AbortController();
    const { services, simulator } = await stage();
    const { caller: waiting } = caller(cancel);
    const request = { to: MANY, text: 'Hi' };
    const stopped = services.messages.send(request, {
      ...waiting,
      progress: (done, _total, message) => {
        if (/accepted/.test(message) && done === 1_000) cancel.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringMatching(/^1000 of 2500 messages were accepted.*cancelled\.$/),
      next: expect.stringContaining('idempotency_key'),
    });
    expect(simulator.messages).toHaveLength(1_000);
    const result = await services.messages.send(request, caller().caller);
    expect(result.messages).toHaveLength(2_500);
    expect(simulator.messages).toHaveLength(2_500);
    expect(posts(simulator.requests)).toHaveLength(3);
  });
});
