/** What send_message promises, through the tools, with the requests that went out. */
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/runtime/caller.ts';
import { stage as onStage, START } from '../faults/stage.ts';

const NUMBER = '+14155550142';
const OTHER = '+14155550143';
const MANY = Array.from({ length: 2_001 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
/** Most of this is about many people at once, who would be shown first. */
const stage = (options: Parameters<typeof onStage>[0] = {}) =>
  onStage({ ...options, env: { SENT_CONFIRM: 'never', ...options.env } });
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
      plan: expect.stringMatching(/^send_[a-z2-7]{16}$/),
      accepted: 0,
      messages: [
        { to: NUMBER, channel: 'sms' },
        { to: NUMBER, channel: 'whatsapp' },
        { to: '+14155550144', channel: 'sms' },
        { to: '+14155550144', channel: 'whatsapp' },
      ],
      not_sent: [],
      unknown: [],
      skipped: [{ to: OTHER, reason: 'opted_out' }],
      template: { name: 'welcome' },
      preview: {
        people: 2,
        messages: 4,
        countries: { US: 2 },
        requests: 1,
        opt_outs_as_of: '2026-11-23T12:00:00Z',
        not_yet_contacts: [NUMBER],
      },
      next: expect.stringContaining(`plan: ${data.plan} and nothing else`),
      warnings: ['2 channels mean 2 billed messages for each recipient.'],
    });
    expect(text).toMatch(/^Preview, nothing sent\. 4 messages of template welcome/);
    for (const fact of [data.plan, 'US 2', 'Not contacts yet', '2 channels mean', 'opted_out', 'Next: Show'])
      expect(text).toContain(fact);
    expect(posts(simulator.requests)).toEqual([]);
  });

  test('exactly what was shown is done, once, however often it is called', async () => {
    const { call, simulator } = await stage();
    const shown = await call('send_message', { to: [NUMBER, OTHER], text: 'Hi', preview: true });
    const { plan } = shown.data;
    const first = await call('send_message', { plan });
    expect(first.data).toMatchObject({ status: 'accepted', plan, accepted: 2 });
    const again = await call('send_message', { plan });
    expect(again.data).toMatchObject({ status: 'accepted', plan, messages: first.data.messages });
    expect(again.text).toContain('done at 2026-11-23T12:00:00Z: nothing went out now');
    expect(simulator.messages).toHaveLength(2);
  });

  test.each([
    [
      'a plan beside people',
      { plan: 'send_aaaaaaaaaaaaaaaa', to: [NUMBER], text: 'Hi' },
      /with plan, give no to/,
    ],
    ['a plan that is none', { plan: 'send_aaaaaaaaaaaaaaaa' }, /too old/],
    [
      'a plan of another tool, between blanks',
      { plan: ' update_aaaaaaaaaaaaaa ' },
      /belongs to update_contact/,
    ],
    ['a plan of another tool', { plan: 'delete_aaaaaaaaaaaaaa' }, /belongs to delete_contact/],
    ['neither people nor a plan', { text: 'Hi' }, /to or plan/],
  ])('%s is refused', async (_name, args, words) => {
    const { call } = await stage();
    const { code, text } = await call('send_message', args);
    expect(code).toBe('invalid_input');
    expect(text).toMatch(words);
  });

  test('a plan that nobody followed is gone after a day', async () => {
    const { call, clock } = await stage();
    const { data } = await call('send_message', { to: [NUMBER], text: 'Hi', preview: true });
    clock.advance(24 * 3_600_000 + 1);
    expect((await call('send_message', { plan: data.plan })).code).toBe('invalid_input');
  });

  test('more than ten people are shown first where nobody can be asked', async () => {
    const { call, simulator } = await onStage();
    const args = { to: MANY.slice(0, 11), text: 'Hi' };
    const shown = await call('send_message', args);
    expect(shown.data.status).toBe('preview');
    expect(shown.text).toContain('This client cannot ask the user, so nothing was sent yet.');
    expect(posts(simulator.requests)).toEqual([]);
    expect((await call('send_message', args)).data.plan).toBe(shown.data.plan);
    expect((await call('send_message', { plan: shown.data.plan })).data.accepted).toBe(11);
    expect((await call('send_message', { to: MANY.slice(20, 30), text: 'Hi' })).data.accepted).toBe(10);
  });

  test.each([
    [
      'a number without country code',
      { to: ['4155550142'], text: 'Hi' },
      'invalid_input',
      /to\[0\] has no country code/,
    ],
    ['an id that is none', { to: [NUMBER, 'somebody'], text: 'Hi' }, 'not_found', /to\[1\] is neither/],
    [
      'an unknown id',
      { to: ['6ba7b810-9dad-11d1-80b4-00c04fd43fff'], text: 'Hi' },
      'not_found',
      /to\[0\] is neither/,
    ],
    ['a climbing id', { to: ['../messages'], text: 'Hi' }, 'not_found', /to\[0\] is neither/],
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
      /is PENDING, not approved/,
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

  test('numbers that no plan knows are named, ten at most, before they are sent to and after', async () => {
    const { call } = await stage();
    const odd = Array.from({ length: 11 }, (_, index) => `+99912345${100 + index}`);
    const named = (to: string[], more = '') =>
      `No numbering plan knows ${to.join(', ')}${more}: check with the user.`;
    const ten = await call('send_message', { to: odd.slice(1), text: 'Hi', preview: true });
    expect(ten.data.warnings).toEqual([expect.stringContaining('24 hours'), named(odd.slice(1))]);
    const { data } = await call('send_message', { to: odd, text: 'Hi' });
    expect(data.warnings).toEqual([
      expect.stringContaining('24 hours'),
      named(odd.slice(0, 10), ' and 1 more'),
    ]);
  });

  test('when everybody has opted out nothing is sent', async () => {
    const { call, simulator } = await stage();
    simulator.book.change(simulator.book.add(NUMBER), { opt_out: true });
    const { code, data } = await call('send_message', { to: [NUMBER], text: 'Hi' });
    expect([code, data.status]).toEqual(['ok', 'nothing_to_send']);
    expect(data).not.toHaveProperty('warnings');
    const shown = await call('send_message', { to: [NUMBER], text: 'Hi', preview: true });
    expect(shown.data).toMatchObject({ status: 'nothing_to_send', skipped: [{ to: NUMBER }] });
    expect(shown.data).not.toHaveProperty('warnings');
    expect(posts(simulator.requests)).toEqual([]);
  });
});

describe('people change while a plan waits', () => {
  const planned = async (...to: string[]) => {
    const set = await stage();
    const contacts = [NUMBER, OTHER].map((number) => set.simulator.book.add(number));
    const ids = new Map(contacts.map(({ id, e164 }) => [e164, id]));
    const meant = to.map((one) => ids.get(one.slice(3)) ?? one);
    const { data } = await set.call('send_message', { to: meant, text: 'Hi', preview: true });
    set.clock.advance(120_000);
    return { ...set, contacts, plan: data.plan };
  };

  test('somebody who opted out since gets nothing', async () => {
    const { call, simulator, contacts, plan } = await planned(NUMBER, OTHER);
    if (contacts[1]) simulator.book.change(contacts[1], { opt_out: true });
    const { data } = await call('send_message', { plan });
    expect(data).toMatchObject({
      status: 'accepted',
      accepted: 1,
      skipped: [{ to: OTHER, reason: 'opted_out' }],
    });
    expect(simulator.messages.map(({ to }) => to)).toEqual([NUMBER]);
  });

  test('a contact that was meant by its id and deleted since gets nothing', async () => {
    const { call, simulator, contacts, plan } = await planned(NUMBER, `id:${OTHER}`);
    if (contacts[1]) simulator.book.remove(contacts[1]);
    const { data } = await call('send_message', { plan });
    expect(data.skipped).toEqual([{ to: OTHER, reason: 'no longer that contact' }]);
    expect(simulator.messages.map(({ to }) => to)).toEqual([NUMBER]);
  });

  test('opt-outs that cannot be looked up are said with their age, and the send goes on; a wrong key stops it', async () => {
    const { call, simulator, clock } = await stage();
    for (const number of [NUMBER, OTHER]) simulator.book.add(number);
    await call('send_message', { to: [NUMBER, OTHER], text: 'Hi', preview: true });
    clock.advance(600_000);
    simulator.faults.add({ method: 'GET', path: /contacts/, kind: { status: 500 } });
    const { code, text } = await call('send_message', { to: [NUMBER, OTHER], text: 'Hi' });
    expect(code).toBe('ok');
    expect(text).toMatch(
      /Opt-outs are known as of 2026-11-23T12:00:00Z and could not all be checked anew \(unavail/,
    );
    const asked = { to: ['+14155550148'], text: 'Hi', preview: true };
    expect((await call('send_message', asked)).data.warnings).toContainEqual(
      expect.stringContaining('Of some nothing is known, so that they may have opted out'),
    );
    const strangers = await call('send_message', { to: ['+14155550149'], text: 'Hi' });
    expect(strangers.text).toContain(
      'Of some nothing is known, so that they may have opted out (unavailable',
    );
    simulator.faults.clear();
    simulator.faults.add({ method: 'GET', kind: { status: 401, code: 'AUTH_002' } });
    clock.advance(600_000);
    expect((await call('send_message', { to: [NUMBER], text: 'Hello' })).code).toBe('unauthorized');
    expect(simulator.messages).toHaveLength(3);
  });

  test('somebody who opted out through this server a moment ago gets nothing, whatever a look-up says', async () => {
    const { call, simulator } = await stage();
    simulator.book.add(NUMBER);
    await call('update_contact', { phone_number: NUMBER, opt_out: true });
    simulator.faults.add({ method: 'GET', path: /contacts/, kind: { status: 500 } });
    const { data } = await call('send_message', { to: [NUMBER], text: 'Hi' });
    expect(data).toMatchObject({ status: 'nothing_to_send', skipped: [{ to: NUMBER, reason: 'opted_out' }] });
    expect(simulator.messages).toEqual([]);
  });

  test('a selection is sent to in two steps, and what is shown is what is done', async () => {
    const { call, simulator } = await stage();
    const found = await call('search_contacts', { country: 'BR', opt_out: false });
    const shown = await call('send_message', { to: [found.data.selection], text: 'Olá' });
    expect(shown.data).toMatchObject({ status: 'preview', preview: { people: found.data.total } });
    expect(shown.text).toContain('A selection is sent to in two steps, and nothing was sent yet.');
    expect(simulator.messages).toEqual([]);
    const { data } = await call('send_message', { plan: shown.data.plan });
    expect(data).toMatchObject({ status: 'accepted', accepted: found.data.total });
    expect(simulator.messages).toHaveLength(found.data.total as number);
  });
});

describe('keys', () => {
  test('one for each request, in their order, and none of a dry run', async () => {
    const { call, simulator } = await stage();
    await call('send_message', { to: MANY, text: 'Hi', sandbox: true });
    await call('send_message', { to: MANY, text: 'Hi' });
    const keys = posts(simulator.requests).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(7);
    expect(posts(simulator.requests).map(({ body }) => (body as { to: string[] }).to.length)).toEqual([
      1, 1_000, 1_000, 1, 1_000, 1_000, 1,
    ]);
    expect(simulator.messages).toHaveLength(MANY.length);
  });

  test('a key that is given goes out as it is, and its repetition sends nothing', async () => {
    const { call, simulator } = await stage();
    const args = { to: [NUMBER], text: 'Hi', idempotency_key: 'my-key_1' };
    const first = await call('send_message', args);
    const again = await call('send_message', args);
    expect(posts(simulator.requests).map(({ headers }) => headers['idempotency-key'])).toEqual(['my-key_1']);
    expect(again.data.messages).toEqual(first.data.messages);
    expect(simulator.messages).toHaveLength(1);
  });

  test('a key with other content is refused, here and in another process', async () => {
    const set = await stage();
    const args = { to: [NUMBER], text: 'Hi', idempotency_key: 'mine' };
    await set.call('send_message', args);
    const other = await stage({ beside: set });
    for (const change of [{ text: 'Ho' }, { to: [OTHER] }, { text: 'Hi!' }]) {
      for (const { call } of [set, other]) {
        const { code, text } = await call('send_message', { ...args, ...change });
        expect(code).toBe('conflict');
        expect(text).toContain('nothing was sent');
      }
    }
    expect(set.simulator.messages).toHaveLength(1);
  });

  test('keys that look alike have no request in common', async () => {
    const { call, simulator } = await stage();
    const to = MANY.slice(0, 1_001);
    const first = await call('send_message', { to, text: 'Sale', idempotency_key: 'sale' });
    const second = await call('send_message', { to, text: 'More', idempotency_key: 'sale-2' });
    expect([first.data.accepted, second.data.accepted]).toEqual([1_001, 1_001]);
    expect(simulator.messages).toHaveLength(2_002);
  });

  test('an answer that Sent gives again, and that no try of ours explains, is never called accepted', async () => {
    const { call, simulator } = await stage();
    const args = { to: [NUMBER], text: 'Hi', idempotency_key: 'mine' };
    await call('send_message', args);
    const forgetful = await stage({ network: () => simulator.fetch });
    const { code, text } = await forgetful.call('send_message', { ...args, text: 'Ho' });
    expect(code).toBe('conflict');
    expect(text).toContain('nothing new was sent');
    expect(text).toContain('If it was not, leave idempotency_key out.');
    expect(simulator.messages).toHaveLength(1);
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

  test('a long one names the first of its messages, and the plan that tells of all', async () => {
    const { call } = await stage();
    const { data, text } = await call('send_message', { to: MANY.slice(0, 300), text: 'Hi' });
    expect(data).toMatchObject({ accepted: 300, left_out: { messages: 292 } });
    expect(data.messages).toHaveLength(8);
    expect(text).toContain('… and 292 more');
    expect(text).toContain(`Follow up with get_message, plan ${data.plan}.`);
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
        canAsk: true,
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
      [1_000, 2_001],
      [2_000, 2_001],
      [2_001, 2_001],
    ]);
  });

  test('cancelling stops between requests and says what went out; the same call finishes it', async () => {
    const cancel = new AbortController();
    const { services, simulator } = await stage();
    const { caller: waiting } = caller(cancel);
    const request = { to: MANY, text: 'Hi' };
    const stopped = await services.messages.send(request, {
      ...waiting,
      progress: (done, _total, message) => {
        if (/accepted/.test(message) && done === 1_000) cancel.abort();
      },
    });
    expect(stopped).toMatchObject({ status: 'partial', accepted: 1_000, unknown: [] });
    expect(stopped.not_sent).toHaveLength(1_001);
    expect(simulator.messages).toHaveLength(1_000);
    const result = await services.messages.send(request, caller().caller);
    expect(result).toMatchObject({ status: 'accepted', accepted: 2_001, plan: stopped.plan ?? '' });
    expect(simulator.messages).toHaveLength(2_001);
    expect(posts(simulator.requests)).toHaveLength(3);
  });

  test('a call ends in time for its host, and the same call goes on', async () => {
    const { call, simulator } = await stage();
    simulator.faults.add({ path: /messages$/, kind: { delayMs: 17_000 } });
    const to = Array.from({ length: 3_001 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
    const first = await call('send_message', { to, text: 'Hi' });
    expect(first.data).toMatchObject({ status: 'partial', accepted: 3_000, unknown: [] });
    const { data } = await call('send_message', { plan: first.data.plan });
    expect(data).toMatchObject({ status: 'accepted', accepted: 3_001 });
    expect(simulator.messages).toHaveLength(3_001);
  });

  test('a call that waits for another one ends in time too, or when its caller leaves, and says how far that came', async () => {
    const set = await stage();
    const beside = await stage({ beside: set });
    set.simulator.faults.add({ path: /messages$/, kind: { delayMs: 17_000 } });
    const request = { to: MANY, text: 'Hi' };
    const sending = set.services.messages.send(request, caller().caller);
    while (posts(set.simulator.requests).length === 0) await new Promise(setImmediate);
    const leave = new AbortController();
    const waiting = beside.services.messages.send(request, caller().caller);
    const left = beside.services.messages.send(request, caller(leave).caller);
    void set.clock.sleep(3_000).then(() => leave.abort());
    await expect(left).rejects.toMatchObject({
      code: 'cancelled',
      message: 'The call was cancelled; the very same send was under way in another call.',
    });
    expect(set.clock.now() - START).toBe(3_000);
    const inTime = await waiting;
    expect(inTime).toMatchObject({ status: 'partial', accepted: 2_000, sent_at: '2026-11-23T12:00:00Z' });
    expect(inTime.unknown).toHaveLength(1);
    expect(inTime.warnings).toEqual([expect.stringContaining('nobody got it twice')]);
    expect(set.clock.now() - START).toBeLessThan(46_000);
    expect((await sending).accepted).toBe(2_001);
  });

  test('when the process ends no request begins, and the one under way is heard', async () => {
    const { services, simulator, call } = await stage({ simulator: { latencyMs: 1_000 } });
    const sending = services.messages.send({ to: MANY, text: 'Hi' }, caller().caller);
    while (posts(simulator.requests).length === 0) await new Promise(setImmediate);
    await services.close();
    expect(await sending).toMatchObject({ status: 'partial', accepted: 1_000, unknown: [] });
    expect(posts(simulator.requests)).toHaveLength(1);
    expect((await call('send_message', { to: [NUMBER], text: 'Ho' })).code).toBe('cancelled');
  });
});
