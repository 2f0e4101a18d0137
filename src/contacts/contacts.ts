import { AppError } from '../errors.ts';
import type { Caller, Clock } from '../runtime/index.ts';
import type { SentClient, SentLookup, SentSummary } from '../sent/index.ts';
import type { AccountState } from '../state/index.ts';
import { type Account, readAccount } from './account.ts';
import { createBook } from './book/index.ts';
import { createBookAnswers } from './book-answers.ts';
import { type ChangeMany, createBulk, createChangeMany, createOneOfMany } from './bulk/index.ts';
import { createApply, createContactLock } from './changes/index.ts';
import {
  type ContactKey,
  createDirectory,
  createFinder,
  createResolve,
  type Directory,
  type RefreshThrottle,
  type Resolve,
} from './directory/index.ts';
import { createImport, type ImportList } from './import/index.ts';
import {
  type Contact,
  type FullContact,
  parsePhone,
  toContact,
  toFullContact,
  withFormats,
} from './model/index.ts';
import { createMutations, type Mutations } from './mutations.ts';
import { type AddressBook, createNotes, createOverlay, createPeople } from './people/index.ts';
import { createCursors } from './question/index.ts';
import { createSearch, type Search } from './search.ts';
import { positionIn } from './search-request.ts';
import { createSelections, type Selections } from './selections.ts';

export type NumberFacts = SentLookup;

export type Contacts = Mutations & {
  /** The same change to many, by plans. */
  changeMany: ChangeMany;
  search: Search;
  selections: Selections;
  resolve: Resolve;
  /** The account in memory; rooms above ask `search` and `resolve` instead. */
  directory: Directory;
  get(key: ContactKey, caller: Caller): Promise<FullContact>;
  engagement(id: string, caller: Caller): Promise<SentSummary>;
  /** The newest contacts: of the whole account once it is read, until then of its first page. */
  recent(limit: number, caller: Caller): Promise<readonly Contact[]>;
  /** Ids that begin with what was typed, or whose number does; from what is known, without a request. */
  complete(typed: string, most: number): string[];
  /**
   * What is known of the people with these numbers, in their order, by a plain name: the contact's own metadata, so far
   * as contacts have been read, and the address book. Lists are joined with commas.
   */
  fieldsOf(numbers: readonly string[]): Promise<(Readonly<Record<string, string>> | undefined)[]>;
  /** Makes a contact of each number of a list. */
  importList: ImportList;
  /** What the carrier knows of a number. Each call is billed. */
  lookup(phoneNumber: string, caller: Caller): Promise<NumberFacts>;
  /** How many contacts are in memory. */
  inMemory(): number;
  /** No reading of the account begins after this, and the one under way ends. */
  close(): void;
  /** The account behind the key, its channels and what is left of its rate limit. */
  account(signal: AbortSignal): Promise<Account>;
};

export type ContactsOptions = {
  clock: Clock;
  /** What lasts for this account. */
  state: AccountState;
  newKey: () => string;
  /** ISO code of the country of numbers without a calling code. */
  defaultCountry: string | undefined;
  /** Every mutation is a dry run anyway. */
  sandbox: boolean;
  /** The user's own names for numbers. */
  addressBook?: AddressBook | undefined;
  /** Called each time that the account has been read whole. */
  afterReading?: (() => void) | undefined;
  /** Shared by all accounts of a process. */
  refreshThrottle?: RefreshThrottle | undefined;
};

export function createContacts(client: SentClient, options: ContactsOptions): Contacts {
  const { addressBook, state, clock, newKey } = options;
  const notes = createNotes(state);
  const overlay = createOverlay({ addressBook, notes });
  const book = createBook(overlay.metadataUnder);
  const directory = createDirectory(client, { ...options, book });
  const finder = createFinder(client, directory, options);
  const people = createPeople({ addressBook, notes, overlay, book, finder, merge: directory.merge });
  const resolve = createResolve({ directory, finder, clock });
  const answers = createBookAnswers({ directory, resolve, people });
  const selections = createSelections({ state, newKey, clock }, answers);
  const cursors = createCursors({ state, newKey, clock }, positionIn);
  const search = createSearch({ ...options, directory, finder, answers, selections, cursors, people });
  const apply = createApply({ client, notes, lock: createContactLock(state, options.clock) });

  return {
    ...createMutations({ ...options, client, directory, finder, notes, people, apply }),
    changeMany: createChangeMany({
      ...options,
      finder,
      people,
      bulk: createBulk({
        ...options,
        client,
        one: createOneOfMany({ client, directory, notes, apply }),
        invalidate: directory.invalidate,
      }),
      selected: selections.people,
    }),
    search,
    selections,
    resolve,
    directory,

    async get(key, caller) {
      await people.ready();
      try {
        const sent = await finder.one(key, caller);
        directory.merge([toContact(sent)]);
        const contact = toFullContact(sent);
        return people.enrich(contact);
      } catch (error) {
        const isUnknown = error instanceof AppError && error.code === 'not_found';
        const { phone_number } = key;
        if (!isUnknown || phone_number === undefined) throw error;
        const person = people.notInSent(parsePhone(phone_number, options.defaultCountry).e164);
        if (person === undefined) throw error;
        return withFormats(person);
      }
    },

    engagement: (id, caller) => client.messageSummary(id, { signal: caller.signal }),

    async recent(limit, caller) {
      if (directory.state().complete)
        return search({ sort: 'newest', limit }, caller).then(({ contacts }) => contacts);
      return (await search({ limit }, caller)).contacts;
    },

    complete: directory.book.startingWith,
    inMemory: () => book.size,
    close: directory.close,

    async fieldsOf(numbers) {
      await people.ready();
      return numbers.map((e164) => {
        const contact = book.byPhone(e164);
        const person = contact ? people.enrich(contact) : people.notInSent(e164);
        if (person?.metadata === undefined) return undefined;
        return Object.fromEntries(
          Object.entries(person.metadata).map(([key, value]) => [key, inWords(value)]),
        );
      });
    },

    importList: createImport({ ...options, client, directory }),

    async lookup(phoneNumber, caller) {
      const { e164 } = parsePhone(phoneNumber, options.defaultCountry);
      return { ...(await client.lookupNumber(e164, { signal: caller.signal })), phone_number: e164 };
    },

    account: (signal) => readAccount(client, options.clock.now, signal),
  };
}

const inWords = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(inWords).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
