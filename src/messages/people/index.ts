export {
  lookAgain,
  namesOf,
  PATIENCE_MS,
  type Person,
  type RecipientParts,
  type Recipients,
  recheck,
  resolveRecipients,
} from './recipients.ts';
