import { expect, test } from 'vitest';
import { packed } from '../../src/messages/record/packed.ts';

const people = Array.from({ length: 60 }, (_, index) => `+346${String(index).padStart(8, '0')}`);
const plain = people.map((to, index) => ({ message_id: `m-${index}`, to }));
const onSms = plain.map((one) => ({ ...one, channel: 'sms' }));

test.each([
  ['one for each', plain, true],
  ['on one channel', onSms, true],
  ['few', plain.slice(0, 1), false],
  ['one without an id', [...plain.slice(1), { to: people[0] ?? '' }], false],
  ['in another order', [...plain].reverse(), false],
  ['on several channels', plain.map((one, index) => ({ ...one, channel: index % 2 ? 'sms' : 'rcs' })), false],
  ['fewer than people', plain.slice(1), false],
  ['an id of two lines', [{ message_id: 'a\nb', to: people[0] ?? '' }, ...plain.slice(1)], false],
])('%s: the same messages come back', (_name, messages, isPacked) => {
  const kept = packed(
    messages,
    messages.length < 60 && messages.length > 1 ? people : people.slice(0, messages.length),
  );
  expect(kept()).toEqual(messages);
  expect(kept() !== messages).toBe(isPacked);
});
