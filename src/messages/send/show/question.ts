import { countryName } from '../../../contacts/index.ts';
import { inline, sanitise } from '../../../text/index.ts';
import { bodyOf, wordsOf } from '../../content/index.ts';
import { leftPeople, peopleOf, type SendRecord } from '../../record/index.ts';
import { type PreviewParts, previewFacts } from './preview.ts';

/** People that the question names. */
const MAX_NAMED = 5;
const MAX_COUNTRIES = 6;

/**
 * The question for the person: the whole text, who and how many of those still to be sent to, where they are, and what
 * is not certain.
 */
export function questionFor(record: SendRecord, parts: PreviewParts, unsure: readonly string[]): string {
  const { content } = record.plan;
  const facts = previewFacts(record, parts);
  const left = leftPeople(record);
  const named = left.slice(0, MAX_NAMED).map((to) => {
    const name = parts.names.get(to);
    return name === undefined ? to : `${inline(name, 60)} (${to})`;
  });
  const more = left.length > named.length ? ` and ${left.length - named.length} more` : '';
  const where =
    content.channels.length > 0 ? `on ${content.channels.join(' and ')}` : 'on the channel that Sent chooses';
  const all = peopleOf(record.plan).length;
  const count = left.length === 1 ? '1 person' : `${left.length} people`;
  const remaining =
    left.length < all && record.startedAt !== undefined ? `the remaining ${count} of ${all}` : count;
  const messages = facts.messages === left.length ? '' : `, ${facts.messages} messages in all`;
  const when = content.scheduled_at === undefined ? '' : `, at ${content.scheduled_at}`;
  return [
    `Send ${content.text === undefined ? 'this template' : 'this text'} to ${remaining} ${where}${messages}${when}? It cannot be taken back${content.scheduled_at === undefined ? '' : ' once it is sent'}.`,
    wordsShown(record),
    `To: ${named.join(', ')}${more}`,
    `Countries: ${countriesShown(facts.countries)}`,
    ...(unsure.length > 0 ? [`Not certain: ${unsure.join(' ')}`] : []),
  ].join('\n\n');
}

/** The text as it reads, whole; with fields in it also as its first recipient gets it. */
function wordsShown({ plan }: SendRecord): string {
  const { content, requests } = plan;
  const [first] = requests;
  const filled = first?.values && bodyOf(content, first.values);
  if (content.text !== undefined) {
    const example = filled?.text === undefined ? '' : `\n\nFor the first: “${whole(filled.text)}”`;
    return `“${whole(content.text)}”${example}`;
  }
  const values = Object.entries(wordsOf(content)).map(([name, value]) => {
    const own = filled?.template?.parameters?.[name];
    const example = own === undefined || own === value ? '' : ` (for the first: ${onOneLine(own)})`;
    return `${onOneLine(name)}: ${onOneLine(value)}${example}`;
  });
  return [`Template “${onOneLine(content.template?.name ?? '')}”`, ...values].join('\n');
}

function countriesShown(countries: Readonly<Record<string, number>>): string {
  const all = Object.entries(countries);
  const shown = all
    .slice(0, MAX_COUNTRIES)
    .map(([region, people]) => `${region === 'unknown' ? region : countryName(region)} ${people}`);
  return `${shown.join(', ')}${all.length > shown.length ? ` and ${all.length - shown.length} more` : ''}`;
}

const whole = (text: string): string => sanitise(text, text.length);
const onOneLine = (text: string): string => whole(text).replace(/\s+/g, ' ');
