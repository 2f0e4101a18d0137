import { AppError } from '../../../errors.ts';
import { MAX_RECIPIENTS } from '../../../sent/index.ts';
import { closest, fold, inlineList } from '../../../text/index.ts';
import {
  type Content,
  fieldsAskedBy,
  fingerprintOf,
  fingerprintOfWords,
  missingField,
  valuesFor,
  wordsOf,
} from '../../content/index.ts';
import type { Person } from '../../people/index.ts';
import type { PlannedRequest, SendPlan, Skipped } from '../../record/index.ts';

export type Draft = {
  id: string;
  content: Content;
  people: readonly Person[];
  again: boolean;
  dryRun: boolean;
  userKey: string | undefined;
  warnings: readonly string[];
};

/**
 * Decides who gets what. People whose fields differ go in separate requests; one whose field is not known is skipped,
 * as is one who has opted out. Pure: the same draft is always the same plan.
 * @throws AppError `invalid_input` where nobody has a field that the words need.
 */
export function decide({ id, content, people, again, dryRun, userKey, warnings }: Draft): SendPlan {
  const words = wordsOf(content);
  const isPersonal = fieldsAskedBy(words).length > 0;
  const filled: readonly Filled[] = isPersonal
    ? people.map((person) => ({ ...person, values: valuesFor(words, person.fields) }))
    : people;
  checkFields(content, filled);

  const skipped: Skipped[] = [];
  const groups = new Map<string, { to: string[]; values?: Record<string, string> }>();
  for (const { to, optedOut, values } of filled) {
    const missing = values && missingField(words, values);
    if (optedOut) skipped.push({ to, reason: 'opted_out' });
    else if (missing !== undefined) skipped.push({ to, reason: `no value for ${missing}` });
    else {
      const key = JSON.stringify(values ?? null);
      const group = groups.get(key);
      if (group) group.to.push(to);
      else groups.set(key, { to: [to], ...(values && { values }) });
    }
  }
  const contactIds = filled.flatMap(({ to, contactId }) =>
    contactId === undefined ? [] : [[to, contactId]],
  );
  return {
    id,
    fingerprint: fingerprintOf(content, filled),
    words: fingerprintOfWords(content),
    content,
    requests: [...groups.values()].flatMap(inRequests),
    skipped,
    ...(contactIds.length > 0 && { contactIds: Object.fromEntries(contactIds) }),
    ...(again && { again }),
    ...(dryRun && { dryRun }),
    ...(userKey !== undefined && { userKey }),
    warnings: [...warnings, ...fallbackWarnings(content, filled)],
  };
}

function inRequests({ to, ...filled }: { to: string[]; values?: Record<string, string> }): PlannedRequest[] {
  const requests: PlannedRequest[] = [];
  for (let start = 0; start < to.length; start += MAX_RECIPIENTS) {
    requests.push({ to: to.slice(start, start + MAX_RECIPIENTS), ...filled });
  }
  return requests;
}

type Filled = Person & { values?: Record<string, string> };

/** The fields that nobody has. */
const fieldsOfNobody = (content: Content, people: readonly Filled[]) =>
  fieldsAskedBy(wordsOf(content)).filter(({ field }) => people.every(({ values }) => !values?.[field]));

function checkFields(content: Content, people: readonly Filled[]): void {
  const [missing] = fieldsOfNobody(content, people).filter(({ isNeeded }) => isNeeded);
  if (missing === undefined || people.length === 0) return;
  const known = [...new Set(people.flatMap(({ fields = {} }) => Object.keys(fields)))];
  const near = closest(fold(missing.field), new Set(known.map(fold)), 3);
  const names = near.length > 0 ? known.filter((name) => near.includes(fold(name))) : known;
  throw new AppError(
    'invalid_input',
    `Nobody of the recipients has a field ${inlineList([missing.field])}.`,
    {
      next: `Nothing was sent. ${names.length > 0 ? `Known are: ${inlineList(names)}. ` : ''}Write a known field, words for those who have none ({name|friend}), or no braces.`,
    },
  );
}

const fallbackWarnings = (content: Content, people: readonly Filled[]): string[] =>
  fieldsOfNobody(content, people).map(
    ({ field }) => `Nobody has a field ${inlineList([field])}: all get the words given for those without it.`,
  );
