import type { SentOne } from './events.ts';

/** The messages of a request field by field: ids, which are of chance, are then almost all that they take as bytes. */
export type LeanMessages = {
  ids: readonly (string | null)[];
  channels: readonly (string | null)[];
  /** Left out where everybody of the plan has one, in that order. */
  to?: readonly string[];
};

/** @param planned whom the request was for. */
export function leanMessages(messages: readonly SentOne[], planned: readonly string[]): LeanMessages {
  const isAsPlanned =
    messages.length === planned.length && messages.every(({ to }, index) => to === planned[index]);
  return {
    ids: messages.map(({ message_id }) => message_id ?? null),
    channels: messages.map(({ channel }) => channel ?? null),
    ...(!isAsPlanned && { to: messages.map(({ to }) => to) }),
  };
}

export const wholeMessages = (
  { ids, channels, to }: LeanMessages,
  planned: readonly string[],
): readonly SentOne[] =>
  ids.map((id, index) => {
    const channel = channels[index] ?? null;
    return {
      ...(id !== null && { message_id: id }),
      to: (to ?? planned)[index] ?? '',
      ...(channel !== null && { channel }),
    };
  });
