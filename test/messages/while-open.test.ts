/** A cancelled call names the plan that it seems to mean, since anything else could lead to a second send. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { fingerprintOfWords } from '../../src/messages/content/index.ts';
import type { SendLog, SendRecord } from '../../src/messages/record/index.ts';
import { saidWhileOpen, whileOpen } from '../../src/messages/send/while-open.ts';
import { START } from '../virtual-clock.ts';
import { A, HOUR_MS, type Name, recordAfter } from './records.ts';

const WORDS = fingerprintOfWords({ text: 'Hi', channels: [] });
const cancelled = new AppError('cancelled', 'The call was cancelled.', { next: 'Call again.' });
const begun = (
  names: Name[] = ['start', 'begin0'],
  id = 'send_1',
  content: object = { text: 'Hi', channels: [] },
) => recordAfter(names, { id, words: WORDS, content: content as SendRecord['plan']['content'] });
const told = async (request: object, records: SendRecord[], afterMs = 0, record?: SendRecord) => {
  const log = {
    refresh: async () => {
      throw new Error('away');
    },
    started: () => records,
    startedWith: (words: string) => records.filter(({ plan }) => plan.words === words),
  } as unknown as SendLog;
  const error = await whileOpen(cancelled, request, record, { log, now: () => START + afterMs });
  return /plan: (send_\d)/.exec((error as AppError).next)?.[1];
};
const TEMPLATE = { template: { id: 't1', name: 'welcome' }, channels: [] };

describe('the plan that a cancelled call seems to mean', () => {
  test.each<
    [what: string, request: object, records: SendRecord[], afterMs: number, named: string | undefined]
  >([
    ['the same words to one of them', { text: 'Hi', to: [A] }, [begun()], 0, 'send_1'],
    [
      'the same words to one of them, written otherwise',
      { text: 'Hi', to: [' +1 (415) 555-0142'] },
      [begun()],
      0,
      'send_1',
    ],
    ['the same words to somebody else', { text: 'Hi', to: ['+49301'] }, [begun()], 0, undefined],
    ['the same words to a contact id', { text: 'Hi', to: ['contact_1'] }, [begun()], 0, 'send_1'],
    [
      'the same words to somebody else and an id',
      { text: 'Hi', to: ['+49301', 'c'] },
      [begun()],
      0,
      'send_1',
    ],
    ['other words', { text: 'Ho', to: [A] }, [begun()], 0, undefined],
    [
      'a template by its id',
      { template: { id: 't1' }, to: [A] },
      [begun(undefined, 'send_1', TEMPLATE)],
      0,
      'send_1',
    ],
    [
      'a template by its name',
      { template: { name: 'welcome' }, to: [A] },
      [begun(undefined, 'send_1', TEMPLATE)],
      0,
      'send_1',
    ],
    [
      'a template by its name, where only a text went out',
      { template: { name: 'welcome' }, to: [A] },
      [begun()],
      0,
      undefined,
    ],
    [
      'another template',
      { template: { id: 't2' }, to: [A] },
      [begun(undefined, 'send_1', TEMPLATE)],
      0,
      undefined,
    ],
    ['no words', { to: [A] }, [begun(undefined, 'send_1', TEMPLATE)], 0, undefined],
    ['nobody yet', { text: 'Hi' }, [begun()], 0, undefined],
    ['none that was begun', { text: 'Hi', to: [A] }, [], 0, undefined],
    ['one of more than a day ago', { text: 'Hi', to: [A] }, [begun()], 24 * HOUR_MS, undefined],
    ['one of less than a day ago', { text: 'Hi', to: [A] }, [begun()], 24 * HOUR_MS - 1, 'send_1'],
    [
      'the open one before one that is done',
      { text: 'Hi', to: [A] },
      [begun(), begun(['start', 'accept0', 'accept1', 'finish'], 'send_2')],
      HOUR_MS,
      'send_1',
    ],
    [
      'the last where none is open',
      { text: 'Hi', to: [A] },
      [1, 2].map((n) => begun(['start', 'accept0', 'accept1', 'finish'], `send_${n}`)),
      HOUR_MS,
      'send_2',
    ],
  ])('%s', async (_what, request, records, afterMs, named) => {
    expect(await told(request, records, afterMs)).toBe(named);
  });

  test('its own, where it had one; and nothing else that was thrown is touched', async () => {
    expect(await told({ plan: 'send_1' }, [begun()], 0, begun())).toBe('send_1');
    const log = { refresh: async () => {}, startedWith: () => [begun()] } as unknown as SendLog;
    const how = { log, now: () => START };
    for (const error of [new Error('x'), new AppError('forbidden', 'No.')])
      expect(await whileOpen(error, {}, begun(), how)).toBe(error);
    const named = cancelled.with({ next: 'Call send_message with plan: send_1.' });
    expect(await whileOpen(named, {}, begun(), how)).toBe(named);
  });
});

test('a no to a send that is half done says so, and where to see who has it', () => {
  const no = new AppError('forbidden', 'They said no, and nothing was done.', { next: 'Leave it.' });
  expect(saidWhileOpen(no, begun())).toMatchObject({
    code: 'forbidden',
    message: 'They said no, and nothing more was sent.',
    next: 'Leave it. Who has it already: get_message with plan: send_1.',
  });
  expect(saidWhileOpen(no, begun([]))).toBe(no);
  const other = new Error('x');
  expect(saidWhileOpen(other, begun())).toBe(other);
});
