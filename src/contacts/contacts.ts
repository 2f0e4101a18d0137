import type { SentClient } from '../sent/client.ts';
import type { Clock } from '../sent/clock.ts';
import type { SentLookup, SentSummary } from '../sent/wire.ts';
import { type Account, readAccount } from './account.ts';
import type { Caller } from './caller.ts';
import { type Contact, type FullContact, toContact, toFullContact } from './contact.ts';
import { createDirectory, type Directory } from './directory.ts';
import { type ContactKey, createFinder, type Finder } from './finder.ts';
import { createMutations, type Mutations } from './mutations.ts';
import { parsePhone } from './phone.ts';
import { createSearch, type Search } from './search.ts';

export type NumberFacts = SentLookup;

export type Contacts = Mutations & {
  search: Search;
  directory: Directory;
  finder: Finder;
  get(key: ContactKey, caller: Caller): Promise<FullContact>;
  engagement(id: string, caller: Caller): Promise<SentSummary>;
  /** The newest contacts: of the whole account once it is read, until then of its first page. */
  recent(limit: number, caller: Caller): Promise<readonly Contact[]>;
  /** Ids that begin with what was typed, or whose number does; from what is known, without a request. */
  complete(typed: string, most: number): string[];
  /** What the carrier knows of a number. Each call is billed. */
  lookup(phoneNumber: string, caller: Caller): Promise<NumberFacts>;
  /** The account behind the key, its channels and what is left of its rate limit. */
  account(signal: AbortSignal): Promise<Account>;
};

export type ContactsOptions = {
  clock: Clock;
  newKey: () => string;
  /** ISO code of the country of numbers without a calling code. */
  defaultCountry: string | undefined;
  /** Every mutation is a dry run anyway. */
  sandbox: boolean;
};

export function createContacts(client: SentClient, options: ContactsOptions): Contacts {
  const directory = createDirectory(client, options.clock);
  const finder = createFinder(client, directory, options);

  const search = createSearch({ ...options, client, directory, finder });

  return {
    ...createMutations(client, directory, finder, options),
    search,
    directory,
    finder,

    async get(key, caller) {
      const sent = await finder.one(key, caller);
      directory.saw([toContact(sent)]);
      return toFullContact(sent);
    },

    engagement: (id, caller) => client.messageSummary(id, { signal: caller.signal }),

    async recent(limit, caller) {
      if (directory.state().complete)
        return search({ sort: 'newest', limit }, caller).then(({ contacts }) => contacts);
      return (await search({ limit }, caller)).contacts;
    },

    complete(typed, most) {
      const ids: string[] = [];
      for (const contact of directory.book.all()) {
        const digits = typed.replace(/[\s().-]/g, '');
        const byNumber =
          digits !== '' &&
          (contact.phone_number.startsWith(digits) || contact.phone_number.startsWith(`+${digits}`));
        if (contact.id.startsWith(typed) || byNumber) ids.push(contact.id);
        if (ids.length === most) break;
      }
      return ids;
    },

    async lookup(phoneNumber, caller) {
      const { e164 } = parsePhone(phoneNumber, options.defaultCountry);
      return { ...(await client.lookupNumber(e164, { signal: caller.signal })), phone_number: e164 };
    },

    account: (signal) => readAccount(client, signal),
  };
}
