/** 10,000 sends under random faults: nobody gets a message twice, and nothing is lost without being said. */
import { expect, test } from 'vitest';
import type { FaultKind, Simulator } from '../../src/simulator/simulator.ts';
import { type Outcome, seeded, stage } from './stage.ts';

const SENDS = 10_000;
const AT_ONCE = 250;
/** Share of the requests that fail; some sends meet nothing but faults. */
const FAILING = 0.45;

const FAULTS: FaultKind[] = [
  { status: 500 },
  { status: 500, acts: true },
  { status: 500, code: 'INTERNAL_001' },
  { status: 504, code: 'INTERNAL_004', acts: true },
  { html: 502 },
  { status: 503 },
  { status: 503, code: 'SERVICE_001' },
  { status: 429, code: 'BUSINESS_002', retryAfter: 2 },
  { status: 429, code: 'BUSINESS_002', retryAfter: 60 },
  { status: 409, code: 'CONFLICT_001' },
  { status: 401, code: 'AUTH_002' },
  'lost-before',
  'lost-after',
  'cut-body',
  'empty',
  'hang',
  'hang-after',
  { delayMs: 5_000 },
  { delayMs: 25_000 },
];

/** Lets the next request that sends fail by chance. */
const failing =
  (random: () => number) =>
  (simulator: Simulator): typeof globalThis.fetch =>
  (input, init) => {
    const sending = input instanceof Request && input.method === 'POST';
    const kind = FAULTS[Math.floor(random() * FAULTS.length)];
    if (sending && kind !== undefined && random() < FAILING)
      simulator.faults.add({ method: 'POST', kind, times: 1 });
    return simulator.fetch(input, init);
  };

test('10,000 sends end with no duplicate, no silent loss and true reports', {
  timeout: 120_000,
}, async () => {
  const { simulator, call, clock } = await stage({ network: failing(seeded(20261123)) });
  const to = [...simulator.book.page(1, 20, {}).contacts].find((contact) => !contact.opt_out)?.e164;
  const tally: Record<string, number> = {};
  const lies: string[] = [];

  async function send(index: number): Promise<void> {
    const args = { to: [to], text: `message ${index}` };
    let outcome: Outcome = await call('send_message', args);
    for (let round = 0; outcome.code === 'unknown_outcome' && round < 20; round++) {
      tally.unknown_outcome = (tally.unknown_outcome ?? 0) + 1;
      const [, seconds = '0'] = /Wait (\d+) seconds/.exec(outcome.text) ?? [];
      await clock.sleep(Number(seconds) * 1000);
      outcome = await call('send_message', args);
    }
    tally[outcome.code] = (tally[outcome.code] ?? 0) + 1;
    ends.set(args.text, outcome);
  }
  const ends = new Map<string, Outcome>();
  for (let start = 0; start < SENDS; start += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => send(start + offset)));
    simulator.faults.clear();
  }

  const counts = new Map<string, string[]>();
  for (const { text = '', id } of simulator.messages) counts.set(text, [...(counts.get(text) ?? []), id]);
  for (const [text, { code, data }] of ends) {
    const ids = counts.get(text) ?? [];
    const told = (data.messages as { message_id?: string }[] | undefined)?.map((one) => one.message_id) ?? [];
    if (code === 'ok' ? ids.length !== 1 || told.join() !== ids.join() : ids.length !== 0)
      lies.push(`${text}: ${code}, ${ids.length} sent, told ${told.length}`);
  }
  expect(lies).toEqual([]);
  expect(ends.size).toBe(SENDS);
  expect([...counts.values()].filter((ids) => ids.length > 1)).toEqual([]);
  // A limit that holds for a minute ends all calls of that minute.
  expect(tally.ok).toBeGreaterThan(SENDS / 4);
  expect(tally.unknown_outcome).toBeGreaterThan(100);
});
