import { AppError, type Consequences, type ErrorCode } from '../errors.ts';
import type { Effect } from './endpoint.ts';
import type { NoResponse, Rejection } from './reply.ts';

type Words = readonly [code: ErrorCode, message: string, next?: string, consequences?: Consequences];

const DASHBOARD = 'Ask the user to finish the set-up in the Sent dashboard.';

/** Other contacts, or other people, are not concerned. */
const ABOUT_THIS_ALONE: Consequences = { endsBatch: false, isAboutKey: false, isAboutRequest: true };
/** No limit that passes by itself in a minute. */
const USED_UP: Consequences = { isRetryable: false, isThrottled: false, endsBatch: true };

/**
 * The contract's error codes in our words. The list is open: what is missing goes by its HTTP status.
 * RESOURCE_007 and CONFLICT_001 share the status 409 and mean opposite things, so the code decides first.
 */
const BY_SENT_CODE: Record<string, Words> = {
  AUTH_001: ['unauthorized', 'Sent got no API key.'],
  AUTH_002: ['unauthorized', 'Sent does not know this API key.'],
  AUTH_004: [
    'forbidden',
    'This key may not do that, or may not act for the configured profile.',
    'Ask the user for a key with more rights, or to remove SENT_PROFILE_ID.',
  ],
  AUTH_005: ['forbidden', 'The Sent account is not activated yet.', DASHBOARD],
  AUTH_006: ['forbidden', 'The identity check of the Sent account is not finished.', DASHBOARD],
  AUTH_007: ['forbidden', 'The Sent account has no channel set up yet.', DASHBOARD],
  VALIDATION_001: ['invalid_input', 'Sent does not accept the request.'],
  VALIDATION_002: [
    'invalid_input',
    'Sent does not accept the phone number.',
    'Ask for the number with its country code, such as +14155550123, and call again.',
  ],
  VALIDATION_003: [
    'invalid_input',
    'Sent does not accept the form of the id.',
    'Take the id from search_contacts or list_templates.',
  ],
  VALIDATION_004: ['invalid_input', 'Sent misses a field.'],
  VALIDATION_005: ['invalid_input', 'A value is out of the range that Sent accepts.'],
  VALIDATION_006: ['invalid_input', 'A value is not one of those that Sent knows.'],
  VALIDATION_007: [
    'invalid_input',
    'The idempotency key has a form that Sent does not accept.',
    'Use 1 to 200 letters, digits, - and _, or leave it out.',
  ],
  VALIDATION_008: [
    'invalid_input',
    'A template parameter has content that the channel does not accept.',
    'Remove line breaks, tabs and runs of spaces from the parameters.',
  ],
  RESOURCE_001: ['not_found', 'There is no such contact.', 'Find it with search_contacts.'],
  RESOURCE_002: ['not_found', 'There is no such template.', 'Find it with list_templates.'],
  RESOURCE_003: ['not_found', 'There is no such message.', 'Use a message_id that send_message returned.'],
  RESOURCE_004: [
    'not_found',
    'Sent knows no customer for this key or profile.',
    'Ask the user to check SENT_API_KEY and SENT_PROFILE_ID.',
  ],
  RESOURCE_005: [
    'not_found',
    'The organization or profile does not exist.',
    'Ask the user to check SENT_PROFILE_ID.',
  ],
  RESOURCE_007: ['conflict', 'That exists already.'],
  RESOURCE_013: ['not_found', 'No carrier knows this number.', 'Check the number with the user.'],
  BUSINESS_001: [
    'forbidden',
    'The contact is inherited from the organization and cannot be changed here.',
    'Change it in the organization that owns it.',
    ABOUT_THIS_ALONE,
  ],
  BUSINESS_002: ['rate_limited', 'The rate limit of the Sent account is reached.'],
  BUSINESS_003: [
    'forbidden',
    'The balance of the Sent account is too low.',
    'Ask the user to top it up in the Sent dashboard.',
  ],
  BUSINESS_004: [
    'forbidden',
    'Every recipient has opted out.',
    'Respect it: do not send to them.',
    ABOUT_THIS_ALONE,
  ],
  BUSINESS_005: [
    'invalid_input',
    'The template is not approved.',
    'Choose an approved one with list_templates.',
  ],
  BUSINESS_006: ['conflict', 'The message is in a state that does not allow that.'],
  BUSINESS_007: [
    'invalid_input',
    'The channel is not available for this recipient.',
    'Leave channels out, or choose another.',
  ],
  BUSINESS_008: [
    'rate_limited',
    'A quota of the Sent account is used up.',
    'Ask the user to look at the quota in the Sent dashboard.',
    USED_UP,
  ],
  BUSINESS_012: [
    'invalid_input',
    'The template is not active on that channel.',
    'Choose another template or channel with list_templates.',
  ],
  BUSINESS_029: [
    'forbidden',
    'The sender that is set for this is not active.',
    'Ask the user to look at the senders in the Sent dashboard.',
  ],
  BUSINESS_014: [
    'forbidden',
    'The Sent account is suspended.',
    'Ask the user to contact the support of Sent.',
  ],
  LIMIT_001: [
    'rate_limited',
    'Too many scheduled messages are waiting.',
    'Wait until some are sent.',
    USED_UP,
  ],
  CONFLICT_001: [
    'conflict',
    'Sent is still working on an earlier request with this idempotency key.',
    'Wait a few seconds and make the same call with the same key: nothing happens twice.',
    { isRetryable: true, mayHaveRun: true },
  ],
  SERVICE_001: [
    'unavailable',
    'Sent could not check the idempotency key, so the request was not run and nothing was done.',
    'Call again in a minute.',
  ],
  INTERNAL_005: ['unavailable', 'Sent is in maintenance.', 'Try again later.'],
};

function byStatus(status: number): Words {
  if (status === 401) return ['unauthorized', 'Sent did not accept the API key.'];
  if (status === 403) return ['forbidden', 'Sent does not allow this to the configured key.'];
  if (status === 404) return ['not_found', 'Sent knows no such thing.'];
  if (status === 409) return ['conflict', 'Sent says that this conflicts with its present state.'];
  if (status === 408 || status >= 500) return ['unavailable', 'Sent could not answer.'];
  if (status === 429) return ['rate_limited', 'Sent asks to slow down.'];
  if (status >= 400) return ['invalid_input', 'Sent refused the request.'];
  if (status >= 300) {
    return [
      'unavailable',
      'The address of Sent points to another place, and that is never followed.',
      'Ask the user to check SENT_BASE_URL and the network.',
    ];
  }
  return ['unavailable', 'Sent answered in a way this server does not understand.'];
}

/** The rejection as the model is told it: our sentence, the refused fields, how long to wait. */
export function rejectionError(rejection: Rejection): AppError {
  const { status, sentCode, requestId, fields, retryAfterMs } = rejection;
  const [code, message, next, consequences] = (sentCode && BY_SENT_CODE[sentCode]) || byStatus(status);
  const named =
    fields.length > 0 && code === 'invalid_input'
      ? `${message.slice(0, -1)}: look at ${fields.join(', ')}.`
      : message;
  const wait = code === 'rate_limited' && retryAfterMs !== undefined;
  return new AppError(code, named, {
    next: wait ? waitStep(retryAfterMs) : next,
    sentCode,
    requestId,
    retryAfterMs,
    consequences,
  });
}

const waitStep = (ms: number): string => `Wait ${Math.ceil(ms / 1000)} seconds and call again.`;
const CHECK_ADDRESS = 'Ask the user to check the network and SENT_BASE_URL, then call again.';

/**
 * A request that got no answer which can be read.
 * @param mayHaveRun whether the API may have acted on it, or on an earlier try.
 */
export function noResponseError(reply: NoResponse, effect: Effect, mayHaveRun: boolean): AppError {
  const isForeign = reply.status !== undefined && reply.why === 'lost';
  const wasReached = reply.mayHaveRun || mayHaveRun;
  const what =
    reply.why === 'timedOut'
      ? 'Sent did not answer within the time limit'
      : reply.why === 'tooLarge'
        ? 'Sent answered with more than this server reads'
        : isForeign
          ? 'What came back is no answer of the Sent API'
          : wasReached
            ? 'The answer of Sent was lost'
            : 'Sent could not be reached';
  if (mayHaveRun) return unknownOutcome(what, effect);
  const isAddress = isForeign || !(wasReached || reply.why === 'timedOut');
  return new AppError('unavailable', `${what}${effect === 'read' ? '' : ', so this call did nothing'}.`, {
    next: isAddress ? CHECK_ADDRESS : undefined,
  });
}

/** What was rejected, though it or an earlier try of it may have been done. */
export function repetitionFailed(rejection: Rejection, effect: Effect): AppError {
  if (rejection.status >= 500 || rejection.status === 408)
    return unknownOutcome('Sent could not answer', effect, rejection);
  const { message, isAboutRequest } = rejectionError(rejection);
  const what = `A repetition was refused (${message.replace(/\.$/, '')})`;
  return unknownOutcome(what, effect, rejection, { isAboutRequest });
}

/** A call that may have been done: nothing may be claimed of it, either way. */
export function unknownOutcome(
  what: string,
  effect: Effect,
  rejection?: Rejection,
  consequences?: Consequences,
): AppError {
  return new AppError('unknown_outcome', `${what}, so it is not known whether it was done.`, {
    next:
      effect === 'billed'
        ? 'It may have been billed, and so will another one be: ask the user before calling again.'
        : undefined,
    sentCode: rejection?.sentCode,
    requestId: rejection?.requestId,
    consequences,
  });
}

/** The API has asked to wait for so long that asking again would only be refused. */
export const heldError = (waitMs: number): AppError =>
  new AppError('rate_limited', 'The rate limit of the Sent account is reached.', {
    next: waitStep(waitMs),
    retryAfterMs: waitMs,
  });

export const cancelledError = (): AppError =>
  new AppError('cancelled', 'The call was cancelled before anything was done.');
