import { type Criteria, criteriaOfNumbers, readCriteria, type SearchInput } from './question/index.ts';

/** What a selection is made of; all parts must hold of a contact. */
export type SelectionPart =
  /** A question, answered anew each time; spans of time count back from when it was asked. */
  { question: SearchInput; asked: number } | { numbers: readonly string[] };

/** @throws AppError `invalid_input` as `readCriteria` does. */
export const criteriaOfPart = (part: SelectionPart): Criteria =>
  'numbers' in part
    ? criteriaOfNumbers(part.numbers, listReadAs(part.numbers))
    : readCriteria(part.question, part.asked);

const listReadAs = (numbers: readonly string[]): string =>
  numbers.length === 1 ? `the number ${numbers[0]}` : `a list of ${numbers.length} numbers`;

/** The parts that another process wrote down; undefined for what are none. */
export function partsIn({ parts }: { parts?: unknown }): readonly SelectionPart[] | undefined {
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  return parts.every(isPart) ? parts : undefined;
}

function isPart(value: unknown): value is SelectionPart {
  const { question, asked, numbers } = (value ?? {}) as Record<string, unknown>;
  if (Array.isArray(numbers)) return numbers.every((number) => typeof number === 'string');
  return typeof question === 'object' && question !== null && typeof asked === 'number';
}
