import { bodyOf } from '../../content/index.ts';
import type { Recipients } from '../../people/index.ts';
import { leftOf, leftPeople, type SendRecord, standingOf } from '../../record/index.ts';
import { eachChannel } from '../accepted.ts';
import {
  contentFacts,
  isoOf,
  limited,
  MAX_SHOWN,
  type PreviewFacts,
  type SendResult,
  type ShownMessage,
} from '../result.ts';

const MAX_NUMBERS = 20;
/** What one request takes where no limit holds it up. */
const REQUEST_MS = 300;

/** The latest that is known of the people of a plan, and how long so many requests take under the limit of sends. */
export type PreviewParts = {
  recipients: Recipients;
  /** Of the first `MAX_SHOWN` who are still to be sent to, by number. */
  names: ReadonlyMap<string, string>;
  msUntilSent: (requests: number) => number;
  price?: number | undefined;
};

/** What the plan comes to for those who are still to be sent to. */
export function previewFacts(
  record: SendRecord,
  { recipients, msUntilSent, price }: Omit<PreviewParts, 'names'>,
): PreviewFacts {
  const left = new Set(leftPeople(record));
  const people = recipients.people.filter(({ to }) => left.has(to));
  const countries: Record<string, number> = {};
  for (const { region = 'unknown' } of people) countries[region] = (countries[region] ?? 0) + 1;
  const requests = record.plan.requests.filter((request) =>
    leftOf(record, request).some((to) => left.has(to)),
  );
  const strangers = people.filter(({ isContact }) => !isContact).map(({ to }) => to);
  const odd = people.filter(({ isPlausible }) => !isPlausible).map(({ to }) => to);
  return {
    people: left.size,
    messages: left.size * Math.max(1, record.plan.content.channels.length),
    countries: Object.fromEntries(Object.entries(countries).sort(([, a], [, b]) => b - a)),
    requests: requests.length,
    takes_seconds: Math.ceil(Math.max(requests.length * REQUEST_MS, msUntilSent(requests.length)) / 1000),
    ...(price !== undefined && { price }),
    ...(recipients.asOf > 0 && { opt_outs_as_of: isoOf(recipients.asOf) }),
    ...(strangers.length > 0 && { not_yet_contacts: strangers.slice(0, MAX_NUMBERS) }),
    ...(odd.length > 0 && { in_no_numbering_plan: odd.slice(0, MAX_NUMBERS) }),
  };
}

/** Everything that is decided, and nothing done: the messages as they will read, letter by letter. */
export function previewOf(
  record: SendRecord,
  parts: PreviewParts,
  warnings: readonly string[],
  next: string,
): SendResult {
  const { plan } = record;
  const left = new Set(leftPeople(record));
  const messages = plan.requests.flatMap((request): ShownMessage[] => {
    const { text, template } = bodyOf(plan.content, request.values);
    const words = {
      ...(text !== undefined && { text }),
      ...(template?.parameters && { parameters: template.parameters }),
    };
    return request.to
      .filter((to) => left.has(to))
      .flatMap((to) => eachChannel(to, plan.content.channels))
      .map((one) => ({
        ...one,
        ...(parts.names.has(one.to) && { name: parts.names.get(one.to) }),
        ...words,
      }));
  });
  // The same words for everybody are said once.
  const isPersonal = plan.requests.some(({ values }) => values !== undefined);
  const shown = messages.map((one, index) => {
    const { text: _, parameters: _too, ...rest } = one;
    return isPersonal || index === 0 ? one : rest;
  });
  const { skipped } = standingOf(record);
  return {
    status: 'preview',
    plan: plan.id,
    accepted: 0,
    ...limited({ messages: shown, not_sent: [], unknown: [], skipped }, MAX_SHOWN),
    ...contentFacts(record),
    preview: previewFacts(record, parts),
    next,
    ...(warnings.length > 0 && { warnings }),
  };
}
