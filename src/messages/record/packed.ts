import type { SentOne } from './events.ts';

/** Below this many it is not worth it. */
const FEW = 50;

/**
 * The same messages in a fraction of the memory, where they are one for each of these people, in order and all on one
 * channel: only their ids are kept, and outside of the heap. Sends are remembered for 90 days.
 */
export function packed(messages: readonly SentOne[], people: readonly string[]): () => readonly SentOne[] {
  const channel = messages[0]?.channel;
  const ids = messages.flatMap(({ message_id, ...one }, place) =>
    message_id !== undefined && one.to === people[place] && one.channel === channel ? [message_id] : [],
  );
  const isPlain = ids.length === people.length && ids.length === messages.length;
  if (ids.length < FEW || !isPlain || ids.some((id) => id.includes('\n'))) return () => messages;
  return unpack(Buffer.from(ids.join('\n')), people, channel);
}

/** On its own, since a function keeps all that the one around it uses. */
const unpack = (ids: Buffer, people: readonly string[], channel: string | undefined) => (): SentOne[] =>
  ids
    .toString()
    .split('\n')
    .map((message_id, place) => ({
      message_id,
      to: people[place] ?? '',
      ...(channel !== undefined && { channel }),
    }));
