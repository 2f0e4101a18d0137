import type { LogFields } from '../../src/runtime/log.ts';
import { createSentClient } from '../../src/sent/client.ts';
import type { HttpOptions } from '../../src/sent/http.ts';
import { createVirtualClock, START } from '../virtual-clock.ts';

await import('ky'); // Loaded with the first request, and that time must not pass while it waits.

export { START };
export const KEY = 'sk_test_secret';

/** A client over any `fetch`, with a clock that only moves while everybody waits, and keys that count. */
export function client(fetch: typeof globalThis.fetch, options: Partial<HttpOptions> = {}) {
  const clock = options.clock ?? createVirtualClock(START);
  const logged: (LogFields | undefined)[] = [];
  let keys = 0;
  const sent = createSentClient({
    apiKey: KEY,
    baseUrl: 'https://api.sent.dm',
    sandbox: false,
    timeoutMs: 30_000,
    userAgent: 'test',
    fetch,
    clock,
    newKey: () => `key-${++keys}`,
    random: () => 0.5,
    log: (_level, _event, fields) => logged.push(fields),
    ...options,
  });
  return { sent, clock, logged };
}

/** Answers each request with the next of these, the last for ever; and keeps the requests. */
export function scripted(...answers: (() => Response | Promise<Response>)[]) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(new Request(input, init));
    if (!answer) throw new TypeError('nothing to answer with');
    return Promise.resolve(answer());
  };
  return { fetch, requests };
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

/** An envelope that says no. */
export const refused = (code: string, status: number, extra: object = {}) =>
  json(
    {
      success: false,
      data: null,
      error: { code, message: 'upstream prose', ...extra },
      meta: { request_id: 'req_1' },
    },
    status,
  );

/** The answer of a list of contacts that are all on one page, whatever count it gives. */
export const page = (contacts: unknown[], total: number) =>
  json({
    success: true,
    data: {
      contacts,
      pagination: { page: 1, page_size: 100, total_count: total, total_pages: 1, has_more: false },
    },
  });
