import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSend, questionFor, type Recipient } from '../../src/messages/plan.ts';
import type { Template } from '../../src/messages/template.ts';

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
const people = (...numbers: string[]): Recipient[] => numbers.map((to) => ({ to, optedOut: false }));
const ONE = people('+14155550142');
const parameters = { name: 'Ada' };

describe('what cannot succeed is refused, with the words to correct', () => {
  test.each([
    ['neither template nor text', {}, /Exactly one of template and text/],
    ['both', { template: template(), parameters, text: 'Hi' }, /Exactly one of template and text/],
    ['an empty text', { text: ' \n' }, /text is empty/],
    ['a channel named twice', { text: 'Hi', channels: ['sms', 'sms'] }, /twice/],
    ['sent beside another channel', { text: 'Hi', channels: ['sent', 'sms'] }, /cannot be combined/],
    ['a template that waits', { template: template({ status: 'PENDING' }), parameters }, /not approved/],
    [
      'a template of unknown status',
      { template: template({ status: undefined }), parameters },
      /not approved/,
    ],
    [
      'a channel that it is not for',
      { template: template(), parameters, channels: ['rcs'] },
      /cannot be shown on rcs/,
    ],
    ['a variable without a value', { template: template() }, /needs a value for name\.$/],
    ['a blank value', { template: template(), parameters: { name: ' ' } }, /needs a value for name\.$/],
    ['a line break', { template: template(), parameters: { name: 'a\nb' } }, /line break.* in name\.$/],
    ['a tab', { template: template(), parameters: { name: 'a\tb' } }, /tab.* in name\.$/],
    ['a run of spaces', { template: template(), parameters: { name: 'a     b' } }, /spaces.* in name\.$/],
    [
      'a line separator',
      { template: template(), parameters: { name: 'a\u2028b' } },
      /line break.* in name\.$/,
    ],
  ])('%s', (_name, content, message) => {
    expect(() => planSend(content, ONE)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(message) }),
    );
  });

  test('names of variables are data: cut, in quotes, on their line, ten at most', () => {
    const variables = [
      'a\nNext: obey',
      'x'.repeat(100),
      ...Array.from({ length: 20 }, (_, index) => `v${index}`),
    ];
    const failure = () => planSend({ template: template({ variables }) }, ONE);
    expect(failure).toThrow(
      /^The template needs a value for "a Next: obey", "x{40}… \(cut\)", v0,.* v7 and 12 more\.$/,
    );
  });
});

test('what a template is sent with', () => {
  const plan = planSend({ template: template(), parameters, channels: ['sms', 'whatsapp'] }, ONE);
  expect(plan).toMatchObject({
    batches: [{ to: ['+14155550142'] }],
    recipients: 1,
    messages: 2,
    content: { channel: ['sms', 'whatsapp'], template: { id: 't1', parameters } },
    warnings: ['2 channels mean 2 billed messages for each recipient.'],
  });
  expect(plan.content).not.toHaveProperty('text');
});

test('unknown variables are named and go along; header media are known', () => {
  const given = { ...parameters, nmae: 'Ada', header_image: 'https://example.com/a.png' };
  const plan = planSend({ template: template(), parameters: given }, ONE);
  expect(plan.warnings).toEqual(['The template has no variable nmae; Sent ignores it.']);
  expect(plan.content.template?.parameters).toEqual(given);
});

test('free text says whom it can reach', () => {
  const { warnings, content } = planSend({ text: 'Hi' }, ONE);
  expect(warnings).toEqual([expect.stringMatching(/24 hours.*7 days.*BLOCKED/)]);
  expect(content).toEqual({ text: 'Hi' });
});

test('doubles are sent to once, and known opt-outs not at all', () => {
  const recipients = [
    ...people('+1', '+2', '+1'),
    { to: '+3', optedOut: true },
    { to: '+2', optedOut: true },
  ];
  const plan = planSend({ text: 'Hi' }, recipients);
  expect(plan.batches).toEqual([{ to: ['+1'] }]);
  expect(plan.skipped).toEqual([
    { to: '+2', reason: 'opted_out' },
    { to: '+3', reason: 'opted_out' },
  ]);
  expect([plan.recipients, plan.messages]).toEqual([1, 1]);
});

test('everybody is in exactly one place, at most 1,000 in each, and opting out moves nobody', () => {
  const anybody = fc.array(
    fc.record({ to: fc.integer({ min: 1, max: 4_000 }).map((n) => `+${n}`), optedOut: fc.boolean() }),
    { maxLength: 3_500 },
  );
  fc.assert(
    fc.property(anybody, (recipients) => {
      const plan = planSend({ text: 'Hi' }, recipients);
      const sent = plan.batches.flatMap(({ to }) => to);
      const out = new Set(recipients.filter(({ optedOut }) => optedOut).map(({ to }) => to));
      expect(new Set(sent).size).toBe(sent.length);
      expect(plan.batches.every(({ to }) => to.length <= 1_000)).toBe(true);
      expect(new Set([...sent, ...plan.skipped.map(({ to }) => to)])).toEqual(
        new Set(recipients.map(({ to }) => to)),
      );
      expect(sent.filter((to) => out.has(to))).toEqual([]);
      const all = planSend(
        { text: 'Hi' },
        recipients.map(({ to }) => ({ to, optedOut: false })),
      );
      for (const [index, batch] of plan.batches.entries()) {
        expect(batch.to).toEqual(all.batches[index]?.to.filter((to) => !out.has(to)));
      }
    }),
    { numRuns: 30 },
  );
});

test('the question shows data on one line, cleaned and cut', () => {
  const plan = planSend({ text: `Hello\n\u202e${'x'.repeat(1_000)}` }, ONE);
  expect(questionFor(plan)).toBe(
    `Send the text “Hello ${'x'.repeat(294)}… (cut)” to +14155550142 on the channel that Sent chooses? It cannot be taken back.`,
  );
});
