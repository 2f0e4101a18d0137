/** What can go wrong, as the model is told it. The list is closed: every failure has one of these codes. */
export const ERROR_CODES = [
  'invalid_input',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'rate_limited',
  'unavailable',
  'unknown_outcome',
  'cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The step to take where the place that failed knows no better one. */
const NEXT_STEP: Record<ErrorCode, string> = {
  invalid_input: 'Correct the named fields and call again.',
  unauthorized: 'Ask the user to set SENT_API_KEY to a key of their Sent account and to restart the server.',
  forbidden: 'Ask the user to look at the rights and status of the account in the Sent dashboard.',
  not_found: 'Look it up with search_contacts, list_templates or get_message and use the id given there.',
  conflict: 'Look at the present state first, then decide whether the call is still needed.',
  rate_limited: 'Wait a minute and call again.',
  unavailable:
    'Try again in a minute; if it lasts, ask the user to check the network and the status of Sent.',
  unknown_outcome: 'Check whether it happened before doing it again.',
  cancelled: 'Nothing to do; call again if it is still wanted.',
  internal: 'Try once more; if it happens again, report it with the log of the server.',
};

export type ErrorFacts = {
  /** What to do now, a sentence. Default: the usual step for the code. */
  next?: string | undefined;
  /** The API's own error code, such as `VALIDATION_002`. */
  sentCode?: string | undefined;
  /** The API's id of the request, for its support. */
  requestId?: string | undefined;
};

/**
 * A failure that may be shown to the model and to the person: its words are ours, and hold no key, no phone number
 * and no text of the network. Everything else that is thrown is shown as `internal`, without its words.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly next: string;
  readonly sentCode: string | undefined;
  readonly requestId: string | undefined;

  /** @param message one sentence, ending in a full stop. */
  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message);
    this.code = code;
    this.next = facts.next ?? NEXT_STEP[code];
    this.sentCode = facts.sentCode;
    this.requestId = facts.requestId;
  }

  /** The same failure with another sentence or next step, for a caller that knows what was meant. */
  with(words: { message?: string; next?: string }): AppError {
    return new AppError(this.code, words.message ?? this.message, {
      next: words.next ?? this.next,
      sentCode: this.sentCode,
      requestId: this.requestId,
    });
  }
}

/** Any thrown value as an `AppError`; what is not one becomes `internal`, its own words left out. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError
    ? thrown
    : new AppError('internal', 'Something failed inside this server.');
}

/** The two lines that a failed call answers: `<code>: <sentence> [<Sent code>, <request id>]` and `Next: <step>`. */
export function errorText(error: AppError): string {
  const marks = [error.sentCode, error.requestId].filter((mark) => mark !== undefined).join(', ');
  const line = (sentence: string): string => sentence.replace(/[\r\n\u2028\u2029]+/g, ' ');
  return `${error.code}: ${line(error.message)}${marks && ` [${marks}]`}\nNext: ${line(error.next)}`;
}
