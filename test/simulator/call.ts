import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';

/** `call('GET', '/v3/me')`: one request with the right key; `headers` may take it away again with an undefined. */
export function caller(sim: Pick<Simulator, 'fetch' | 'key'>, base = 'https://api.sent.dm') {
  return async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string | undefined> = {},
  ) => {
    const all: Record<string, string | undefined> = { 'x-api-key': sim.key, ...headers };
    if (body !== undefined) all['content-type'] ??= 'application/json';
    const response = await sim.fetch(`${base}${path}`, {
      method,
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text.startsWith('{') ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, json };
  };
}

/** A simulator with a clock that only moves when told to, or when something sleeps. */
export function still(options: SimulatorOptions = {}) {
  const clock = { at: Date.UTC(2026, 10, 23, 12) };
  const sim = createSimulator({
    now: () => clock.at,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      clock.at += ms;
    },
    ...options,
  });
  return { sim, clock, call: caller(sim) };
}
