import { describe, expect, it, test } from 'vitest';
import type { Effect } from '../../src/sent/endpoint.ts';
import type { NoResponse, Rejection, Reply, Success } from '../../src/sent/reply.ts';
import { MAX_THROTTLED_TRIES, MAX_TRIES, nextStep, type RetryState } from '../../src/sent/retry.ts';

const rejection = (status: number, sentCode?: string, retryAfterMs?: number): Rejection => ({
  kind: 'rejection',
  status,
  sentCode,
  requestId: undefined,
  fields: [],
  retryAfterMs,
});
const noResponse = (facts: Partial<NoResponse> = {}): NoResponse => ({
  kind: 'noResponse',
  status: undefined,
  mayHaveRun: true,
  why: 'lost',
  ...facts,
});
const success: Success = {
  kind: 'success',
  status: 200,
  data: {},
  requestId: undefined,
  replayed: false,
  sandboxed: false,
};
const first: RetryState = {
  effect: 'read',
  tries: 1,
  leftMs: 20_000,
  mayHaveRun: false,
  isCancelled: false,
  outwaitsLimit: false,
  goesByTurns: false,
  jitter: 1,
};

/** What follows, in a word or two: `retry`, `retry?` where it may have run, the code of the error, or `return`. */
function next(reply: Reply, state: Partial<RetryState> = {}): string {
  const step = nextStep(reply, { ...first, ...state });
  if (step.do === 'retry') return step.mayHaveRun ? 'retry?' : 'retry';
  return step.do === 'throw' ? step.error.code : 'return';
}

const EFFECTS: readonly Effect[] = ['read', 'keyed', 'delete', 'billed'];

describe('after a first try', () => {
  test.each<[string, Reply, read: string, keyed: string, gone: string, billed: string]>([
    ['a success', success, 'return', 'return', 'return', 'return'],
    ['never connected', noResponse({ mayHaveRun: false }), 'retry', 'retry', 'retry', 'retry'],
    ['a lost answer', noResponse(), 'retry', 'retry?', 'retry?', 'unknown_outcome'],
    ['no answer in time', noResponse({ why: 'timedOut' }), 'retry', 'retry?', 'retry?', 'unknown_outcome'],
    ['a page of a proxy', noResponse({ status: 200 }), 'retry', 'retry?', 'retry?', 'unknown_outcome'],
    [
      'an answer too large',
      noResponse({ status: 200, why: 'tooLarge' }),
      'unavailable',
      'unknown_outcome',
      'unknown_outcome',
      'unknown_outcome',
    ],
    ['408', rejection(408), 'retry', 'retry?', 'retry?', 'unknown_outcome'],
    ['500', rejection(500, 'INTERNAL_001'), 'retry', 'retry?', 'retry?', 'unknown_outcome'],
    ['501, which never runs', rejection(501), 'unavailable', 'unavailable', 'unavailable', 'unavailable'],
    ['504', rejection(504, 'INTERNAL_004'), 'retry', 'retry?', 'retry?', 'unknown_outcome'],
    [
      'SERVICE_001, which did not run',
      rejection(503, 'SERVICE_001'),
      'unavailable',
      'unavailable',
      'unavailable',
      'unavailable',
    ],
    ['429', rejection(429, 'BUSINESS_002'), 'retry', 'retry', 'retry', 'retry'],
    ['429 of no code', rejection(429), 'retry', 'retry', 'retry', 'retry'],
    [
      'a quota',
      rejection(429, 'BUSINESS_008'),
      'rate_limited',
      'rate_limited',
      'rate_limited',
      'rate_limited',
    ],
    [
      'too many scheduled',
      rejection(429, 'LIMIT_001'),
      'rate_limited',
      'rate_limited',
      'rate_limited',
      'rate_limited',
    ],
    ['a busy key', rejection(409, 'CONFLICT_001'), 'retry', 'retry', 'retry', 'retry'],
    ['RESOURCE_007', rejection(409, 'RESOURCE_007'), 'conflict', 'conflict', 'conflict', 'conflict'],
    [
      '400',
      rejection(400, 'VALIDATION_001'),
      'invalid_input',
      'invalid_input',
      'invalid_input',
      'invalid_input',
    ],
    ['401', rejection(401), 'unauthorized', 'unauthorized', 'unauthorized', 'unauthorized'],
    ['404', rejection(404, 'RESOURCE_001'), 'not_found', 'not_found', 'not_found', 'not_found'],
    ['a redirect', rejection(302), 'unavailable', 'unavailable', 'unavailable', 'unavailable'],
  ])('%s', (_, reply, ...expected) => {
    expect(EFFECTS.map((effect) => next(reply, { effect }))).toEqual(expected);
  });
});

describe('where an earlier try may have been done', () => {
  test.each<[string, Reply, keyed: string, gone: string]>([
    ['a success', success, 'return', 'return'],
    ['still no connection', noResponse({ mayHaveRun: false }), 'retry?', 'retry?'],
    ['429, judged before the key', rejection(429, 'BUSINESS_002'), 'retry?', 'retry?'],
    ['a busy key', rejection(409, 'CONFLICT_001'), 'retry?', 'retry?'],
    ['401, judged before the key', rejection(401, 'AUTH_002'), 'unknown_outcome', 'unknown_outcome'],
    ['403, judged before the key', rejection(403, 'AUTH_004'), 'unknown_outcome', 'unknown_outcome'],
    [
      '400 of the API, which says that it was not',
      rejection(400, 'VALIDATION_001'),
      'invalid_input',
      'invalid_input',
    ],
    ['409 of the API, which says that it was not', rejection(409, 'RESOURCE_007'), 'conflict', 'conflict'],
    ['422 of the API, which says that it was not', rejection(422, 'BUSINESS_003'), 'forbidden', 'forbidden'],
    ['400 of a gateway', rejection(400), 'unknown_outcome', 'unknown_outcome'],
    ['404, where a DELETE is done', rejection(404, 'RESOURCE_001'), 'not_found', 'return'],
    ['404 of a gateway', rejection(404), 'unknown_outcome', 'return'],
    ['501 of a gateway', rejection(501), 'unknown_outcome', 'unknown_outcome'],
  ])('%s', (_, reply, ...expected) => {
    const then = (effect: Effect) => next(reply, { effect, tries: 2, mayHaveRun: true });
    expect([then('keyed'), then('delete')]).toEqual(expected);
  });

  it('a DELETE that finds nothing was done by an earlier try, and says so', () => {
    const step = nextStep(rejection(404), { ...first, effect: 'delete', mayHaveRun: true });
    expect(step).toEqual({
      do: 'return',
      success: { ...success, status: 404, data: null, replayed: true },
    });
  });

  it('a read is not concerned', () => {
    expect(next(rejection(401), { mayHaveRun: true })).toBe('unauthorized');
  });
});

describe('an end of trying', () => {
  const busy = rejection(500);
  test.each<[string, Partial<RetryState>, read: string, keyed: string]>([
    ['one try is left', { tries: MAX_TRIES - 1 }, 'retry', 'retry?'],
    ['no try is left', { tries: MAX_TRIES }, 'unavailable', 'unknown_outcome'],
    ['just enough time is left', { leftMs: 301 }, 'retry', 'retry?'],
    ['no time is left', { leftMs: 300 }, 'unavailable', 'unknown_outcome'],
    ['nobody waits any more', { isCancelled: true }, 'cancelled', 'unknown_outcome'],
  ])('%s', (_, state, read, keyed) => {
    expect([next(busy, { ...state, effect: 'read' }), next(busy, { ...state, effect: 'keyed' })]).toEqual([
      read,
      keyed,
    ]);
  });

  it('an answer that came is given back, though nobody waits for it any more', () => {
    expect(next(success, { isCancelled: true })).toBe('return');
  });

  it('the rate limit is outwaited by what minds no wait, and by nothing else', () => {
    const held = rejection(429, 'BUSINESS_002', 60_000);
    const late: Partial<RetryState> = { tries: MAX_THROTTLED_TRIES - 1, leftMs: 0 };
    expect(next(held, late)).toBe('rate_limited');
    expect(next(held, { ...late, outwaitsLimit: true })).toBe('retry');
    expect(next(held, { ...late, outwaitsLimit: true, tries: MAX_THROTTLED_TRIES })).toBe('rate_limited');
    expect(next(held, { ...late, outwaitsLimit: true, isCancelled: true })).toBe('cancelled');
    expect(next(busy, { ...late, outwaitsLimit: true })).toBe('unavailable');
    expect(next(rejection(429, 'BUSINESS_008'), { outwaitsLimit: true })).toBe('rate_limited');
  });
});

it('what goes by turns waits for another where the limit refused it unseen, and for nothing else', () => {
  const turn: Partial<RetryState> = { goesByTurns: true, effect: 'send' };
  expect(next(rejection(429), turn)).toBe('rate_limited');
  expect(next(rejection(429), { ...turn, mayHaveRun: true })).toBe('retry?');
  expect(next(rejection(500), turn)).toBe('retry?');
});

describe('the wait before the next try', () => {
  const wait = (reply: Reply, state: Partial<RetryState>) => {
    const step = nextStep(reply, { ...first, leftMs: Number.POSITIVE_INFINITY, ...state });
    return step.do === 'retry' ? step.afterMs : undefined;
  };
  it('doubles, by half of it less where chance wills', () => {
    expect([1, 2, 3, 4].map((tries) => wait(rejection(500), { tries }))).toEqual([300, 600, 1200, 2400]);
    expect([0, 0.5].map((jitter) => wait(noResponse(), { jitter }))).toEqual([150, 225]);
  });
  it('is never less than the API asks for, and only that adds to it', () => {
    expect(wait(rejection(429, undefined, 7_000), {})).toBe(7_000);
    expect(wait(rejection(503, undefined, 100), {})).toBe(300);
  });
  it('grows to half a minute where the limit is outwaited', () => {
    expect(wait(rejection(429), { tries: 20, outwaitsLimit: true })).toBe(30_000);
  });
});
