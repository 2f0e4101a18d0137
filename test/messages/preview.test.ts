/** What a plan comes to, as it is shown to a model and asked of a person. Pure. */
import { expect, test } from 'vitest';
import { previewFacts, previewOf } from '../../src/messages/send/show/preview.ts';
import { questionFor } from '../../src/messages/send/show/question.ts';
import { START } from '../virtual-clock.ts';
import { A, B, C, D, type Name, type plan, recordAfter } from './records.ts';

const person = (to: string, more: object = {}) => ({
  to,
  region: 'US',
  isContact: true,
  isPlausible: true,
  optedOut: false,
  ...more,
});
const recipients = (people = [person(A), person(B), person(C, { region: 'BR' })]) => ({
  people,
  asOf: START,
  askedAt: 0,
  bySelection: false,
  warnings: [],
});
const parts = (people?: ReturnType<typeof person>[], msUntilSent = (_requests: number) => 0) => ({
  recipients: recipients(people),
  names: new Map([[A, 'Ada']]),
  msUntilSent,
});
const CONTENT = { text: 'Hi', channels: [] as string[] };
const record = (names: Name[], content: object = {}) =>
  recordAfter(names, { content: { ...CONTENT, ...content } as ReturnType<typeof plan>['content'] });

test('what it comes to counts those who are still to be sent to, and nobody else', () => {
  expect(previewFacts(record([]), parts())).toEqual({
    people: 3,
    messages: 3,
    countries: { US: 2, BR: 1 },
    requests: 2,
    takes_seconds: 1,
    opt_outs_as_of: '2026-11-23T12:00:00Z',
  });
  expect(previewFacts(record(['start', 'accept0'], { channels: ['sms', 'rcs'] }), parts())).toMatchObject({
    people: 1,
    messages: 2,
    countries: { BR: 1 },
    requests: 1,
  });
  // One of a request was dropped: the request goes out all the same, for the other.
  expect(previewFacts(record(['start', 'dropB']), parts())).toMatchObject({ people: 2, requests: 2 });
  expect(
    previewFacts(
      record([]),
      parts(undefined, (requests) => requests * 2_000),
    ).takes_seconds,
  ).toBe(4);
  expect(
    previewFacts(record([]), parts([person(A, { region: undefined }), person(B), person(C)])).countries,
  ).toEqual({
    US: 2,
    unknown: 1,
  });
});

test('the country of most comes first, and of strangers twenty are named', () => {
  const mixed = parts([person(A, { region: 'BR' }), person(B), person(C)]);
  expect(Object.keys(previewFacts(record([]), mixed).countries)).toEqual(['US', 'BR']);
  const to = Array.from({ length: 21 }, (_, n) => `+141555502${10 + n}`);
  const content = CONTENT as ReturnType<typeof plan>['content'];
  const strangers = parts(to.map((one) => person(one, { isContact: false })));
  expect(previewFacts(recordAfter([], { content, requests: [{ to }] }), strangers).not_yet_contacts).toEqual(
    to.slice(0, 20),
  );
});

test('what is not certain is named: strangers, numbers of no plan, what nothing is known of', () => {
  const odd = parts([person(A, { isContact: false }), person(B, { isPlausible: false }), person(C)]);
  odd.recipients.asOf = 0;
  const facts = previewFacts(record([]), odd);
  expect(facts).toMatchObject({ not_yet_contacts: [A], in_no_numbering_plan: [B] });
  expect(facts).not.toHaveProperty('opt_outs_as_of');
  for (const field of ['not_yet_contacts', 'in_no_numbering_plan'])
    expect(previewFacts(record([]), parts())).not.toHaveProperty(field);
});

test('the messages as they will read: the same words once, the words of each person each time', () => {
  const same = previewOf(record(['start', 'dropB']), parts(), [], 'Show it.');
  expect(same.messages).toEqual([{ to: A, name: 'Ada', text: 'Hi' }, { to: C }]);
  expect(same).toMatchObject({
    status: 'preview',
    plan: 'send_1',
    accepted: 0,
    not_sent: [],
    unknown: [],
    next: 'Show it.',
  });
  expect(same.skipped).toEqual([
    { to: D, reason: 'opted out' },
    { to: B, reason: 'opted out since' },
  ]);
  expect(same).not.toHaveProperty('warnings');
  expect(previewOf(record([]), parts(), ['Look.'], '').warnings).toEqual(['Look.']);
  const content = { text: 'Hi {name}', channels: ['sms', 'rcs'] } as ReturnType<typeof plan>['content'];
  const requests = [
    { to: [A], values: { name: 'Ada' } },
    { to: [C], values: { name: 'Cy' } },
  ];
  const personal = previewOf(recordAfter([], { content, requests }), parts(), [], '');
  expect(personal.messages.map(({ to, channel, text }) => [to, channel, text])).toEqual([
    [A, 'sms', 'Hi Ada'],
    [A, 'rcs', 'Hi Ada'],
    [C, 'sms', 'Hi Cy'],
    [C, 'rcs', 'Hi Cy'],
  ]);
});

test('a person is asked in whole: who, how many, where, when, what it says, and what is not certain', () => {
  expect(questionFor(record([]), parts(), [])).toBe(
    `Send this text to 3 people on the channel that Sent chooses? It cannot be taken back.\n\n“Hi”\n\nTo: Ada (${A}), ${B}, ${C}\n\nCountries: United States 2, Brazil 1`,
  );
  const left = record(['start', 'accept0'], {
    channels: ['sms', 'rcs'],
    scheduled_at: '2026-11-24T09:00:00Z',
  });
  expect(questionFor(left, parts(), ['Look.'])).toBe(
    `Send this text to the remaining 1 person of 3 on sms and rcs, 2 messages in all, at 2026-11-24T09:00:00Z? It cannot be taken back once it is sent.\n\n“Hi”\n\nTo: ${C}\n\nCountries: Brazil 1\n\nNot certain: Look.`,
  );
  expect(questionFor(record(['start', 'begin0']), parts(), [])).toMatch(/^Send this text to 3 people on/);
  expect(questionFor(record(['dropA', 'dropB']), parts(), [])).toMatch(
    /^Send this text to 1 person on the channel/,
  );
  const numbers = Array.from({ length: 7 }, (_, n) => `+1415555020${n}`);
  const regions = ['US', 'BR', 'ES', 'PT', 'FR', 'DE', undefined];
  const many = recordAfter([], {
    content: CONTENT as ReturnType<typeof plan>['content'],
    requests: [{ to: numbers }],
  });
  const people = numbers.map((to, n) => person(to, { region: regions[n] }));
  const asked = questionFor(many, parts(people), []);
  expect(asked).toContain('+14155550204 and 2 more\n');
  expect(asked).toMatch(/Germany 1 and 1 more$/);
});

test('fields are shown as written and as the first of them gets it', () => {
  const content = { text: 'Hi {name}', channels: [] } as unknown as ReturnType<typeof plan>['content'];
  const requests = [{ to: [A], values: { name: 'Ada' } }];
  expect(questionFor(recordAfter([], { content, requests }), parts(), [])).toContain(
    '\n\n“Hi {name}”\n\nFor the first: “Hi Ada”\n\n',
  );
  const template = {
    template: { id: 't1', name: 'wel\ncome' },
    parameters: { who: '{name}', when: 'now' },
    channels: [],
  };
  const asked = questionFor(recordAfter([], { content: template as never, requests }), parts(), []);
  expect(asked).toMatch(/^Send this template to 1 person/);
  expect(
    previewOf(recordAfter([], { content: template as never, requests }), parts(), [], '').messages,
  ).toEqual([{ to: A, name: 'Ada', parameters: { who: 'Ada', when: 'now' } }]);
  expect(asked).toContain('Template “wel come”\nwho: {name} (for the first: Ada)\nwhen: now\n\n');
});
