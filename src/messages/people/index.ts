export {
  type Person,
  type RecipientParts,
  type Recipients,
  recheck,
  resolveRecipients,
} from './recipients.ts';
