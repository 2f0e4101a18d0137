import { AppError } from '../errors.ts';
import type { Caller } from '../runtime/index.ts';
import type { BookAnswers } from './book-answers.ts';
import type { Contact } from './model/index.ts';
import { createStored, type SearchInput, type StoredOptions } from './question/index.ts';
import { partsIn, type SelectionPart } from './selection-part.ts';

/** The people that a selection stands for, at this moment. */
export type SelectedPeople = {
  /** By number. Those with `in_sent: false` are in the address book alone. */
  contacts: readonly Contact[];
  /** Numbers of a list that no contact has, in E.164. */
  notContacts: readonly string[];
  /** What it stands for, in a few words. */
  readAs: string;
  /** False where the account has not been read whole, so that somebody may be missing. */
  complete: boolean;
  /** Milliseconds since the epoch as of which the account is known. */
  asOf: number;
  warnings: readonly string[];
};

/** Short handles for all matches of a question, or for a list. They work for 24 hours, in every process that shares the state. */
export type Selections = {
  /** @param askedAt milliseconds since the epoch from which spans of time count back. */
  ofQuestion(question: SearchInput, askedAt: number): Promise<string>;
  /** @param numbers in E.164. */
  ofNumbers(numbers: readonly string[]): Promise<string>;
  /** @returns the handle at once; `lasts` when it is written, false where it works in this process alone. */
  ofParts(parts: readonly SelectionPart[]): { handle: string; lasts: Promise<boolean> };
  /** @throws AppError `invalid_input` for a handle that is made up, of another account or too old. */
  parts(handle: string): Promise<readonly SelectionPart[]>;
  /**
   * Everybody that it stands for: a question is answered anew.
   * @throws AppError `invalid_input` as `parts` does; else as the API fails.
   */
  people(handle: string, caller: Caller): Promise<SelectedPeople>;
};

/** More contacts than any account has. */
const EVERYBODY = 10_000_000;

export function createSelections(of: StoredOptions, answers: BookAnswers): Selections {
  const stored = createStored({ ...of, log: 'selections', prefix: 'sel_' }, (entry) => {
    const parts = partsIn(entry);
    return parts && { parts };
  });
  const ofParts = (chosen: readonly SelectionPart[]) => stored.put({ parts: chosen });
  const written = async (chosen: readonly SelectionPart[]): Promise<string> => {
    const { handle, lasts } = ofParts(chosen);
    await lasts;
    return handle;
  };

  async function partsOf(handle: string): Promise<readonly SelectionPart[]> {
    const given = handle.trim();
    const found = await stored.get(given);
    if (found !== undefined) return found.parts;
    const isPlan = /^(send|update|delete)_/.exec(given)?.[1];
    throw new AppError(
      'invalid_input',
      isPlan ? 'That is a plan, not a selection.' : 'The selection is unknown or older than a day.',
      {
        next: isPlan
          ? 'Give it as plan to the tool that made it.'
          : 'Ask search_contacts the same question again: it gives a new selection.',
      },
    );
  }

  return {
    ofQuestion: (question, asked) => written([{ question, asked }]),
    ofNumbers: (numbers) => written([{ numbers: [...new Set(numbers)] }]),
    ofParts,
    parts: partsOf,
    async people(handle, caller) {
      const parts = await partsOf(handle);
      const asked = { sort: 'phone_number', limit: EVERYBODY, without: [] } as const;
      const { found, criteria, state, warnings } = await answers.find(parts, asked, caller);
      const known = new Set(found.contacts.map(({ phone_number }) => phone_number));
      const listed = parts.flatMap((part) => ('numbers' in part ? part.numbers : []));
      const isFiltered = parts.some((part) => 'question' in part);
      return {
        contacts: found.contacts,
        notContacts: isFiltered ? [] : listed.filter((number) => !known.has(number)),
        readAs: criteria.readAs || 'all contacts',
        complete: state.complete,
        asOf: state.asOf,
        warnings,
      };
    },
  };
}
