export { editDistance } from './edit-distance.ts';
export { closest, fold, withinOneTypo } from './fold.ts';
export { inline, inlineList, quoted, sanitise } from './sanitise.ts';
