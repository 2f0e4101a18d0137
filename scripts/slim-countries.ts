import { countries } from 'countries-list';

/** What src/contacts/country.ts reads of the list. */
export const slimCountries = () =>
  Object.fromEntries(
    Object.entries(countries).map(([code, { name, native, languages }]) => [code, { name, native, languages }]),
  );
