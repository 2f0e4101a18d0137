import { type Contact, type ContactChange, channelsOf, personAsContact } from './contact.ts';
import { type Dialect, idOf, numberOfId } from './ids.ts';
import { nationalFormatOf } from './numbers.ts';
import { MAX_PEOPLE, numberOfPerson, personOf, personOfNumber } from './people.ts';

export type Filter = { search?: string | undefined; channel?: string | undefined };

export type Book = ReturnType<typeof createBook>;

/**
 * The contacts of the account. The first `size` are generated people, made anew whenever they are asked for, so a million of
 * them cost nothing; only what was added, changed or deleted is kept. Everything is newest first.
 */
export function createBook(options: {
  size: number;
  dialect: Dialect;
  now: () => number;
  searchMetadata: boolean;
}) {
  const { size: generated, dialect, now, searchMetadata } = options;
  if (generated > MAX_PEOPLE) throw new RangeError(`at most ${MAX_PEOPLE} contacts can be generated`);
  const bornAt = now();
  const kept = new Map<number, Contact>(); // added or changed
  const added = new Map<string, number>(); // number → index
  const deleted: number[] = []; // indices, ascending
  let next = generated;
  let version = 0;
  let lastFound: { key: string; indices: number[] } | undefined;

  const isDeleted = (index: number): boolean => deleted[rankOf(index)] === index;

  /** How many deleted indices are below `index`. */
  function rankOf(index: number): number {
    let [low, high] = [0, deleted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((deleted[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The index of the k-th living contact, oldest first. */
  function living(k: number): number {
    let [low, high] = [0, deleted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((deleted[middle] ?? 0) - middle <= k) low = middle + 1;
      else high = middle;
    }
    return k + low;
  }

  const at = (index: number): Contact =>
    kept.get(index) ?? personAsContact(index, { of: generated, bornAt, dialect });

  function get(id: string): Contact | undefined {
    const index = numberOfId('contact', id, dialect);
    return index === undefined || index < 0 || index >= next || isDeleted(index) ? undefined : at(index);
  }

  function byPhone(e164: string): Contact | undefined {
    const index = added.get(e164) ?? personOfNumber(e164);
    if (index === undefined || isDeleted(index)) return undefined;
    return index < generated || added.has(e164) ? at(index) : undefined;
  }

  /** Adds somebody new. The number is kept as given; `e164` is what it means. Does not look for an existing contact. */
  function add(e164: string, change: ContactChange & { phone_number?: string } = {}): Contact {
    const index = next++;
    const contact: Contact = {
      index,
      id: idOf('contact', index, dialect),
      phone_number: e164,
      e164,
      created_at: now(),
      channels: ['sms'],
      default_channel: null,
      opt_out: false,
      metadata: {},
      updated_at: null,
      last_inbound_at: null,
      ...change,
    };
    kept.set(index, contact);
    added.set(e164, index);
    version++;
    return contact;
  }

  /** Changes what is given and stamps `updated_at`. */
  function change(contact: Contact, what: ContactChange): Contact {
    const changed = { ...contact, updated_at: now(), ...what };
    kept.set(contact.index, changed);
    version++;
    return changed;
  }

  function remove(contact: Contact): void {
    deleted.splice(rankOf(contact.index), 0, contact.index);
    kept.delete(contact.index);
    version++;
  }

  function* all(): Generator<Contact> {
    for (let index = next - 1; index >= 0; index--) if (!isDeleted(index)) yield at(index);
  }

  /** Looks at no more of a generated contact than it must, since a search goes through all of them. */
  function matches(index: number, search: string | undefined, channel: string | undefined): boolean {
    const contact = kept.get(index);
    if (channel !== undefined && !(contact?.channels ?? channelsOf(index)).includes(channel)) return false;
    if (search === undefined) return true;
    const e164 = contact?.e164 ?? numberOfPerson(index);
    if (e164.includes(search) || nationalFormatOf(e164).includes(search)) return true;
    if (!searchMetadata) return false;
    const values = Object.values(contact?.metadata ?? personOf(index));
    return values.some((value) => String(value).toLowerCase().includes(search));
  }

  /** One page (1-based) of those who match, and how many do. The last search is remembered until the book changes. */
  function page(number: number, pageSize: number, filter: Filter): { contacts: Contact[]; total: number } {
    const from = (number - 1) * pageSize;
    if (filter.search === undefined && filter.channel === undefined) {
      const total = next - deleted.length;
      const length = Math.max(0, Math.min(pageSize, total - from));
      return { total, contacts: Array.from({ length }, (_, i) => at(living(total - 1 - from - i))) };
    }
    const search = filter.search?.toLowerCase();
    const key = JSON.stringify([version, search, filter.channel]);
    if (lastFound?.key !== key) {
      const indices: number[] = [];
      for (let index = next - 1; index >= 0; index--)
        if (!isDeleted(index) && matches(index, search, filter.channel)) indices.push(index);
      lastFound = { key, indices };
    }
    const { indices } = lastFound;
    return { total: indices.length, contacts: indices.slice(from, from + pageSize).map(at) };
  }

  return {
    get size(): number {
      return next - deleted.length;
    },
    isGenerated: (contact: Contact): boolean => contact.index < generated,
    get,
    byPhone,
    add,
    change,
    remove,
    all,
    page,
  };
}
