import { AppError } from '../../errors.ts';
import { fold } from '../../text/index.ts';
import { type Book, createBook } from '../book/index.ts';
import type { Fields } from '../import/index.ts';
import { createJudge, readList, textOfBytes } from '../import/index.ts';
import type { Contact } from '../model/index.ts';

/** Where the address book comes from: a file that may change. */
export type AddressBookSource = {
  /** @throws where it cannot be read; the words of the error are not passed on. */
  read(): Promise<Uint8Array>;
  /** Calls when it has changed, from now on. */
  watch(changed: () => void): void;
};

/**
 * The people of the user's own address book by number. Nothing of it leaves this machine but what results show.
 * Read when it is first asked for and again whenever it changes; where that fails, the last good one stays.
 */
export type AddressBook = {
  /** Resolves when the book has been read, well or not; never rejects. */
  ready(): Promise<void>;
  /** What it says of a number: of its first person, the others under `also_on_this_number`. */
  fieldsOf(e164: string): Readonly<Record<string, unknown>> | undefined;
  /** Everybody in it in the shape of a contact; another book after each change, never changed itself. */
  people(): Book;
  /** Why the newest version could not be read, a sentence; undefined where all is well. */
  problem(): string | undefined;
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
  let people = createBook();
  let problem: string | undefined;
  let first: Promise<void> | undefined;
  let reading: Promise<void> = Promise.resolve();

  async function load(): Promise<void> {
    let invalid = 0;
    try {
      people = await readPeople(await source.read(), options.defaultCountry, () => invalid++);
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
    fieldsOf(e164) {
      const all = [...sharing(people, e164)].map(({ metadata }) => metadata ?? {});
      const [fields, ...others] = all;
      return fields && others.length > 0 ? { ...fields, also_on_this_number: others } : fields;
    },
    people: () => people,
    problem: () => problem,
  };
}

/** The id of a person: the number, and for the second on it `;2`, which a reader of numbers leaves out. */
const idOf = (e164: string, place: number): string => (place === 1 ? e164 : `${e164};${place}`);

/** Everybody on a number, in their order. */
function* sharing(people: Book, e164: string): Generator<Contact> {
  for (let place = 1; ; place++) {
    const person = people.get(idOf(e164, place));
    if (person === undefined) return;
    yield person;
  }
}

/** Two people on a number stay two; what is said of one person in several rows is put together, the first row first. */
async function readPeople(
  bytes: Uint8Array,
  country: string | undefined,
  onInvalid: () => void,
): Promise<Book> {
  const people = createBook();
  let rows = 0;
  for (const row of readList(textOfBytes(bytes))) {
    if (++rows % ROWS_AT_ONCE === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    // Judged alone, so that a number that stands again is no double here.
    const { valid, invalid } = createJudge(country).take(row);
    for (const _ of invalid) onInvalid();
    for (const { e164, region, fields } of valid) {
      const others = [...sharing(people, e164)];
      const known = others.find(({ metadata }) => isSamePerson(metadata, fields));
      people.put({
        id: known?.id ?? idOf(e164, others.length + 1),
        phone_number: e164,
        region_code: region,
        available_channels: [],
        default_channel: undefined,
        opt_out: false,
        metadata: { ...fields, ...known?.metadata },
        created_at: undefined,
        updated_at: undefined,
      });
    }
  }
  return people;
}

/** Whether two rows with one number are about one person: by name, or where one of them names nobody. */
function isSamePerson(known: Readonly<Record<string, unknown>> | undefined, fields: Fields): boolean {
  const names = [known?.name, fields.name].map((name) => fold(String(name ?? '')));
  return names[0] === names[1] || names.includes('');
}
