import type { Facets } from '../model/index.ts';
import type { TextQuery } from './text-query.ts';

/** What a criterion tests in a contact: each kind is tested in one way in a list and in one way in the book. */
export type Test =
  /** What many share; where that does not fit, the number may. */
  | { on: 'facets'; fits(facets: Facets): boolean; orNumber?(e164: string): boolean }
  | { on: 'number'; fits(e164: string): boolean }
  /** Milliseconds since the epoch; NaN for a contact without the time. */
  | { on: 'created_at' | 'updated_at'; fits(time: number): boolean }
  /** `undefined` for a contact without the key. */
  | { on: 'metadata'; key: string; fits(value: unknown): boolean }
  | { on: 'text'; text: TextQuery };

/** Whether a question with this criterion can be about people who are in the address book alone. */
export type AsksPeople =
  /** It is about what an address book holds. */
  | 'asks'
  /** It can be tested of them, but by itself asks for contacts. */
  | 'narrows'
  /** Only a contact of Sent has what it tests. */
  | 'never';

/** A filter of a search, declared once: how it is read, what it tests, how it reads, and of whom it can be asked. */
export type Criterion<Input> = {
  people: AsksPeople;
  /**
   * @param now milliseconds since the epoch at which the question was asked.
   * @throws AppError `invalid_input` for an input that means nothing.
   */
  read(input: Input, now: number): { tests: readonly Test[]; readAs: string };
};
export type InputOf<C> = C extends Criterion<infer Input> ? Input : never;
