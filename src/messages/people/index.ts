export {
  type Person,
  type RecipientParts,
  type Recipients,
  recheck,
  resolveRecipients,
} from './recipients.ts';
export { type Selections, selectionsOf } from './selections.ts';
