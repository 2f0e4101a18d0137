import type { Settings } from '../config/index.ts';
import { oneCountry } from '../contacts/index.ts';
import { AppError } from '../errors.ts';

/**
 * The country of numbers written without a calling code: its ISO code, or the calling code itself. A setting that names
 * none counts as not set, and the sentence that says so is for the person.
 */
export function readDefaultCountry({ defaultCountry }: Pick<Settings, 'defaultCountry'>): {
  country?: string;
  mistake?: string;
} {
  if (defaultCountry === undefined) return {};
  try {
    return { country: oneCountry(defaultCountry) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      mistake:
        'SENT_DEFAULT_COUNTRY is not a country: use US, Germany or +49. It counts as not set: numbers need their + and country code.',
    };
  }
}
