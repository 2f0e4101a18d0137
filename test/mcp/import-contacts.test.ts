import { describe, expect, test } from 'vitest';
import type { RecordedRequest } from '../../src/simulator/simulator.ts';
import { connect } from '../harness.ts';

const numbers = (amount: number, from = 0) =>
  Array.from({ length: amount }, (_, i) => `+34612${String(from + i).padStart(6, '0')}`);
const posts = (requests: readonly RecordedRequest[]) => requests.filter(({ method }) => method === 'POST');
const made = (session: Awaited<ReturnType<typeof connect>>) =>
  numbers(1000).filter((number) => session.simulator.book.byPhone(number)).length;

describe('import_contacts', () => {
  test('judges all rows, creates each number once, finds the ones that exist', async () => {
    const session = await connect({ contacts: 3 });
    const known = session.simulator.book.page(1, 1, {}).contacts[0]?.e164;
    const csv = `Name;Mobile\nAna;612 000 000\nBea;${known}\nCid;12\nAna again;+34612000000\nDora;+1234567890\n`;
    const result = await session.call('import_contacts', { csv, country: 'Spain' });
    expect(result).toMatchSnapshot();
    expect(posts(session.simulator.requests).map(({ body }) => body)).toEqual([
      { phone_number: '+34612000000' },
      { phone_number: known },
    ]);
    const found = await session.call('get_contact', { phone_number: '+34612000000' });
    expect(found.isError).toBe(false);
  });

  test('a preview makes no request, and a dry run no contact', async () => {
    const session = await connect({ contacts: 0 });
    const preview = await session.call('import_contacts', {
      phone_numbers: ['+34612000000', '12'],
      preview: true,
    });
    expect(preview.data).toMatchObject({
      created: 0,
      remaining: 1,
      preview: true,
      invalid: [{ row: 2, value: '12' }],
    });
    expect(session.wire()).toEqual([]);

    const dry = await session.call('import_contacts', { phone_numbers: numbers(3), sandbox: true });
    expect(dry.data).toMatchObject({ created: 3, remaining: 0, sandbox: true });
    expect(dry.text).toContain('Would be created: 3');
    expect(made(session)).toBe(0);
    const dryKeys = posts(session.simulator.requests).map(({ headers }) => headers['idempotency-key']);
    const real = await session.call('import_contacts', { phone_numbers: numbers(3) });
    expect(real.data).toMatchObject({ created: 3, existing: 0 });
    expect(made(session)).toBe(3);
    const keys = posts(session.simulator.requests).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(dryKeys.length + 3);
  });

  test('a dry run that Sent does not confirm stops at the first number and says so', async () => {
    const inner = await connect({ contacts: 0 });
    const session = await connect({
      fetch: async (input, init) => {
        const response = await inner.simulator.fetch(input, init);
        const headers = new Headers(response.headers);
        headers.delete('x-sandbox');
        headers.delete('x-test-mode');
        return new Response(response.body, { status: response.status, headers });
      },
    });
    const result = await session.call('import_contacts', { phone_numbers: numbers(20), sandbox: true });
    expect(result.isError).toBe(true);
    expect(result.text).toContain('did not confirm that this was a dry run');
    expect(inner.simulator.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);

    // Numbers that exist confirm nothing: still one at most may have been created, and no call is advised.
    inner.simulator.requests.length = 0;
    await inner.call('import_contacts', { phone_numbers: numbers(2) });
    const posted = posts(inner.simulator.requests).length;
    const again = await session.call('import_contacts', { phone_numbers: numbers(20), sandbox: true });
    expect(again.isError).toBe(true);
    expect(again.text).toContain('Do not make this call or another dry run again');
    expect(posts(inner.simulator.requests)).toHaveLength(posted + 3);
  });

  test('what may have been created is looked for by the next answer', async () => {
    const session = await connect({ contacts: 400 });
    const total = async () =>
      (await session.call('search_contacts', { opt_out: false, limit: 0 })).data.total;
    const before = (await total()) as number;
    session.simulator.faults.add({ method: 'POST', kind: 'lost-after' });
    expect((await session.call('import_contacts', { phone_numbers: numbers(1) })).text).toMatch(
      /^unknown_outcome/,
    );
    session.simulator.faults.clear();
    expect(session.simulator.book.byPhone('+34612000000')).toBeDefined();
    expect(await total()).toBe(before + 1);
  });

  test('the key of a number is the same in a repeated import, and a deleted contact is made again', async () => {
    const session = await connect({ contacts: 0 });
    const args = { phone_numbers: numbers(2) };
    expect((await session.call('import_contacts', args)).data).toMatchObject({ created: 2, existing: 0 });
    const first = posts(session.simulator.requests.splice(0)).map(
      ({ headers }) => headers['idempotency-key'],
    );
    expect(first.every((key) => /^[A-Za-z0-9_-]{1,255}$/.test(key ?? ''))).toBe(true);
    const gone = session.simulator.book.byPhone('+34612000001');
    if (gone) session.simulator.book.remove(gone);

    expect((await session.call('import_contacts', args)).data).toMatchObject({ created: 1, existing: 1 });
    const again = posts(session.simulator.requests).map(({ headers }) => headers['idempotency-key']);
    expect(again).toEqual(expect.arrayContaining(first));
    expect(made(session)).toBe(2);
  });

  test('more than 1,000 are refused, with the command that takes them', async () => {
    const session = await connect();
    const result = await session.call('import_contacts', { phone_numbers: numbers(1001) });
    expect(result.text).toContain('sent-contacts-mcp import FILE');
    expect((await session.call('import_contacts', {})).text).toContain('Exactly one of');
    expect(session.wire()).toEqual([]);
  });

  test('cut off by its time limit, the same call goes on and makes none twice', async () => {
    // From the 21st on nothing is answered, though it is done.
    const session = await connect({ contacts: 0 });
    session.simulator.faults.add({ method: 'POST', kind: 'hang-after', after: 20 });
    const args = { phone_numbers: numbers(80) };
    const first = await session.call('import_contacts', args);
    session.simulator.faults.clear();
    const { remaining } = first.data as { remaining: number };
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThan(80);
    expect(first.text).toContain(`${remaining} numbers to go: make the same call again.`);
    const results = [first];
    while ((results.at(-1)?.data.remaining as number) > 0) {
      results.push(await session.call('import_contacts', args));
      expect(results.length).toBeLessThan(20);
    }
    expect(results.at(-1)?.data).toMatchObject({ created: 80, existing: 0, failed: [], remaining: 0 });
    expect(made(session)).toBe(80);
  });

  test.each([
    ['lost after it was done', 'lost-after'],
    ['lost before', 'lost-before'],
    ['cut off', 'cut-body'],
    ['empty', 'empty'],
    ['a page of HTML', 'html'],
    ['500 although done', { status: 500, code: 'INTERNAL_001', acts: true }],
    ['429', { status: 429, code: 'BUSINESS_002', retryAfter: 2 }],
    ['a busy key', { status: 409, code: 'CONFLICT_001' }],
  ] as const)('answers that go wrong now and then: %s', async (_, kind) => {
    const session = await connect({ contacts: 0 });
    for (let after = 0; after < 20; after += 7)
      session.simulator.faults.add({ method: 'POST', after, times: 1, kind });
    const result = await session.call('import_contacts', { phone_numbers: numbers(20) });
    expect(result.data).toMatchObject({ created: 20, existing: 0, failed: [], remaining: 0 });
    expect(made(session)).toBe(20);
  });

  test('an API that is down ends the import soon; the same call finishes it', async () => {
    const session = await connect({ contacts: 0 });
    session.simulator.faults.add({ method: 'POST', after: 10, kind: { status: 503, code: 'SERVICE_001' } });
    const args = { phone_numbers: numbers(100) };
    const result = await session.call('import_contacts', args);
    expect(result.data).toMatchObject({ created: 10, existing: 0 });
    const { failed, remaining } = result.data as { failed: { code: string }[]; remaining: number };
    expect(failed.length + remaining).toBe(90);
    expect(remaining).toBeGreaterThan(50);
    expect(new Set(failed.map(({ code }) => code))).toEqual(new Set(['unavailable']));
    session.simulator.faults.clear();
    session.simulator.requests.splice(0);
    expect((await session.call('import_contacts', args)).data).toMatchObject({
      created: 100,
      existing: 0,
      failed: [],
    });
    expect(posts(session.simulator.requests)).toHaveLength(90);
  });

  test('a wrong key is said, after one request', async () => {
    const session = await connect({ env: { SENT_API_KEY: 'sk_wrong' }, fetch: undefined as never });
    session.simulator.faults.add({ kind: { status: 401, code: 'AUTH_002' } });
    const result = await session.call('import_contacts', { phone_numbers: numbers(50) });
    expect(result.text).toMatch(/^unauthorized: /);
    expect(posts(session.simulator.requests)).toHaveLength(1);
  });

  test('a number that Sent refuses fails alone', async () => {
    const session = await connect({ contacts: 0 });
    session.simulator.faults.add({
      method: 'POST',
      after: 1,
      times: 1,
      kind: { status: 400, code: 'VALIDATION_002' },
    });
    const result = await session.call('import_contacts', { phone_numbers: numbers(4) });
    expect(result.data).toMatchObject({ created: 3, remaining: 0 });
    expect(result.data.failed).toEqual([
      { phone_number: '+34612000001', code: 'invalid_input', sent_code: 'VALIDATION_002' },
    ]);
  });

  test('progress is told', async () => {
    const session = await connect({ contacts: 0 });
    const told: number[] = [];
    const client = session.client as { callTool(...args: unknown[]): Promise<unknown> };
    const { CallToolResultSchema } = await import('@modelcontextprotocol/sdk/types.js');
    await client.callTool(
      { name: 'import_contacts', arguments: { phone_numbers: numbers(5) } },
      CallToolResultSchema,
      {
        onprogress: ({ progress, total }: { progress: number; total?: number }) =>
          told.push(progress / (total ?? 0)),
      },
    );
    expect(told.at(-1)).toBe(1);
  });
});
