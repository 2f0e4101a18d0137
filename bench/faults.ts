/**
 * How often a message goes out when the API fails: the official client with its default retries, and ours.
 * Run: npx tsx bench/faults.ts
 */
import Sent from '@sentdm/sentdm';
import { AppError } from '../src/errors.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { createSentClient } from '../src/sent/client.ts';
import { createSimulator, type FaultKind, type Simulator } from '../src/simulator/simulator.ts';

/** Sends of each kind, each to an API of its own. */
const SENDS = 20;
/** Short limits, so that what hangs takes a second and not minutes: for each try there, for the whole call here. */
const TRY_MS = 400;
const CALL_MS = 2_000;
const MESSAGE = { to: ['+14155550142'], text: 'Hello' };

const FAULTS: [name: string, kind: FaultKind][] = [
  ['500', { status: 500, code: 'INTERNAL_001' }],
  ['500 after acting', { status: 500, acts: true }],
  ['502 HTML', 'html'],
  ['503', { status: 503 }],
  ['429, Retry-After 1', { status: 429, code: 'BUSINESS_002', retryAfter: 1 }],
  ['lost before acting', 'lost-before'],
  ['lost after acting', 'lost-after'],
  ['cut-off body', 'cut-body'],
  ['empty body', 'empty'],
  ['hang', 'hang'],
  ['hang after acting', 'hang-after'],
  ['CONFLICT_001', { status: 409, code: 'CONFLICT_001' }],
];

/** What a sender says: it was sent, it was not, or that nobody knows. */
type Said = 'sent' | 'failed' | 'unknown';
type Sender = (simulator: Simulator) => Promise<Said>;

const official: Sender = async ({ fetch, key }) => {
  const client = new Sent({
    apiKey: key,
    baseURL: 'https://api.sent.dm',
    fetch,
    timeout: TRY_MS,
    logLevel: 'off',
  });
  return client.messages.send(MESSAGE).then(
    () => 'sent',
    () => 'failed',
  );
};

const ours: Sender = async ({ fetch, key }) => {
  const client = createSentClient({
    apiKey: key,
    baseUrl: 'https://api.sent.dm',
    sandbox: false,
    timeoutMs: CALL_MS,
    userAgent: 'bench',
    fetch,
    clock: systemClock,
    newKey: () => crypto.randomUUID(),
    random: Math.random,
    log: () => {},
  });
  return client.sendMessage(MESSAGE).then(
    () => 'sent',
    (error) => (error instanceof AppError && error.code === 'unknown_outcome' ? 'unknown' : 'failed'),
  );
};

/** Messages too many, and reports that are not true: a success of nothing, a failure of something. */
async function measure(sender: Sender, kind: FaultKind, times: number | undefined) {
  const runs = await Promise.all(
    Array.from({ length: SENDS }, async () => {
      const simulator = createSimulator({ contacts: 0 });
      simulator.faults.add({ method: 'POST', kind, ...(times && { times }) });
      const said = await sender(simulator);
      const went = simulator.messages.length;
      const untrue = (said === 'sent' && went === 0) || (said === 'failed' && went > 0);
      return { duplicates: Math.max(0, went - 1), untrue: untrue ? 1 : 0 };
    }),
  );
  const sum = (of: 'duplicates' | 'untrue') => runs.reduce((total, run) => total + run[of], 0);
  return { duplicates: sum('duplicates'), untrue: sum('untrue') };
}

const rows = await Promise.all(
  FAULTS.flatMap(([name, kind]) =>
    [1, undefined].map(async (times) => {
      const [theirs, own] = await Promise.all([measure(official, kind, times), measure(ours, kind, times)]);
      return {
        fault: `${name}, ${times ? 'once' : 'for ever'}`,
        'official: duplicates': theirs.duplicates,
        'official: untrue': theirs.untrue,
        'ours: duplicates': own.duplicates,
        'ours: untrue': own.untrue,
      };
    }),
  ),
);
process.stdout.write(`${SENDS} sends for each row; default retries of @sentdm/sentdm\n`);
console.table(rows);
const total = (column: 'official: duplicates' | 'ours: duplicates') =>
  rows.reduce((sum, row) => sum + row[column], 0);
process.stdout.write(
  `Duplicates in ${rows.length * SENDS} sends: official ${total('official: duplicates')}, ours ${total('ours: duplicates')}\n`,
);
