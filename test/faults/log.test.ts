/** At `debug`, over a session of every tool and every kind of failure, the log holds no secret and nobody's data. */
import { expect, test } from 'vitest';
import type { FaultKind } from '../../src/simulator/simulator.ts';
import { connect, TOOL_NAMES } from '../harness.ts';

const KEY = 'sk_live_51secret';
const NUMBER = '+14155550142';
const SECRETS = /sk_live|51secret|555.?01|5550142|Meet me|Ada Lovelace|vip-note|welcome/;

const CALLS: Record<string, Record<string, unknown>> = {
  search_contacts: { query: 'Ada Lovelace', phone_number: NUMBER },
  get_contact: { phone_number: NUMBER, include_engagement: true },
  create_contact: { phone_number: NUMBER, metadata: { name: 'Ada Lovelace' } },
  update_contact: { phone_number: NUMBER, metadata: { 'vip-note': 'Meet me' } },
  delete_contact: { phone_number: NUMBER },
  send_message: { to: [NUMBER], text: 'Meet me at nine' },
  list_templates: { query: 'welcome' },
  get_message: { message_id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
  import_contacts: { phone_numbers: [NUMBER, '+14155550143'] },
  lookup_number: { phone_number: NUMBER },
};
const FAILURES: (FaultKind | undefined)[] = [
  undefined,
  { status: 401, code: 'AUTH_002' },
  { status: 400, code: 'VALIDATION_002' },
  { status: 500 },
  'lost-before',
  'lost-after',
  'html',
  'cut-body',
  'hang',
];

test('every tool is in the session', () => {
  expect(Object.keys(CALLS)).toEqual(expect.arrayContaining(TOOL_NAMES));
});

test.each(FAILURES)('with %j', async (kind) => {
  const { call, simulator, logged } = await connect({ key: KEY });
  simulator.book.add(NUMBER);
  if (kind) simulator.faults.add({ kind });
  for (const [tool, args] of Object.entries(CALLS)) await call(tool, args);
  expect(logged.length).toBeGreaterThan(5);
  for (const line of logged) expect(JSON.stringify(line)).not.toMatch(SECRETS);
});

test('a defect of our own is logged by its place, without its words', async () => {
  const { services, logged } = await connect({ key: KEY });
  services.failed('get_contact', new TypeError(`cannot read ${KEY} of ${NUMBER}`));
  expect(logged).toEqual([
    {
      level: 'error',
      event: 'failed',
      fields: { tool: 'get_contact', at: expect.stringMatching(/^TypeError < at /) },
    },
  ]);
  expect(JSON.stringify(logged)).not.toMatch(SECRETS);
});
