import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../errors.ts';
import type { Fields } from '../import/index.ts';
import { createJudge, readList, textOfBytes } from '../import/index.ts';

/** Where the address book comes from: a file that may change. */
export type AddressBookSource = {
  /** @throws where it cannot be read; the words of the error are not passed on. */
  read(): Promise<Uint8Array>;
  /** Calls when it has changed, from now on. */
  watch(changed: () => void): void;
};

export type Person = { e164: string; region: string | undefined; fields: Fields };

/**
 * The people of the user's own address book by number. Nothing of it leaves this machine but what results show.
 * Read when it is first asked for and again whenever it changes; where that fails, the last good one stays.
 */
export type AddressBook = {
  /** Resolves when the book has been read, well or not; never rejects. */
  ready(): Promise<void>;
  get(e164: string): Person | undefined;
  all(): Iterable<Person>;
  /** Why the newest version could not be read, a sentence; undefined where all is well. */
  problem(): string | undefined;
  /**
   * Tells of a change as it is made: before `swap` the old people are there, after it the new ones.
   * @param numbers whose people change, come or go.
   */
  onSwap(listener: (numbers: ReadonlySet<string>, swap: () => void) => void): void;
};

/** So many rows are judged before other work has its turn. */
const ROWS_AT_ONCE = 500;

/** @param told hears of each reading: how many people, rows without a usable number, and whether it went wrong. */
export function createAddressBook(
  source: AddressBookSource,
  options: {
    defaultCountry: string | undefined;
    told(facts: { people: number; invalid: number; failed: boolean }): void;
  },
): AddressBook {
  let people: ReadonlyMap<string, Person> = new Map();
  let problem: string | undefined;
  let listener = (_: ReadonlySet<string>, swap: () => void): void => swap();
  let first: Promise<void> | undefined;
  let reading: Promise<void> = Promise.resolve();

  async function load(): Promise<void> {
    let invalid = 0;
    try {
      const found = await readPeople(await source.read(), options.defaultCountry, () => invalid++);
      const changed = differences(people, found);
      if (changed.size > 0)
        listener(changed, () => {
          people = found;
        });
      problem = undefined;
    } catch (error) {
      const why = error instanceof AppError ? error.message : 'The file cannot be read.';
      problem = `The address book could not be read${people.size > 0 ? ', so its last good version is used' : ''}: ${why}`;
    }
    options.told({ people: people.size, invalid, failed: problem !== undefined });
  }
  /** One reading after the other; a change in the middle of one is read after it. */
  const reload = (): Promise<void> => {
    reading = reading.then(load);
    return reading;
  };

  return {
    ready() {
      if (first === undefined) {
        first = reload();
        source.watch(() => void reload());
      }
      return first;
    },
    get: (e164) => people.get(e164),
    all: () => people.values(),
    problem: () => problem,
    onSwap(listen) {
      listener = listen;
    },
  };
}

/** A number that stands twice belongs to the first; what that one leaves open is taken from the others. */
async function readPeople(
  bytes: Uint8Array,
  country: string | undefined,
  onInvalid: () => void,
): Promise<Map<string, Person>> {
  const people = new Map<string, Person>();
  let rows = 0;
  for (const row of readList(textOfBytes(bytes))) {
    if (++rows % ROWS_AT_ONCE === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    // Judged alone, so that a number that stands again is no double here.
    const { valid, invalid } = createJudge(country).take(row);
    for (const _ of invalid) onInvalid();
    for (const { e164, region, fields } of valid) {
      const known = people.get(e164);
      people.set(e164, { e164, region, fields: known ? { ...fields, ...known.fields } : fields });
    }
  }
  return people;
}

function differences(before: ReadonlyMap<string, Person>, after: ReadonlyMap<string, Person>): Set<string> {
  const numbers = new Set<string>();
  for (const e164 of before.keys()) if (!after.has(e164)) numbers.add(e164);
  for (const [e164, person] of after) {
    if (!isDeepStrictEqual(person, before.get(e164))) numbers.add(e164);
  }
  return numbers;
}
