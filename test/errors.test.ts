import { expect, test } from 'vitest';
import { AppError, ERROR_CODES, errorText, toAppError } from '../src/errors.ts';

test.each(ERROR_CODES)('%s reads in two lines, with a next step', (code) => {
  expect(errorText(new AppError(code, 'One sentence.'))).toMatchSnapshot();
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
