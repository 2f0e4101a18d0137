export {
  bodyOf,
  CHANNELS,
  type Content,
  type ContentRequest,
  checkKind,
  readContent,
  wordsOf,
} from './content.ts';
export { fieldsAskedBy, missingField, valuesFor, type Words } from './fill.ts';
export { fingerprintOf, fingerprintOfWords } from './fingerprint.ts';
export { readSchedule } from './schedule.ts';
