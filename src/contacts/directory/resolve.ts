import { setMaxListeners } from 'node:events';
import { AppError } from '../../errors.ts';
import { ageMs, type Caller, type Clock, type Instant } from '../../runtime/index.ts';
import { toContact, type Who } from '../model/index.ts';
import type { Directory } from './directory.ts';
import type { Finder } from './finder.ts';

/** Whose contact is meant: a number in E.164, or an id. */
export type PersonKey = { phone?: string | undefined; id?: string | undefined };
export type Resolved = {
  /** In the order of the keys; undefined where the account has no such contact, or where that is not known. */
  people: readonly (Who | undefined)[];
  /** Milliseconds since the epoch as of which everybody is known; 0 where of somebody nothing is known. */
  asOf: number;
  /** Why something is older than was asked for, in a few words; left out where nothing is. */
  unchecked?: string;
  /** Places of the keys of which nothing is known: neither who it is nor that there is nobody. */
  unknown: readonly number[];
};

/**
 * The people of these keys, by knowledge no older than `maxAgeMs`: by single look-ups or by reading the account anew,
 * whichever takes fewer requests, within `withinMs`. Where that cannot be had, the latest that is known.
 * Our own changes always count, whoever made them through this server.
 * @throws AppError `unauthorized`, `forbidden`, `cancelled`; what else fails only leaves somebody unchecked.
 */
export type Resolve = (
  keys: readonly PersonKey[],
  need: {
    maxAgeMs: number;
    withinMs: number;
    /** Whoever will be asked about soon: looked up together with these where any of these has to be. */
    soon?: readonly PersonKey[];
  },
  caller: Pick<Caller, 'signal' | 'progress'>,
) => Promise<Resolved>;

/** Up to so many are looked up one by one without asking what a reading would take. */
const FEW = 10;
const AT_ONCE = 5;
/** The share of the time that reading may take where look-ups may still be needed after it. */
const READING_SHARE = 0.6;

export function createResolve(parts: { directory: Directory; finder: Finder; clock: Clock }): Resolve {
  const { directory, finder, clock } = parts;
  const contactOf = directory.book.who;
  const nameOf = ({ id, phone }: PersonKey): string => id ?? phone ?? '';
  /** Who that is, and since when that, or that there is nobody, is known; undefined for never. */
  function known(key: PersonKey): Known {
    const contact = contactOf(key);
    return { contact, since: directory.knownSince(contact?.id ?? nameOf(key)) };
  }

  async function lookUp(key: PersonKey, signal: AbortSignal): Promise<void> {
    const before = contactOf(key);
    const sent = await finder.find(key, { signal, progress: () => {} });
    if (sent !== undefined) {
      directory.merge([toContact(sent)]);
      return;
    }
    if (before !== undefined) directory.forget(before.id);
    directory.isNobodys(nameOf(key));
  }

  return async (keys, { maxAgeMs, withinMs, soon = [] }, caller) => {
    const until = clock.monotonic() + withinMs;
    const problems: string[] = [];
    const tolerate = (error: unknown): void => void problems.push(tolerable(error).code);
    await directory.catchUp();
    const isStale = ({ since }: Known): boolean => since === undefined || ageMs(clock, since) > maxAgeMs;
    const stale = (of: readonly PersonKey[]): PersonKey[] => {
      const due = of.filter((key) => isStale(known(key)));
      return [...new Map(due.map((key) => [nameOf(key), key])).values()];
    };
    const resolved = (people: readonly Known[]) => ({
      people: people.map(({ contact }) => contact),
      asOf: Math.min(clock.now(), ...people.map(({ since }) => since?.wall ?? 0)),
      unknown: people.flatMap(({ since }, place) => (since === undefined ? [place] : [])),
    });
    /** Mostly all is known, of thousands of people: then nobody is looked at twice, and else they do not stay meanwhile. */
    const allKnown = (): Resolved | undefined => {
      const before = keys.map(known);
      return before.some(isStale) ? undefined : resolved(before);
    };
    const atOnce = allKnown();
    if (atOnce) return atOnce;

    const meant = [...keys, ...soon];
    const due = stale(meant);
    if (due.length > FEW && (directory.isReading() || directory.pagesToRead() <= due.length)) {
      const mayNeedMore = due.some((key) => contactOf(key) === undefined);
      const readWithinMs = mayNeedMore ? withinMs * READING_SHARE : withinMs;
      await directory.readAgain({ maxAgeMs, withinMs: readWithinMs }, caller).catch(tolerate);
    }

    const hurry = new AbortController();
    setMaxListeners(4 * AT_ONCE, hurry.signal); // Each look-up listens, and each wait; more would be a leak.
    const leave = () => hurry.abort();
    caller.signal.addEventListener('abort', leave, { once: true });
    if (caller.signal.aborted) leave();
    const rest = (clock.monotonic() < until ? stale(meant) : [])[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const key of rest) {
        if (hurry.signal.aborted || problems.length > 0) return;
        await lookUp(key, hurry.signal).catch((error: unknown) => {
          if (!hurry.signal.aborted || caller.signal.aborted) tolerate(error);
        });
      }
    };
    void clock.sleep(Math.max(0, until - clock.monotonic()), hurry.signal).then(leave);
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } finally {
      caller.signal.removeEventListener('abort', leave);
      leave();
    }

    const left = stale(keys).length;
    const why = problems[0] ?? 'it took too long';
    return {
      ...resolved(keys.map(known)),
      ...(left > 0 && { unchecked: `${why}; ${left} of ${keys.length}` }),
    };
  };
}

type Known = { contact: Who | undefined; since: Instant | undefined };

/** A look-up that failed leaves somebody unchecked, unless whatever is done with them would fail for the same reason. */
function tolerable(error: unknown): AppError {
  if (!(error instanceof AppError) || error.endsBatch) throw error;
  return error;
}
