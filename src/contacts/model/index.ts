export {
  type Contact,
  type Facets,
  type FullContact,
  toContact,
  toFullContact,
  type Who,
  withFormats,
} from './contact.ts';
export { type CountryChoice, countryName, countryWords, findCountry, oneCountry } from './country.ts';
export { readMoment } from './moment.ts';
export {
  callingCodeLength,
  callingCodeOf,
  type ExaminedNumber,
  examinePhone,
  parsePhone,
  plainDigits,
  toE164,
} from './phone.ts';
