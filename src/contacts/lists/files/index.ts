export { type CsvRecord, readCsv } from './csv.ts';
export { decodeText } from './decode.ts';
export { isVcard, readVcards } from './vcard.ts';
export { withoutPhotographs } from './vcard-bytes.ts';
