import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError, ERROR_CODES, errorText, toAppError } from '../src/errors.ts';

test.each(ERROR_CODES)('%s reads in two lines, with a next step', (code) => {
  expect(errorText(new AppError(code, 'One sentence.'))).toMatchSnapshot();
});

test.each(ERROR_CODES)('what follows from %s, wherever it is met', (code) => {
  const { isRetryable, isThrottled, mayHaveRun, isAboutRequest, isAboutKey, endsBatch } = new AppError(
    code,
    'No.',
  );
  const all = { isRetryable, isThrottled, mayHaveRun, isAboutRequest, isAboutKey, endsBatch };
  expect(Object.entries(all).flatMap(([name, holds]) => (holds ? [name] : []))).toMatchSnapshot();
});

test('one failure may differ from the others of its code, and keeps that under other words', () => {
  const quota = new AppError('rate_limited', 'Used up.', {
    retryAfterMs: 7_000,
    consequences: { isThrottled: false, endsBatch: true },
  }).with({ next: 'Ask.' });
  expect(quota).toMatchObject({
    isThrottled: false,
    endsBatch: true,
    isRetryable: true,
    retryAfterMs: 7_000,
    next: 'Ask.',
  });
});

test('the Sent code and the request id stand in brackets', () => {
  const error = new AppError('invalid_input', 'No.', {
    sentCode: 'VALIDATION_002',
    requestId: 'req_abc',
    next: 'Do.',
  });
  expect(errorText(error)).toBe('invalid_input: No. [VALIDATION_002, req_abc]\nNext: Do.');
  expect(errorText(new AppError('invalid_input', 'No.', { requestId: 'r', next: 'Do.' }))).toContain(
    'No. [r]\n',
  );
});

test('what is no AppError shows none of its words', () => {
  expect(errorText(toAppError(new Error('key sk_live_1 at +14155550123')))).not.toMatch(/sk_live|415/);
});

test('other words keep the code and its marks', () => {
  const error = new AppError('conflict', 'A.', { next: 'B.', sentCode: 'CONFLICT_001', requestId: 'r' });
  expect(errorText(error.with({ next: 'C.' }))).toBe('conflict: A. [CONFLICT_001, r]\nNext: C.');
  expect(errorText(error.with({ message: 'D.' }))).toBe('conflict: D. [CONFLICT_001, r]\nNext: B.');
});

test('no other file lists codes: what follows from one is read from its definition', () => {
  const code = `'(?:${ERROR_CODES.join('|')})'`;
  const list = new RegExp(`${code},\\s*${code}|code [!=]== ${code} (?:\\|\\||&&) [\\w.]*code [!=]== `);
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => join('src', name))
    .filter((name) => name.endsWith('.ts') && name !== join('src', 'errors.ts'));
  expect(files.filter((name) => list.test(readFileSync(name, 'utf8')))).toEqual([]);
  expect(list.test("['unauthorized', 'forbidden']")).toBe(true);
  expect(list.test("error.code === 'conflict' || error.code === 'cancelled'")).toBe(true);
});
