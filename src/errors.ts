/** What follows from a failure, whoever meets it. What is not named is not so. */
export type Consequences = {
  /** The same call may go well later: nothing is wrong with what was asked. Where it may have run, see below. */
  isRetryable?: boolean;
  /** It was held back unseen by a limit that passes by itself: it goes out again when the limit is over. */
  isThrottled?: boolean;
  /** It may have been done all the same: only what is safe to repeat may be tried again. */
  mayHaveRun?: boolean;
  /** What was asked for is not there or was not well asked; everything else would go well. */
  isAboutRequest?: boolean;
  /** The key or the account may not do it, until its owner changes that. */
  isAboutKey?: boolean;
  /** Whatever else is asked now would fail alike, so that a batch ends here. */
  endsBatch?: boolean;
};
/** `next` is the step to take where the place that failed knows no better one. */
type Definition = Consequences & { next: string };

/**
 * What can go wrong, as the model is told it, and what follows from it. The list is closed: every failure has one of
 * these codes, and nothing outside of this file lists them.
 */
const CODES = {
  invalid_input: { next: 'Correct the named fields and call again.', isAboutRequest: true },
  unauthorized: {
    next: 'Ask the user to set SENT_API_KEY to a key of the Sent account and restart the server.',
    isAboutKey: true,
    endsBatch: true,
  },
  forbidden: {
    next: 'Ask the user to look at the rights and status of the account in the Sent dashboard.',
    isAboutKey: true,
    endsBatch: true,
  },
  not_found: {
    next: 'Look it up with search_contacts, list_templates or get_message and use the id given there.',
    isAboutRequest: true,
  },
  conflict: { next: 'Look at the present state first, then decide whether the call is still needed.' },
  rate_limited: { next: 'Wait a minute and call again.', isRetryable: true, isThrottled: true },
  unavailable: {
    next: 'Try again in a minute; if it lasts, ask the user to check the network and the status of Sent.',
    isRetryable: true,
  },
  unknown_outcome: { next: 'Check whether it happened before doing it again.', mayHaveRun: true },
  cancelled: { next: 'Nothing to do; call again if it is still wanted.', endsBatch: true },
  internal: {
    next: 'Try once more; if it happens again, report it with the log of the server.',
    endsBatch: true,
  },
} as const satisfies Record<string, Definition>;

export type ErrorCode = keyof typeof CODES;
export const ERROR_CODES = Object.keys(CODES) as readonly ErrorCode[];

export type ErrorFacts = {
  /** What to do now, a sentence. Default: the usual step for the code. */
  next?: string | undefined;
  /** The API's own error code, such as `VALIDATION_002`. */
  sentCode?: string | undefined;
  /** The API's id of the request, for its support. */
  requestId?: string | undefined;
  /** How long the API asks to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Where they differ from those of the code. */
  consequences?: Consequences | undefined;
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
  readonly retryAfterMs: number | undefined;
  readonly isRetryable: boolean;
  readonly isThrottled: boolean;
  readonly mayHaveRun: boolean;
  readonly isAboutRequest: boolean;
  readonly isAboutKey: boolean;
  readonly endsBatch: boolean;
  readonly #facts: ErrorFacts;

  /** @param message one sentence, ending in a full stop. */
  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message);
    const definition: Definition = { ...CODES[code], ...facts.consequences };
    this.code = code;
    this.next = facts.next ?? definition.next;
    this.sentCode = facts.sentCode;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.isRetryable = definition.isRetryable ?? false;
    this.isThrottled = definition.isThrottled ?? false;
    this.mayHaveRun = definition.mayHaveRun ?? false;
    this.isAboutRequest = definition.isAboutRequest ?? false;
    this.isAboutKey = definition.isAboutKey ?? false;
    this.endsBatch = definition.endsBatch ?? false;
    this.#facts = facts;
  }

  /** The same failure with another sentence or next step, for a caller that knows what was meant. */
  with(words: { message?: string; next?: string }): AppError {
    return new AppError(this.code, words.message ?? this.message, {
      ...this.#facts,
      next: words.next ?? this.next,
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
