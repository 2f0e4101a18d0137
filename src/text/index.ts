export { closest, fold, withinOneTypo } from './fold.ts';
export { clean, inline, inlineList, quoted } from './sanitise.ts';
