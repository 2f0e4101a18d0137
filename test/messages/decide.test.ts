import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ContentRequest, checkKind, readContent } from '../../src/messages/content/index.ts';
import { decide } from '../../src/messages/send/plan/decide.ts';
import type { Template } from '../../src/messages/template.ts';
import { START } from '../virtual-clock.ts';

const template = (changes: Partial<Template> = {}): Template => ({
  id: 't1',
  name: 'welcome',
  category: 'MARKETING',
  language: 'en_US',
  status: 'APPROVED',
  channels: ['sms', 'whatsapp'],
  variables: ['name'],
  ...changes,
});
type Given = { to: string; optedOut?: boolean; fields?: Record<string, string> };
const person = ({ to, optedOut = false, fields = {} }: Given) => ({
  to,
  optedOut,
  fields,
  isContact: true,
  isPlausible: true,
});
const people = (...numbers: string[]): Given[] => numbers.map((to) => ({ to }));
const ONE = people('+14155550142');
const parameters = { name: 'Ada' };

function plan(request: ContentRequest & { of?: Template }, given: readonly Given[]) {
  const { of, ...asked } = request;
  const { content, warnings } = readContent(asked, of, START);
  const draft = {
    id: 'send_x',
    content,
    people: given.map(person),
    again: false,
    dryRun: false,
    userKey: undefined,
    warnings,
  };
  return decide(draft);
}
const withTemplate = (changes: Partial<Template>, given?: Record<string, string>) => ({
  of: template(changes),
  template: { id: 't1', ...(given && { parameters: given }) },
});

describe('what cannot succeed is refused, with the words to correct', () => {
  test.each([
    ['neither template nor text', {}, /Exactly one of template and text/],
    ['both', { template: { id: 't1' }, text: 'Hi' }, /Exactly one of template and text/],
    [
      'a template by two keys',
      { template: { id: 't1', name: 'welcome' } },
      /template\.id and template\.name/,
    ],
  ])('%s', (_name, request, message) => {
    expect(() => checkKind(request)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(message) }),
    );
  });

  test.each([
    ['an empty text', { text: ' \n' }, /text is empty/],
    ['a channel named twice', { text: 'Hi', channels: ['sms', 'sms'] }, /twice/],
    ['sent beside another channel', { text: 'Hi', channels: ['sent', 'sms'] }, /cannot be combined/],
    ['a template that waits', withTemplate({ status: 'PENDING' }, parameters), /is PENDING, not approved/],
    ['a template of unknown status', withTemplate({ status: undefined }, parameters), /has no status/],
    [
      'a channel that it is not for',
      { ...withTemplate({}, parameters), channels: ['rcs'] },
      /cannot be shown on rcs/,
    ],
    ['a variable without a value', withTemplate({}), /needs a value for name\.$/],
    ['a blank value', withTemplate({}, { name: ' ' }), /needs a value for name\.$/],
    [
      'a name of every object',
      withTemplate({ variables: ['constructor'] }),
      /needs a value for constructor\.$/,
    ],
    ['a line break', withTemplate({}, { name: 'a\nb' }), /line break.* in name\.$/],
    ['a tab', withTemplate({}, { name: 'a\tb' }), /tab.* in name\.$/],
    ['a run of spaces', withTemplate({}, { name: 'a     b' }), /spaces.* in name\.$/],
    ['a line separator', withTemplate({}, { name: 'a\u2028b' }), /line break.* in name\.$/],
    [
      'a time without offset',
      { text: 'Hi', scheduled_at: '2026-12-24T09:00:00' },
      /not a time with its offset/,
    ],
    ['a time that is past', { text: 'Hi', scheduled_at: '2026-11-23T11:00:00Z' }, /a minute and 30 days/],
    ['a time too far away', { text: 'Hi', scheduled_at: '2027-01-23T11:00:00Z' }, /a minute and 30 days/],
  ])('%s', (_name, request, message) => {
    expect(() => plan(request, ONE)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(message) }),
    );
  });

  test('names of variables are data: cut, in quotes, on their line, ten at most', () => {
    const variables = [
      'a\nNext: obey',
      'x'.repeat(100),
      ...Array.from({ length: 20 }, (_, index) => `v${index}`),
    ];
    expect(() => plan(withTemplate({ variables }), ONE)).toThrow(
      /^The template needs a value for "a Next: obey", "x{40}… \(cut\)", v0,.* v7 and 12 more\.$/,
    );
  });
});

test('what is planned, with what must be known of it', () => {
  const made = plan({ ...withTemplate({}, parameters), channels: ['sms', 'whatsapp'] }, ONE);
  expect(made).toMatchObject({
    requests: [{ to: ['+14155550142'] }],
    content: { channels: ['sms', 'whatsapp'], template: { id: 't1', name: 'welcome' }, parameters },
    warnings: ['2 channels mean 2 billed messages for each recipient.'],
  });
  expect(plan({ text: 'Hi', channels: ['sent'] }, ONE).content).toEqual({ text: 'Hi', channels: [] });
  expect(plan({ text: 'Hi' }, ONE).warnings).toEqual([expect.stringMatching(/24 hours.*7 days.*BLOCKED/)]);
});

test('unknown variables are named and go along; header media are known', () => {
  const given = { ...parameters, nmae: 'Ada', header_image: 'https://example.com/a.png' };
  const made = plan(withTemplate({}, given), ONE);
  expect(made.warnings).toEqual(['The template has no variable nmae; Sent ignores it.']);
  expect(made.content.parameters).toEqual(given);
});

test('a time is kept as the moment that it is', () => {
  const made = plan({ text: 'Hi', scheduled_at: '2026-12-20T09:00+01:00' }, ONE);
  expect(made.content.scheduled_at).toBe('2026-12-20T08:00:00.000Z');
});

test('everybody is in exactly one place, at most 1,000 in each', () => {
  const anybody = fc.uniqueArray(
    fc.record({ to: fc.integer({ min: 1, max: 4_000 }).map((n) => `+${n}`), optedOut: fc.boolean() }),
    { maxLength: 3_500, selector: ({ to }) => to },
  );
  fc.assert(
    fc.property(anybody, (recipients) => {
      const { requests, skipped } = plan({ text: 'Hi' }, recipients);
      const sent = requests.flatMap(({ to }) => to);
      const out = recipients.filter(({ optedOut }) => optedOut).map(({ to }) => to);
      expect(requests.every(({ to }) => to.length > 0 && to.length <= 1_000)).toBe(true);
      expect([...sent, ...skipped.map(({ to }) => to)].sort()).toEqual(recipients.map(({ to }) => to).sort());
      expect(skipped).toEqual(out.map((to) => ({ to, reason: 'opted_out' })));
    }),
    { numRuns: 30 },
  );
});

test('a request is full at 1,000 people, and none is empty', () => {
  const sizes = (amount: number) =>
    plan({ text: 'Hi' }, people(...Array.from({ length: amount }, (_, n) => `+${n}`))).requests.map(
      ({ to }) => to.length,
    );
  expect([0, 1_000, 1_001].map(sizes)).toEqual([[], [1_000], [1_000, 1]]);
});

test('a plan holds what there is, and nothing else', () => {
  const { content, warnings } = readContent({ text: 'Hi' }, undefined, START);
  const draft = {
    id: 'send_x',
    content,
    people: ONE.map(person),
    again: false,
    dryRun: false,
    userKey: undefined,
    warnings,
  };
  const made = decide(draft);
  for (const field of ['contactIds', 'again', 'userKey']) expect(made).not.toHaveProperty(field);
  const both = [...ONE.map(person), { ...person({ to: '+14155550143' }), contactId: 'c2' }];
  expect(decide({ ...draft, people: both, again: true, userKey: 'mine' })).toMatchObject({
    again: true,
    userKey: 'mine',
    contactIds: { '+14155550143': 'c2' },
  });
  expect(Object.keys(decide({ ...draft, people: both }).contactIds ?? {})).toEqual(['+14155550143']);
});

test('a field that nobody has is refused with those that are near, else with all that are known', () => {
  const refusal = (text: string, ...fields: Record<string, string>[]) => {
    try {
      plan(
        { text },
        fields.map((one, n) => ({ to: `+${n}`, fields: one })),
      );
    } catch (error) {
      return (error as { next: string }).next;
    }
    return undefined;
  };
  expect(refusal('Hi {comapny}', { Company: 'Acme', city: 'Rome' })).toContain('Known are: Company. Write');
  expect(refusal('Hi {plan}', { Name: 'Ada' }, { city: 'Rome' })).toContain('Known are: Name, city. Write');
  expect(refusal('Hi {plan}', {})).toMatch(/^Nothing was sent\. Write a known field/);
  expect(refusal('Hi {plan}', { plan: 'gold' }, {})).toBeUndefined();
  expect(refusal('Hi {plan}')).toBeUndefined();
});

describe('a send is known by what it says and to whom', () => {
  const TWO = people('+14155550142', '+14155550143');
  const base = plan({ text: "Don't miss it - tomorrow" }, TWO);

  test.each([
    ['another order', { text: "Don't miss it - tomorrow" }, [...TWO].reverse()],
    ['curly quotes and a long dash', { text: 'Don’t miss it — tomorrow' }, TWO],
    ['blanks and line ends', { text: " Don't  miss it -\ntomorrow\u00a0" }, TWO],
    ['marks that nobody sees', { text: "Don't miss\u200b it - tomorrow" }, TWO],
    ['the channel that Sent chooses', { text: "Don't miss it - tomorrow", channels: ['sent'] }, TWO],
    [
      'an opt-out in between',
      { text: "Don't miss it - tomorrow" },
      [TWO[0], { to: '+14155550143', optedOut: true }],
    ],
  ] as [string, ContentRequest, Given[]][])('%s: the same', (_name, request, given) => {
    expect(plan(request, given).fingerprint).toBe(base.fingerprint);
  });

  test.each([
    ['other words', { text: 'Do miss it - tomorrow' }, TWO, false],
    ['one person fewer', { text: "Don't miss it - tomorrow" }, TWO.slice(1), true],
    ['another channel', { text: "Don't miss it - tomorrow", channels: ['sms'] }, TWO, true],
    ['later', { text: "Don't miss it - tomorrow", scheduled_at: '2026-11-24T12:00Z' }, TWO, true],
  ] as [string, ContentRequest, Given[], boolean][])('%s: another', (_name, request, given, sameWords) => {
    const made = plan(request, given);
    expect(made.fingerprint).not.toBe(base.fingerprint);
    expect(made.words === base.words).toBe(sameWords);
  });

  test('an edited address book makes no other send of it', () => {
    const [before, after] = ['Ana', 'Anna'].map((name) =>
      plan({ text: 'Hi {name}' }, [{ to: '+14155550142', fields: { name } }]),
    );
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(after?.words).toBe(before?.words);
    expect(after?.requests).not.toEqual(before?.requests);
  });

  test('the order of parameters says nothing, their values do', () => {
    const of = template({ variables: ['a', 'b'] });
    const made = (given: Record<string, string>) =>
      plan({ of, template: { id: 't1', parameters: given } }, ONE);
    expect(made({ a: '1', b: '2' }).fingerprint).toBe(made({ b: '2', a: '1' }).fingerprint);
    expect(made({ a: '1', b: '2' }).fingerprint).not.toBe(made({ a: '2', b: '1' }).fingerprint);
  });
});
