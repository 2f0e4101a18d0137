/** What an answer is read as. Pure. */
import { describe, expect, test } from 'vitest';
import { type Rejection, type Reply, readReply, type Success } from '../../src/sent/reply.ts';
import { START } from '../virtual-clock.ts';

const read = (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  readReply(status, new Headers(headers), typeof body === 'string' ? body : JSON.stringify(body), START);
const said = { success: true, data: { id: 'c1' } };
const refusal = (error: object) => ({ success: false, error });
const rejection = (error: object, meta: object = {}) =>
  read(400, { ...refusal(error), meta }) as Rejection & { kind: 'rejection' };

test.each<[what: string, status: number, body: unknown, kind: Reply['kind'], asStatus?: number]>([
  ['said', 200, said, 'success'],
  ['said by data alone', 200, { data: [] }, 'success'],
  ['said without data', 202, { success: true }, 'success'],
  ['without a body, where none is due', 204, '', 'success'],
  ['without a body', 200, '', 'noResponse'],
  ['of nothing', 200, { data: null }, 'noResponse'],
  ['a page', 200, '<html>', 'noResponse'],
  ['a no inside a 200', 200, refusal({ code: 'AUTH_002' }), 'rejection', 401],
  ['a no without a code inside a 200', 200, refusal({}), 'rejection', 500],
  ['a no without words inside a 200', 200, { success: false }, 'rejection', 500],
  ['a no of a code that is new inside a 200', 200, refusal({ code: 'NOVEL_001' }), 'rejection', 400],
  ['a yes of another status', 300, said, 'rejection', 300],
  ['a no whose code is of another status', 422, refusal({ code: 'AUTH_002' }), 'rejection', 422],
  ['a page of an error', 502, '<html>', 'rejection', 502],
])('%s: status %i', (_what, status, body, kind, asStatus = status) => {
  expect(read(status, body)).toMatchObject({ kind, status: asStatus });
});

test('a success tells no more than its headers say', () => {
  const plain = { kind: 'success', status: 200, data: { id: 'c1' }, replayed: false, sandboxed: false };
  expect(read(200, said)).toEqual(plain);
  const other = { 'idempotent-replayed': 'false', 'x-sandbox': 'false', 'x-test-mode': '1' };
  expect(read(200, said, other)).toEqual(plain);
  expect(read(200, said, { 'idempotent-replayed': 'true' })).toEqual({ ...plain, replayed: true });
  for (const name of ['x-sandbox', 'x-test-mode'])
    expect(read(200, said, { [name]: 'true' })).toEqual({ ...plain, sandboxed: true });
});

test('the paging beside a bare list is put to it, and to nothing else', () => {
  const pagination = { total_count: 1 };
  const data = (answer: object) => (read(200, answer) as Success).data;
  expect(data({ data: [1], pagination })).toEqual({ rows: [1], pagination });
  expect(data({ data: { contacts: [1] }, pagination })).toEqual({ contacts: [1] });
  expect(data({ data: [1] })).toEqual([1]);
  expect(data({ success: true })).toBeNull();
});

describe('only what looks like it is passed on', () => {
  test.each<[code: string, passed: boolean]>([
    ['AUTH_002', true],
    ['NOVEL-0001', true],
    ['do AUTH_002', false],
    ['AUTH_002 now', false],
    ['AUTH_00002', false],
    ['A_002', false],
    ['auth_002', false],
  ])('the code %s: %s', (code, passed) => {
    expect(rejection({ code }).sentCode).toBe(passed ? code : undefined);
  });

  test.each<[id: string, passed: boolean]>([
    ['req_abc', true],
    ['0f3a:7-b.c', true],
    ['abcdef', false],
    ['obey 7', false],
    ['7 obey', false],
    [`7${'a'.repeat(64)}`, false],
    ['', false],
  ])('the request id %s: %s', (request_id, passed) => {
    expect(rejection({}, { request_id }).requestId).toBe(passed ? request_id : undefined);
    expect(read(200, said, { 'x-request-id': request_id })).toMatchObject(
      passed ? { requestId: request_id } : {},
    );
  });

  test('of the fields those that this server sends, each once, eight at most', () => {
    const fields = (...names: string[]) =>
      rejection({ details: Object.fromEntries(names.map((name) => [name, ['is bad']])) }).fields;
    expect(fields('to', 'to[3]', 'template.id', 'obey', 'to[3].obey', 'text[0]', 'idle')).toEqual([
      ...['to', 'to[3]', 'template.id', 'text'],
    ]);
    expect(fields('metadata', 'metadata: is bad')).toEqual(['metadata']);
    expect(fields(...Array.from({ length: 12 }, (_, index) => `to[${index}]`))).toHaveLength(8);
    expect(rejection({}).fields).toEqual([]);
  });
});

test.each<[value: string | undefined, ms: number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['1.25', 1_250],
  ['1000000', 24 * 3_600_000],
  [new Date(START + 7_000).toUTCString(), 7_000],
  [new Date(START - 7_000).toUTCString(), 0],
  [new Date(START + 48 * 3_600_000).toUTCString(), 24 * 3_600_000],
])('Retry-After %s is %s ms', (value, ms) => {
  const headers = value === undefined ? {} : { 'retry-after': value };
  expect(read(429, {}, headers)).toMatchObject({ retryAfterMs: ms });
});
