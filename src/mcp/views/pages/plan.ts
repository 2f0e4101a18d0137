import { bars, type Count } from './chart.ts';
import {
  element,
  figures,
  numberIn,
  recordsIn,
  section,
  showPage,
  textIn,
  textsIn,
  warnings,
} from './element.ts';
import { connectHost } from './host.ts';
import { createTable, words as own, phone, type Row } from './table.ts';
import { plain, type Words, wordsOf } from './words.ts';

/**
 * What will be done to whom, before it is done; and afterwards what came of it. It shows and does nothing: the person
 * answers the question of the host.
 */
connectHost((data, host) => {
  const words = wordsOf(host);
  if (data.status === undefined) showOne(data);
  else if (data.status === 'preview') showPlan(data, words);
  else showOutcome(data, words);
});

type Figure = readonly [value: string, label: string, tone?: string];
const FIRST_SHOWN = 3;

function showPlan(data: Row, words: Words): void {
  const facts = { ...data, ...(data.preview as Row | undefined) };
  const figure = (value: unknown, label: string): Figure[] =>
    value === undefined ? [] : [[words.number(numberIn(value)), label]];
  const unsure: [string, unknown][] = [
    ['Not contacts yet', facts.not_yet_contacts],
    ['In no numbering plan', facts.in_no_numbering_plan],
  ];
  showPage(
    element('h1', {}, 'Plan: nothing is done yet'),
    figures([
      ...figure(facts.people ?? facts.count, 'people'),
      ...figure(facts.messages, 'messages').filter(() => typeof facts.messages === 'number'),
      ...figure(facts.requests, 'requests'),
      ...figure(facts.takes_seconds ?? facts.seconds, 'seconds'),
      ...(numberIn(facts.opted_out) > 0
        ? [[words.number(numberIn(facts.opted_out)), 'have opted out', 'unsure'] as const]
        : []),
    ]),
    warnings(data.warnings),
    unsure.map(([title, list]) => numbersSection(title, textsIn(list))),
    wordsSection(recordsIn(data.messages), textIn((data.template as Row | undefined)?.name)),
    countriesSection(facts.countries, words),
    peopleSection('The first', recordsIn(data.first), words),
    skippedSection(recordsIn(data.skipped), words),
    element('p', { class: 'quiet' }, textIn(data.read_as)),
    facts.opt_outs_as_of !== undefined &&
      element('p', { class: 'quiet' }, `Opt-outs as of ${words.time(facts.opt_outs_as_of)}`),
  );
}

/** How the text reads for the first few, at the width of a phone. */
function wordsSection(messages: readonly Row[], template: string): HTMLElement | undefined {
  const bubbles = messages.filter(({ text, parameters }) => text !== undefined || parameters !== undefined);
  if (bubbles.length === 0 && template === '') return undefined;
  return section(
    template === '' ? 'As it will read' : `Template ${template}`,
    element(
      'div',
      { class: 'phones' },
      bubbles
        .slice(0, FIRST_SHOWN)
        .map(({ to, name, text, parameters }) =>
          element(
            'div',
            { class: 'bubble' },
            element('small', {}, name ? own(textIn(name)) : phone(to)),
            element('span', { dir: 'auto' }, text === undefined ? valuesOf(parameters as Row) : textIn(text)),
          ),
        ),
    ),
  );
}
const valuesOf = (parameters: Row): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}: ${textIn(value)}`)
    .join('\n');

/** By country, given as a list or as counts by code. */
function countriesSection(countries: unknown, words: Words): HTMLElement | undefined {
  const list = Array.isArray(countries)
    ? recordsIn(countries).map(({ country, count }) => [textIn(country), count] as const)
    : Object.entries((countries ?? {}) as Row);
  const counts: Count[] = list.map(([code, count]) => ({
    value: words.country(code) || code,
    count: numberIn(count),
  }));
  return counts.length > 0 ? section('By country', bars('People by country', counts, words)) : undefined;
}

const numbersSection = (title: string, numbers: readonly string[]): HTMLElement | undefined =>
  numbers.length > 0
    ? element(
        'div',
        { role: 'note', class: 'warning' },
        element('h2', {}, title),
        numbers.map((number) => element('p', {}, phone(number))),
      )
    : undefined;

/** People skipped one by one, or counted by reason. */
function skippedSection(skipped: readonly Row[], words: Words): HTMLElement | undefined {
  if (skipped.some(({ count }) => count !== undefined)) {
    const counts = skipped.map(({ reason, count }) => ({
      value: plain(textIn(reason)),
      count: numberIn(count),
      tone: 'unsure',
    }));
    return section('Skipped', bars('Skipped', counts, words));
  }
  return peopleSection('Skipped', skipped, words);
}

function peopleSection(title: string, people: readonly Row[], words: Words): HTMLElement | undefined {
  if (people.length === 0) return undefined;
  const numberOf = ({ to, phone_number }: Row): string => textIn(to ?? phone_number);
  const why = ({ reason, code, status }: Row): string => plain(textIn(reason ?? code ?? status));
  const nameOf = ({ name, metadata }: Row): string => textIn(name ?? (metadata as Row | undefined)?.name);
  const columns = [
    { title: 'Name', text: nameOf, cell: (row: Row) => own(nameOf(row)) },
    { title: 'Number', text: numberOf, cell: (row: Row) => phone(numberOf(row)) },
    { title: 'Why', text: why, cell: (row: Row) => own(why(row)) },
  ].filter(({ title: name, text }) => name === 'Number' || people.some((row) => text(row) !== ''));
  return section(title, createTable({ label: title, columns, words }, people));
}

function showOutcome(data: Row, words: Words): void {
  const count = (value: unknown): number => (Array.isArray(value) ? value.length : numberIn(value));
  const list = ([value, label, tone]: readonly [unknown, string, string]): Figure[] =>
    count(value) > 0 ? [[words.number(count(value)), label, tone]] : [];
  const unknown = textsIn(data.unknown);
  showPage(
    element('h1', {}, plain(textIn(data.status))),
    figures([
      ...list([data.accepted, 'accepted by Sent, not yet delivered', 'good']),
      ...list([data.done, 'done', 'good']),
      ...list([data.not_sent, 'not sent', 'bad']),
      ...list([data.failed, 'failed', 'bad']),
      ...list([unknown, 'unknown', 'unsure']),
      ...list([data.remaining, 'to go', 'unsure']),
      ...list([data.skipped, 'skipped', 'unsure']),
    ]),
    warnings(data.warnings),
    numbersSection('Nobody knows whether these have it', unknown),
    peopleSection('Not sent', recordsIn(data.not_sent), words),
    peopleSection('Failed', recordsIn(data.failed), words),
    skippedSection(recordsIn(data.skipped), words),
  );
}

/** One contact that was changed or deleted. */
function showOne(data: Row): void {
  const contact = (data.contact ?? data.deleted ?? {}) as Row;
  const changed = textsIn(data.changed).map(plain).join(', ');
  const title =
    data.deleted === undefined ? (changed === '' ? 'Nothing changed' : `Changed: ${changed}`) : 'Deleted';
  showPage(element('h1', {}, title), element('p', {}, phone(contact.phone_number)), warnings(data.warnings));
}
