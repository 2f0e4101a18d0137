import type { Contact } from '../model/index.ts';
import type { Criteria } from './criteria.ts';
import type { Test } from './criterion.ts';
import { textFit, wordsIn } from './text-fit.ts';

/**
 * Whether a contact is one that was asked for: the reference for the search of the book, and the test of single
 * contacts. Pure.
 * @param isKnown whether some contact has a word: a typo is forgiven only where nobody has it. Default: this contact.
 */
export function matches(
  criteria: Criteria,
  contact: Contact,
  isKnown: (word: string) => boolean = knownTo([contact]),
): boolean {
  const holds = (test: Test): boolean => {
    switch (test.on) {
      case 'facets':
        return test.fits(contact) || (test.orNumber?.(contact.phone_number) ?? false);
      case 'number':
        return test.fits(contact.phone_number);
      case 'created_at':
      case 'updated_at':
        return test.fits(timeOf(contact[test.on]));
      case 'metadata': {
        const { metadata = {} } = contact;
        return test.fits(Object.hasOwn(metadata, test.key) ? metadata[test.key] : undefined);
      }
      case 'text':
        return textFit(test.text, contact, isKnown) > 0;
    }
  };
  return criteria.tests.every(holds);
}

/** The words by which any of these contacts is found. */
export function knownTo(contacts: readonly Contact[]): (word: string) => boolean {
  const words = new Set(contacts.map(wordsIn).flatMap(({ metadata, country }) => [...metadata, ...country]));
  return (word) => words.has(word);
}

/** Milliseconds since the epoch, NaN for none. A time without a zone is UTC, as the API means it. */
export const timeOf = (iso: string | undefined): number => {
  if (iso === undefined) return Number.NaN;
  return Date.parse(/T[\d:.]+$/.test(iso) ? `${iso}Z` : iso);
};
