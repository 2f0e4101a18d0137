import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import { heldError } from '../../sent/index.ts';
import type { Directory } from '../directory/index.ts';
import { oneCountry } from '../model/index.ts';
import { type InvalidRow, type Judged, judge } from './judge.ts';
import { listOfNumbers, readList } from './read-list.ts';
import { type RowOutcome, runImport } from './run.ts';

export type ImportRequest = {
  phone_numbers?: readonly string[] | undefined;
  csv?: string | undefined;
  country?: string | undefined;
  preview?: boolean | undefined;
  sandbox?: boolean | undefined;
};

export type Failed = { phone_number: string; code: string; sent_code: string | undefined };

/** Counts are of the whole list, over all calls that it took. */
export type ImportResult = {
  created: number;
  existing: number;
  invalid: readonly InvalidRow[];
  failed: readonly Failed[];
  /** Valid numbers that nothing was done for yet: the same call again goes on with them. */
  remaining: number;
  /** Numbers that stood in the list more than once, folded. */
  doubles: number;
  preview?: true;
  sandbox?: true;
  warnings?: string[];
};

export type ImportList = (request: ImportRequest, caller: Omit<Caller, 'confirm'>) => Promise<ImportResult>;

/** The most numbers that one call takes; the command takes any number of them. */
export const MOST_NUMBERS = 1000;
/** A host gives up on a call after a minute: by then what is done must have been said. */
const IMPORT_WITHIN_MS = 45_000;
/** Requests under way at that moment are waited for so long; they go on, and count when the call is repeated. */
const GRACE_MS = 5_000;
/** A list left unfinished is gone on with when it comes again in this time; later it is looked at anew. */
const GOES_ON_WITHIN_MS = 15 * 60_000;
const MOST_UNFINISHED = 20;

/** An import under way or stopped: what became of its numbers so far. */
type Unfinished = { outcomes: Map<string, RowOutcome>; at: number };

/**
 * Imports a list of numbers: all rows judged first, then a request for each valid number. A call that is cut off by
 * its time limit, a cancel or a failing API is finished by making it again: what is done is not done twice.
 * @throws AppError `invalid_input` for a list that cannot be read or is too long; as the API fails where that was
 * before anything was done.
 */
export function createImport(parts: {
  client: Pick<SentClient, 'createContact' | 'rate'>;
  directory: Pick<Directory, 'book' | 'wrote' | 'expire'>;
  clock: Clock;
  defaultCountry: string | undefined;
  sandbox: boolean;
}): ImportList {
  const { client, directory, clock } = parts;
  const unfinished = new Map<string, Unfinished>();

  /** What an earlier, unfinished call did for this list; what has left the account since is not done. */
  function earlier(list: string): Unfinished {
    for (const [key, { at }] of unfinished) {
      if (clock.monotonic() - at > GOES_ON_WITHIN_MS || unfinished.size > MOST_UNFINISHED)
        unfinished.delete(key);
    }
    const known = unfinished.get(list);
    for (const [e164, { outcome }] of known?.outcomes ?? []) {
      const gone = outcome === 'created' && directory.book.byPhone(e164) === undefined;
      if (outcome === 'failed' || gone) known?.outcomes.delete(e164);
    }
    return known ?? { outcomes: new Map(), at: clock.monotonic() };
  }

  return async ({ phone_numbers, csv, country, preview, sandbox }, caller) => {
    const judged = judge(
      readRequest(phone_numbers, csv),
      country === undefined ? parts.defaultCountry : oneCountry(country),
    );
    const numbers = judged.valid.map(({ e164 }) => e164);
    const dryRun = sandbox === true || parts.sandbox;
    if (preview) return { ...resultOf(judged, new Map()), preview: true };

    const list = [...numbers].sort().join();
    const part: Unfinished = dryRun ? { outcomes: new Map(), at: clock.monotonic() } : earlier(list);
    const { outcomes } = part;
    const resumed = outcomes.size > 0 || unfinished.has(list);
    if (!dryRun) unfinished.set(list, part);

    // A wait that the API asks for, longer than a call may last, is told at once.
    let held: AppError | undefined;
    const heldMs = () => client.rate().heldForMs;
    if (numbers.length > 0 && heldMs() > IMPORT_WITHIN_MS) throw heldError(heldMs());
    const stop = new AbortController();
    const end = () => stop.abort();
    caller.signal.addEventListener('abort', end, { once: true });
    const timers = new AbortController();
    void clock.sleep(IMPORT_WITHIN_MS, timers.signal).then(end);
    const running = runImport(
      numbers.filter((e164) => !outcomes.has(e164)),
      {
        client,
        wrote: directory.wrote,
        expire: directory.expire,
        dryRun,
        resumed,
        signal: stop.signal,
        held(error) {
          held = error;
          if (heldMs() > IMPORT_WITHIN_MS) end();
        },
        settled(e164, outcome) {
          outcomes.set(e164, outcome);
          part.at = clock.monotonic();
          caller.progress(outcomes.size, numbers.length, 'Importing contacts');
        },
      },
    );
    const ended = new Promise<void>((resolve) => {
      stop.signal.addEventListener('abort', () => {
        void clock.sleep(GRACE_MS, timers.signal).then(resolve);
      });
    });
    const failed = await Promise.race([running, ended]).finally(() => {
      timers.abort();
      caller.signal.removeEventListener('abort', end);
    });

    const result = resultOf(judged, outcomes);
    const stopped = failed ?? (result.remaining > 0 && !caller.signal.aborted ? held : undefined);
    const left = result.remaining > 0 || [...outcomes.values()].some((one) => 'again' in one && one.again);
    if (!left) unfinished.delete(list);
    if (stopped && outcomes.size === 0) throw stopped;
    const warnings = [
      ...(result.warnings ?? []),
      ...(stopped ? [`Stopped early (${stopped.code}): ${stopped.message} ${stopped.next}`] : []),
    ];
    return {
      ...result,
      ...(dryRun && stopped?.code !== 'unknown_outcome' && { sandbox: true as const }),
      ...(warnings.length > 0 && { warnings }),
    };
  };
}

function readRequest(numbers: readonly string[] | undefined, csv: string | undefined) {
  if ((numbers === undefined) === (csv === undefined)) {
    throw new AppError('invalid_input', 'Exactly one of phone_numbers and csv must be given.');
  }
  const rows = csv === undefined ? listOfNumbers(numbers ?? []) : readList(csv);
  const amount = rows.reduce((sum, row) => sum + row.numbers.length, 0);
  if (amount > MOST_NUMBERS) {
    throw new AppError(
      'invalid_input',
      `These are ${amount} numbers; one call takes at most ${MOST_NUMBERS}.`,
      {
        next: 'Give them in several calls, or ask the user to run: sent-contacts-mcp import FILE.',
      },
    );
  }
  return rows;
}

/** What is known of a list: how many of each outcome, and what is left. */
export function resultOf(judged: Judged, outcomes: ReadonlyMap<string, RowOutcome>): ImportResult {
  let created = 0;
  let existing = 0;
  const failed: Failed[] = [];
  for (const { e164 } of judged.valid) {
    const one = outcomes.get(e164);
    if (one === undefined) continue;
    if (one.outcome === 'failed')
      failed.push({ phone_number: e164, code: one.code, sent_code: one.sentCode });
    else if (one.outcome === 'created') created++;
    else existing++;
  }
  const { invalid, doubles, unknown } = judged;
  const remaining = judged.valid.length - created - existing - failed.length;
  const warnings = unknown > 0 ? [`${unknown} of the numbers are in no numbering plan; Sent decides.`] : [];
  return {
    created,
    existing,
    invalid,
    failed,
    remaining,
    doubles,
    ...(warnings.length > 0 && { warnings }),
  };
}
