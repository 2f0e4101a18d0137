import { AppError } from '../../errors.ts';
import type { Clock } from '../../runtime/index.ts';
import { fold } from '../../text/index.ts';
import { type Book, createBook } from '../book/index.ts';
import type { Fields } from '../lists/index.ts';
import type { Contact } from '../model/index.ts';

/** Where the address book comes from: a file that may change. */
export type AddressBookSource = {
  /** How it is called in a sentence: the name of the file, without its folder. */
  name: string;
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
  /** Why the newest version could not be read, or not all of it, a sentence; undefined where all is well. */
  problem(): string | undefined;
};

/** A book that was not empty is believed to be when it still is after these pauses: a program may just be writing it. */
const EMPTY_AGAIN_AFTER_MS = [2_000, 8_000];

/** @param options `onRead` hears of each reading: how many people, rows without a usable number, and whether it went wrong. */
export function createAddressBook(
  source: AddressBookSource,
  options: {
    defaultCountry: string | undefined;
    clock: Pick<Clock, 'sleep'>;
    onRead(facts: { people: number; invalid: number; failed: boolean }): void;
  },
): AddressBook {
  let people = createBook();
  let problem: string | undefined;
  let first: Promise<void> | undefined;
  let reading: Promise<void> = Promise.resolve();
  const kept = () => (people.size > 0 ? ', so its last good version is used' : '');

  const read = async () => readPeople(await source.read(), options.defaultCountry);

  async function readFull(): ReturnType<typeof read> {
    let found = await read();
    for (const pauseMs of people.size === 0 ? [] : EMPTY_AGAIN_AFTER_MS) {
      if (found.people.size > 0) break;
      problem = `The address book ${source.name} holds nobody${kept()} until it stays so.`;
      await options.clock.sleep(pauseMs);
      found = await read();
    }
    return found;
  }

  async function load(): Promise<void> {
    let invalid = 0;
    try {
      const found = await readFull();
      people = found.people;
      invalid = found.invalid;
      problem =
        people.size === 0
          ? `The address book ${source.name} holds nobody with a phone number.`
          : found.warnings.length > 0
            ? `About the address book ${source.name}: ${found.warnings.join(' ')}`
            : undefined;
    } catch (error) {
      const why = error instanceof AppError ? error.message : 'The file cannot be read.';
      const named = why.includes(source.name) ? why : `In ${source.name}: ${why}`;
      problem = `The address book could not be read${kept()}. ${named}`;
      options.onRead({ people: people.size, invalid, failed: true });
      return;
    }
    options.onRead({ people: people.size, invalid, failed: false });
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

const NO_CHANNELS: readonly string[] = [];

/** Two people on a number stay two; what is said of one person in several rows is put together, the first row first. */
async function readPeople(
  bytes: Uint8Array,
  country: string | undefined,
): Promise<{ people: Book; invalid: number; warnings: readonly string[] }> {
  // Its words for headers are loaded with the first list.
  const { createRowValidator, eachRow, openList } = await import('../lists/index.ts');
  const people = createBook();
  const validate = createRowValidator({ fallback: country }, true);
  let invalid = 0;
  const { rows, warnings } = await openList(bytes, { fallback: country });
  await eachRow(rows, (row) => {
    const found = validate(row);
    invalid += found.invalid.length + found.doubtful.length;
    for (const { e164, region, label, extension, fields } of found.valid) {
      const others = [...sharing(people, e164)];
      const known = others.find(({ metadata }) => isSamePerson(metadata, fields));
      people.put({
        id: known?.id ?? idOf(e164, others.length + 1),
        phone_number: e164,
        region_code: region,
        available_channels: NO_CHANNELS,
        default_channel: undefined,
        opt_out: false,
        metadata: {
          ...fields,
          ...(label !== undefined && { phone_label: label }),
          ...(extension !== undefined && { extension }),
          ...known?.metadata,
        },
        created_at: undefined,
        updated_at: undefined,
      });
    }
  });
  return { people, invalid, warnings };
}

/** Whether two rows with one number are about one person: by name, or where one of them names nobody. */
function isSamePerson(known: Readonly<Record<string, unknown>> | undefined, fields: Fields): boolean {
  const names = [known?.name, fields.name].map((name) => fold(String(name ?? '')));
  return names[0] === names[1] || names.includes('');
}
