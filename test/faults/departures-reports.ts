import type { Simulator } from '../../src/simulator/simulator.ts';
import type { Outcome } from './stage.ts';

export type Send = { index: number; to: string[]; text: string };
/** What a call answered about a send. */
export type Report = Outcome & { send: Send };

/** The messages of this send, to each as often as they got it. */
const messagesOf = ({ messages }: Simulator, { index }: Send) =>
  messages.filter(({ text = '' }) => text.startsWith(`#${index} `));

/** From when a report is made until it is heard: the history is written in between. */
const ON_ITS_WAY_MS = 100;

/** What a report says that is not so, at the moment when it is heard. */
export function liesOf({ code, text, data, send }: Report, simulator: Simulator, now: number): string[] {
  const messages = messagesOf(simulator, send);
  const have = messages.map(({ to }) => to);
  const lie = (why: string) =>
    `#${send.index} of ${send.to.length}: ${why}, ${have.length} have it: ${text.slice(0, 300)}`;
  // Nothing is claimed of a send that is open, but its plan is named.
  if (/plan: send_\w{16}/.test(text) && (code === 'unknown_outcome' || code === 'cancelled')) return [];
  // Another call may have begun it only then.
  const isBegun = messages.some(({ createdAt }) => createdAt < now - ON_ITS_WAY_MS);
  if (code !== 'ok') return isBegun ? [lie(code)] : [];
  const numbers = (list: string) => (data[list] as { to: string }[]).map(({ to }) => to);
  const [accepted, notSent, skipped] = [numbers('messages'), numbers('not_sent'), numbers('skipped')];
  const unknown = data.unknown as string[];
  const left = Object.values((data.left_out ?? {}) as Record<string, number>).reduce(
    (sum, one) => sum + one,
    0,
  );
  const has = new Set(have);
  const named = [...accepted, ...notSent, ...skipped, ...unknown];
  const isUnknown = new Set(unknown);
  return [
    ...(accepted.some((to) => !has.has(to)) ? [lie('somebody accepted has it not')] : []),
    ...([...notSent, ...skipped].some((to) => has.has(to)) ? [lie('somebody not sent to has it')] : []),
    ...(new Set(named).size !== named.length ? [lie('somebody is in two lists')] : []),
    ...(named.length + left !== send.to.length ? [lie(`${named.length} named and ${left} left out`)] : []),
    ...(data.accepted !== have.filter((to) => !isUnknown.has(to)).length
      ? [lie(`${data.accepted} accepted`)]
      : []),
  ];
}
