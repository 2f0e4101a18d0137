export { type Account, readAccount } from './account.ts';
export { type BulkPreview, type BulkResult, changesText } from './bulk/index.ts';
export { type Changes, DRY_RUN_NOT_CONFIRMED, type MutationResult } from './changes/index.ts';
export { type Contacts, createContacts, type NumberFacts } from './contacts.ts';
export { csvOf } from './csv-of.ts';
export {
  createRefreshThrottle,
  type PersonKey,
  type RefreshThrottle,
  type Resolved,
} from './directory/index.ts';
export {
  alreadyThere,
  type ImportResult,
  previewOf,
  type RowOutcome,
  resultOf,
  runImport,
  withDoubtful,
} from './import/index.ts';
export {
  type Contact,
  countryName,
  type FullContact,
  oneCountry,
  parsePhone,
  readMoment,
  toContact,
  toE164,
  type Who,
} from './model/index.ts';
export { type AddressBookSource, createAddressBook } from './people/index.ts';
export { createCursors, type StoredOptions } from './question/index.ts';
export type { Question, SearchResult } from './search-request.ts';
export type { SelectedPeople, Selections } from './selections.ts';
