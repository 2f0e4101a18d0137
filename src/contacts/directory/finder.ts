import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import type { SentClient, SentContact } from '../../sent/index.ts';
import { parsePhone, toContact } from '../model/index.ts';
import type { Directory } from './directory.ts';

/** One contact, by exactly one of the two. */
export type ContactKey = { contact_id?: string | undefined; phone_number?: string | undefined };
type Waiting = Pick<Caller, 'signal' | 'progress'>;

export type Finder = {
  /** @throws AppError `not_found`, or `invalid_input` where not exactly one key is given. */
  one(key: ContactKey, caller: Waiting): Promise<SentContact>;
  /** The contact that has exactly this number, in E.164; undefined where the account has none. */
  byNumber(e164: string, caller: Waiting): Promise<SentContact | undefined>;
  /** By an id, or a number in E.164; undefined where the account has no such contact. */
  find(
    key: { id?: string | undefined; phone?: string | undefined },
    caller: Waiting,
  ): Promise<SentContact | undefined>;
};

export function createFinder(
  client: SentClient,
  directory: Directory,
  options: { defaultCountry: string | undefined },
): Finder {
  const finder: Finder = {
    async one({ contact_id, phone_number }, caller) {
      if ((contact_id === undefined) === (phone_number === undefined)) {
        throw new AppError('invalid_input', 'Exactly one of contact_id and phone_number must be given.');
      }
      // A number serves as id wherever one is meant.
      const number = phone_number ?? (contact_id?.startsWith('+') ? contact_id : undefined);
      if (number === undefined) return client.getContact(contact_id ?? '', { signal: caller.signal });
      const sent = await finder.byNumber(parsePhone(number, options.defaultCountry).e164, caller);
      if (sent !== undefined) return sent;
      throw new AppError('not_found', 'No contact has this phone number.', {
        next: 'Check the number with the user, or look for a part of it with search_contacts.',
      });
    },

    /**
     * One request, `GET /v3/contacts?phone=`. Its answer is checked: a server that does not know the parameter
     * answers with any contacts, and then the directory is asked instead.
     */
    async byNumber(e164, caller) {
      const query = { page: 1, pageSize: 1, phone: e164 };
      const rows = await client.listContacts(query, { signal: caller.signal }).then(
        (page) => page.rows,
        (error: unknown) => {
          if (error instanceof AppError && error.code === 'not_found') return [];
          throw error;
        },
      );
      const exact = rows.find((row) => toContact(row).phone_number === e164);
      if (exact) return exact;
      const known = directory.book.byPhone(e164);
      // One answer without a contact that is known, and may have opted out, is not believed.
      if (known) return whoHas(e164, await finder.find({ id: known.id }, caller));
      if (rows.length === 0) return undefined;

      const { complete } = await directory.ready(caller);
      const contact = directory.book.byPhone(e164);
      if (contact) return client.getContact(contact.id, { signal: caller.signal });
      if (complete) return undefined;
      throw new AppError('unavailable', 'The contacts of the account have not all been read yet.', {
        next: 'Call again in a few seconds: reading goes on.',
      });
    },

    async find({ id, phone }, caller) {
      if (id === undefined) return finder.byNumber(phone ?? '', caller);
      return client.getContact(id, { signal: caller.signal }).catch((error: unknown) => {
        if (error instanceof AppError && error.isAboutRequest) return undefined;
        throw error;
      });
    },
  };
  return finder;
}

const whoHas = (e164: string, sent: SentContact | undefined): SentContact | undefined =>
  sent && toContact(sent).phone_number === e164 ? sent : undefined;
