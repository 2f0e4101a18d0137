import { type Contacts, type PersonKey, parsePhone, type Who } from '../../contacts/index.ts';
import { AppError } from '../../errors.ts';
import type { Caller, Clock } from '../../runtime/index.ts';

/** The most people that one plan may hold. */
export const MAX_PEOPLE = 10_000;
/** Longest that looking for opt-outs may hold up a send: Sent filters them itself as well. */
export const PATIENCE_MS = 10_000;
/** The minute that knowledge of opt-outs may be old, less the half that a request may take with all its tries. */
const MAX_AGE_MS = 30_000;
const NEED = { maxAgeMs: MAX_AGE_MS, withinMs: PATIENCE_MS };

/** Somebody who is meant, by the latest that is known of them. */
export type Person = {
  /** E.164. */
  to: string;
  /** The contact, where it was meant and not its number. */
  contactId?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  region?: string | undefined;
  isContact: boolean;
  /** Whether a numbering plan knows the number. */
  isPlausible: boolean;
  /** Known to have opted out. */
  optedOut: boolean;
  /** What is known of them, for the fields of a message that asks for any. */
  fields?: Readonly<Record<string, string>> | undefined;
};
export type Recipients = {
  people: Person[];
  /** Milliseconds since the epoch: what is known of opt-outs is not older. 0 where of somebody nothing is known. */
  asOf: number;
  /** When that was asked, whatever came of it; monotonic milliseconds. */
  askedAt: number;
  /** Why opt-outs may not be the latest. */
  unchecked?: string | undefined;
  /** Whether a selection is among those who are meant. */
  bySelection: boolean;
  warnings: string[];
};
export type RecipientParts = { contacts: Contacts; clock: Clock; defaultCountry: string | undefined };

/** One of those who are meant, as it was written. */
type Meant = {
  key: PersonKey;
  /** Its place in `to`. */
  place: number;
  isPlausible: boolean;
  region?: string | undefined;
  isSelected?: boolean;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A number is made of digits and the marks around them; everything else is an id. */
const isNumber = (text: string): boolean =>
  !UUID.test(text) && /^(tel:)?[+(\s]*\p{Nd}[\p{Nd}\s().\-\u2010-\u2015/;=\p{Cf}]*$/u.test(text);
const isSelection = (text: string): boolean => /^sel_/i.test(text);

/**
 * The people that numbers, contact ids and selections stand for, each once.
 * @param isPersonal whether the message asks for fields of each of them.
 * @throws AppError `invalid_input` for a number that is none, `not_found` for an unknown id; each names its place.
 */
export async function resolveRecipients(
  to: readonly string[],
  isPersonal: boolean,
  parts: RecipientParts,
  caller: Caller,
): Promise<Recipients> {
  const warnings: string[] = [];
  const given = to.map((text) => text.trim());
  const meant: Meant[] = [];
  for (const [place, text] of given.entries()) {
    if (isSelection(text)) {
      const selected = await parts.contacts.selections.people(text, caller);
      warnings.push(...selected.warnings);
      if (!selected.complete)
        warnings.push('The selection may lack some: not all contacts have been read yet.');
      const keys = [
        ...selected.contacts.map(({ id, phone_number, in_sent }) =>
          in_sent === false ? { phone: phone_number } : { id },
        ),
        ...selected.notContacts.map((phone) => ({ phone })),
      ];
      meant.push(...keys.map((key) => ({ key, place, isPlausible: true, isSelected: true })));
    } else if (isNumber(text)) {
      const { e164, known, region } = parsePhone(text, parts.defaultCountry, fieldAt(place));
      meant.push({ key: { phone: e164 }, place, isPlausible: known, region });
    } else meant.push({ key: { id: text }, place, isPlausible: true });
  }
  if (meant.length > MAX_PEOPLE) {
    throw new AppError(
      'invalid_input',
      `${meant.length} people are more than the ${MAX_PEOPLE} of one send.`,
      {
        next: 'Nothing was sent. Narrow the selection down, such as by country, and send to each part.',
      },
    );
  }

  const found = await parts.contacts.resolve(
    meant.map(({ key }) => key),
    NEED,
    caller,
  );
  const isUnknown = new Set(found.unknown);
  const people = new Map<string, Person>();
  for (const [index, one] of meant.entries()) {
    const contact = found.people[index];
    const number = one.key.phone ?? contact?.phone_number;
    if (number === undefined) {
      if (isUnknown.has(index)) throw notLookedUp(fieldAt(one.place));
      if (one.isSelected) continue; // Deleted since it was selected.
      throw notFound(fieldAt(one.place));
    }
    const before = people.get(number);
    people.set(number, before?.optedOut ? before : personOf(number, one, contact));
  }
  if (isPersonal) await addFields([...people.values()], parts.contacts);
  const { asOf, unchecked } = found;
  const bySelection = given.some(isSelection);
  const askedAt = parts.clock.monotonic();
  return { people: [...people.values()], asOf, askedAt, unchecked, bySelection, warnings };
}

type Again = {
  /** Of those who were meant as contacts, by number. */
  contactIds?: Readonly<Record<string, string>> | undefined;
  withinMs?: number;
  /** Numbers that will be asked about next. */
  soon?: readonly string[];
};
/** What has to be known of somebody when a message goes out. */
export type Seen = Pick<Person, 'to' | 'optedOut'> & { key: PersonKey; contact: Who | undefined };
export type SeenAgain = Pick<Recipients, 'asOf' | 'unchecked'> & { people: Seen[] };

/**
 * The same people again, later: without those who are no longer that contact, since it was deleted or has another number.
 */
export async function lookAgain(
  numbers: readonly string[],
  { contactIds = {}, withinMs = PATIENCE_MS, soon = [] }: Again,
  parts: Pick<RecipientParts, 'contacts'>,
  caller: Caller,
): Promise<SeenAgain> {
  const keyOf = (to: string): PersonKey =>
    contactIds[to] === undefined ? { phone: to } : { id: contactIds[to] };
  const {
    people: found,
    asOf,
    unchecked,
    unknown,
  } = await parts.contacts.resolve(
    numbers.map(keyOf),
    { maxAgeMs: MAX_AGE_MS, withinMs, soon: soon.map(keyOf) },
    caller,
  );
  const isUnknown = new Set(unknown);
  const people = numbers.flatMap((to, index): Seen[] => {
    const contact = found[index];
    const key = keyOf(to);
    if (key.id !== undefined && contact?.phone_number !== to && !isUnknown.has(index)) return [];
    return [{ to, key, contact, optedOut: contact?.opt_out ?? false }];
  });
  return { people, asOf, unchecked };
}

/** The same, with all that is shown of them. */
export async function recheck(
  numbers: readonly string[],
  how: Again,
  parts: RecipientParts,
  caller: Caller,
): Promise<Recipients> {
  const { people: seen, ...known } = await lookAgain(numbers, how, parts, caller);
  const people = seen.map(({ to, key, contact }) => {
    const { known: isPlausible, region } = parsePhone(to, undefined);
    return personOf(to, { key, isPlausible, region }, contact);
  });
  return { ...known, people, askedAt: parts.clock.monotonic(), bySelection: false, warnings: [] };
}

async function addFields(people: readonly Person[], contacts: Contacts): Promise<void> {
  const all = await contacts.fieldsOf(people.map(({ to }) => to));
  for (const [index, person] of people.entries()) person.fields = all[index] ?? {};
}

/** The names of those who have one that is known, by number: for the few who are shown. */
export async function namesOf(
  numbers: readonly string[],
  contacts: Pick<Contacts, 'fieldsOf'>,
): Promise<ReadonlyMap<string, string>> {
  const all = await contacts.fieldsOf(numbers);
  return new Map(
    numbers.flatMap((to, index) => {
      const name = nameIn(all[index]);
      return name === undefined ? [] : [[to, name] as const];
    }),
  );
}

const fieldAt = (place: number): string => `to[${place}]`;

const personOf = (
  to: string,
  { key, isPlausible, region }: Omit<Meant, 'place'>,
  contact: Who | undefined,
): Person => ({
  to,
  ...(key.id !== undefined && { contactId: key.id }),
  region: contact?.region_code ?? region,
  isContact: contact !== undefined,
  isPlausible,
  optedOut: contact?.opt_out ?? false,
});

/** The name of somebody, where one of their fields is one. */
function nameIn(fields: Readonly<Record<string, string>> | undefined): string | undefined {
  if (fields === undefined) return undefined;
  const byKey = new Map(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value.trim()]));
  const parts = ['first name', 'first_name', 'last name', 'last_name'].map((key) => byKey.get(key));
  return byKey.get('name') || byKey.get('full name') || parts.filter(Boolean).join(' ') || undefined;
}

const notFound = (field: string): AppError =>
  new AppError('not_found', `${field} is neither a phone number nor the id of a contact.`, {
    next: 'Nothing was sent. Take ids from search_contacts, and write numbers with + and the country code.',
  });

const notLookedUp = (field: string): AppError =>
  new AppError('unavailable', `${field} could not be looked up now, so it is not known whose number it is.`, {
    next: 'Nothing was sent. Make the same call again in a minute, or give the number itself.',
  });
