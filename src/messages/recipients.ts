import { setMaxListeners } from 'node:events';
import type { Contacts } from '../contacts/index.ts';
import { parsePhone, toContact } from '../contacts/index.ts';
import { AppError } from '../errors.ts';
import type { Caller, Clock } from '../runtime/index.ts';
import type { SentClient } from '../sent/index.ts';
import type { Recipient } from './plan.ts';

/** Up to so many people are looked up one by one; for more the directory is read. */
const FEW = 10;
const AT_ONCE = 5;
/** Longest that looking for opt-outs may hold up a send: Sent filters them itself as well. */
const PATIENCE_MS = 10_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A number is made of digits and the marks around them; everything else is an id. */
const isNumber = (text: string): boolean =>
  !UUID.test(text) && /^(tel:)?[+(\s]*\p{Nd}[\p{Nd}\s().\-\u2010-\u2015/;=\p{Cf}]*$/u.test(text);

/**
 * The people that numbers and contact ids stand for, whether they are known to have opted out, and their fields.
 * @throws AppError `invalid_input` for a number that is none, `not_found` for an unknown id; each names its place.
 */
export async function resolveRecipients(
  to: readonly string[],
  parts: {
    contacts: Contacts;
    client: SentClient;
    clock: Clock;
    defaultCountry: string | undefined;
    /** Whether the message asks for fields of each of them. */
    personal: boolean;
  },
  caller: Caller,
): Promise<{ recipients: Recipient[]; warnings: string[]; unchecked: boolean }> {
  const { contacts, client } = parts;
  const { directory } = contacts;
  const entries = to.map((text, index) => {
    const given = text.trim();
    if (!isNumber(given)) return { id: given, field: `to[${index}]` };
    const number = parsePhone(given, parts.defaultCountry, `to[${index}]`);
    return { phone: number.e164, known: number.known, field: `to[${index}]` };
  });
  const warnings: string[] = [];
  if (entries.some((entry) => entry.known === false)) {
    warnings.push('No numbering plan knows some of the numbers; Sent decides whether they can be reached.');
  }
  const fromDirectory = entries.length > FEW;
  const unchecked: string[] = [];
  if (fromDirectory) {
    const reading = await directory.ready(caller).catch((error: unknown) => {
      unchecked.push(tolerable(error).code);
      return undefined;
    });
    if (reading && !reading.complete) unchecked.push('the account has not been read whole yet');
  }

  const lookUps = new AbortController();
  setMaxListeners(4 * AT_ONCE, lookUps.signal); // Each look-up listens, and each wait; more would be a leak.
  const hurry = () => lookUps.abort();
  caller.signal.addEventListener('abort', hurry, { once: true });
  void parts.clock.sleep(PATIENCE_MS, lookUps.signal).then(hurry);

  const resolve = async (entry: (typeof entries)[number]): Promise<Recipient> => {
    if (entry.id !== undefined) {
      const known = fromDirectory ? directory.book.get(entry.id) : undefined;
      const contact =
        known ?? toContact(await client.getContact(entry.id, caller).catch(naming(entry.field)));
      directory.saw([contact]);
      return { to: contact.phone_number, optedOut: contact.opt_out };
    }
    const known = fromDirectory ? directory.book.byPhone(entry.phone) : undefined;
    if (known || fromDirectory || unchecked.length > 0)
      return { to: entry.phone, optedOut: known?.opt_out ?? false };
    const waiting = { ...caller, signal: lookUps.signal };
    const found = await contacts.finder.byNumber(entry.phone, waiting).catch((error: unknown) => {
      const late = lookUps.signal.aborted && !caller.signal.aborted;
      unchecked.push(late ? 'it took too long' : tolerable(error).code);
      return undefined;
    });
    if (found) directory.saw([toContact(found)]);
    return { to: entry.phone, optedOut: found?.opt_out ?? false };
  };

  const recipients: Recipient[] = [];
  try {
    for (let start = 0; start < entries.length; start += AT_ONCE) {
      recipients.push(...(await Promise.all(entries.slice(start, start + AT_ONCE).map(resolve))));
    }
  } finally {
    caller.signal.removeEventListener('abort', hurry);
    hurry();
  }
  if (parts.personal) {
    for (const recipient of recipients) recipient.fields = (await contacts.fieldsOf(recipient.to)) ?? {};
  }
  if (unchecked.length > 0) {
    warnings.push(`Opt-outs could not all be checked before (${unchecked[0]}); Sent filters them itself.`);
  }
  return { recipients, warnings, unchecked: unchecked.length > 0 };
}

/** A look-up that failed only leaves an opt-out unchecked, unless the send would fail for the same reason. */
function tolerable(error: unknown): AppError {
  if (!(error instanceof AppError) || error.endsBatch) throw error;
  return error;
}

const naming = (field: string) => (error: unknown) => {
  if (!(error instanceof AppError && error.isAboutRequest)) throw error;
  throw error.with({
    message: `${field} is neither a phone number nor the id of a contact.`,
    next: 'Nothing was sent. Take ids from search_contacts, and write numbers with + and the country code.',
  });
};
