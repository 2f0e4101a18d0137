export { type LookedUp, lookUp } from './look-up.ts';
export { MAX_PEOPLE, type Person, type RecipientParts, type Recipients, resolveRecipients } from './recipients.ts';
