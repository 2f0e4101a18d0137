import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';
import type { SentClient } from '../../sent/index.ts';
import { heldError } from '../../sent/index.ts';
import type { Directory } from '../directory/index.ts';
import type { CountryRule, List } from '../lists/index.ts';
import { oneCountry } from '../model/index.ts';
import { type ImportResult, previewOf, resultOf } from './result.ts';
import { NOT_CONFIRMED, type RowOutcome, runImport } from './run.ts';
import { createUnfinished } from './unfinished.ts';

export type ImportRequest = {
  phone_numbers?: readonly string[] | undefined;
  csv?: string | undefined;
  country?: string | undefined;
  preview?: boolean | undefined;
  sandbox?: boolean | undefined;
};
export type ImportList = (
  request: ImportRequest,
  caller: Pick<Caller, 'signal' | 'progress'>,
) => Promise<ImportResult>;

/** The most numbers that one call takes; the command takes any number of them. */
const MAX_NUMBERS = 1_000;
/** A text with so many numbers is never longer, in characters. */
const MAX_TEXT = 4_000_000;
/** A host gives up on a call after a minute: from here on nothing new is begun, and after the grace it is answered. */
const IMPORT_WITHIN_MS = 40_000;
/** Requests under way at that moment are waited for so long; they go on, and count when the call is repeated. */
const GRACE_MS = 5_000;

/**
 * Imports a list of numbers: all rows validated first, then a request for each valid number. A call that is cut off by
 * its time limit, a cancel or a failing API is finished by making it again: what is done is not done twice, and of
 * several calls with one list at once only one claims what it created.
 * @throws AppError `invalid_input` for a list that cannot be read or is too long; as the API fails where nothing at
 * all could be done.
 */
export function createImport(parts: {
  client: Pick<SentClient, 'createContact' | 'rate'>;
  directory: Pick<Directory, 'book' | 'recordChange' | 'invalidate'>;
  clock: Clock;
  defaultCountry: string | undefined;
  sandbox: boolean;
}): ImportList {
  const { client, directory, clock } = parts;
  const unfinished = createUnfinished(clock, (e164) => directory.book.byPhone(e164) !== undefined);

  return async ({ phone_numbers, csv, country, preview, sandbox }, caller) => {
    const countries = {
      explicit: country === undefined ? undefined : oneCountry(country),
      fallback: parts.defaultCountry,
    };
    const lists = await import('../lists/index.ts'); // Its words for headers are loaded with the first list.
    const list = readRequest(lists, phone_numbers, csv, countries);
    const rows = await lists.validateRows(atMost(MAX_NUMBERS, list.rows), countries);
    const numbers = rows.valid.map(({ e164 }) => e164);
    const dryRun = sandbox === true || parts.sandbox;
    if (preview) return previewOf(list, rows);

    // A wait that the API asks for, longer than a call may last, is told at once.
    const heldMs = () => client.rate().heldForMs;
    if (numbers.length > 0 && heldMs() > IMPORT_WITHIN_MS) throw heldError(heldMs());
    const time = createTimeLimit(clock, caller.signal);
    let held: AppError | undefined;
    let trouble: AppError | undefined;
    let done = 0;
    const take = dryRun ? unfinished.takeNothing : unfinished.take;
    const earlier = await take([...numbers].sort().join(), time.signal);
    const { outcomes } = earlier;
    const settled = (e164: string, outcome: RowOutcome) => {
      outcomes.set(e164, outcome);
      if (outcome.outcome !== 'failed') done++;
      caller.progress(outcomes.size, numbers.length, 'Importing contacts');
    };
    const running = runImport(
      numbers.filter((e164) => !outcomes.has(e164)),
      {
        client,
        clock,
        onCreated: directory.recordChange,
        invalidate: directory.invalidate,
        dryRun,
        resumed: earlier.isResumed,
        signal: time.signal,
        settled,
        onTrouble(error) {
          trouble = error;
        },
        onThrottled(error) {
          held = error;
          if (heldMs() > IMPORT_WITHIN_MS) time.end();
        },
      },
    );
    const ended = await Promise.race([running, time.isOver]).finally(() => {
      time.close();
      earlier.release(running);
    });

    if (ended?.stopped === NOT_CONFIRMED) throw NOT_CONFIRMED;
    const result = resultOf(rows, outcomes);
    const left = result.remaining + result.failed.length;
    const stopped = ended?.stopped ?? (result.remaining > 0 && !caller.signal.aborted ? held : undefined);
    const failure = stopped ?? trouble ?? held;
    // Nothing at all could be done, since the API is gone, throttles or hangs: that is no success with a small count.
    if (left > 0 && done === 0 && !caller.signal.aborted && earlier.hasWork(numbers))
      if (failure || result.remaining === left) throw repeatable(failure ?? noAnswer());
    const warnings = [
      ...(result.warnings ?? []),
      ...(stopped ? [`Stopped early (${stopped.code}): ${stopped.message} ${stopped.next}`] : []),
    ];
    return {
      ...result,
      ...(dryRun && { sandbox: true as const }),
      ...(warnings.length > 0 && { warnings }),
    };
  };
}

const noAnswer = (): AppError =>
  new AppError('unavailable', 'Sent did not answer in time, and nothing is known to be done.');

/** An import may always be made again, whatever became of its requests. */
const repeatable = (error: AppError): AppError =>
  error.code === 'unavailable' || error.mayHaveRun
    ? error.with({
        next: 'Make the same call again in a minute: what is done is not done twice. If it lasts, ask the user to check the network and the status of Sent.',
      })
    : error;

/** Ends a call in time for the host: no new request after the limit, and no waiting after the grace. */
function createTimeLimit(clock: Clock, caller: AbortSignal) {
  const stop = new AbortController();
  const timers = new AbortController();
  const end = () => stop.abort();
  caller.addEventListener('abort', end, { once: true });
  if (caller.aborted) end();
  void clock.sleep(IMPORT_WITHIN_MS, timers.signal).then(() => {
    if (!timers.signal.aborted) end();
  });
  const isOver = new Promise<undefined>((resolve) => {
    stop.signal.addEventListener('abort', () => {
      void clock.sleep(GRACE_MS, timers.signal).then(() => resolve(undefined));
    });
  });
  return {
    signal: stop.signal,
    isOver,
    end,
    close() {
      timers.abort();
      caller.removeEventListener('abort', end);
    },
  };
}

function readRequest(
  { listOfNumbers, readList }: Pick<typeof import('../lists/index.ts'), 'listOfNumbers' | 'readList'>,
  numbers: readonly string[] | undefined,
  csv: string | undefined,
  countries: CountryRule,
): List {
  if ((numbers === undefined) === (csv === undefined)) {
    throw new AppError('invalid_input', 'Exactly one of phone_numbers and csv must be given.');
  }
  if ((csv?.length ?? 0) > MAX_TEXT) throw tooMany();
  return csv === undefined ? { columns: [], rows: listOfNumbers(numbers ?? []) } : readList(csv, countries);
}

function* atMost(most: number, rows: List['rows']): List['rows'] {
  let count = 0;
  for (const row of rows) {
    count += row.numbers.length;
    if (count > most) throw tooMany();
    yield row;
  }
}
const tooMany = (): AppError =>
  new AppError('invalid_input', `These are more numbers than one call takes, which is ${MAX_NUMBERS}.`, {
    next: 'Give them in several calls, or ask the user to run: sent-contacts-mcp import FILE.',
  });
