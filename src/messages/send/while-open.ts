import { AppError } from '../../errors.ts';
import { fingerprintOfWords } from '../content/index.ts';
import { isOpen, peopleOf, type SendLog, type SendRecord } from '../record/index.ts';
import type { SendRequest } from './parts.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * The failure of a call that ended before it had done anything, as it is told where the very send that it meant was begun
 * by whichever call, and the more so while it is open: then it names the plan, since anything else could lead to a second
 * send.
 */
export async function whileOpen(
  thrown: unknown,
  request: SendRequest,
  record: SendRecord | undefined,
  { log, now }: { log: SendLog; now: () => number },
): Promise<unknown> {
  if (!(thrown instanceof AppError) || thrown.code !== 'cancelled') return thrown;
  await log.refresh().catch(() => {}); // What was known before has to do.
  const since = now() - DAY_MS;
  // Two processes that are asked the same at once make a plan each, of which one is begun.
  const like = record ? log.startedWith(record.plan.words, peopleOf(record.plan)) : startedLike(request, log);
  const begun = like.filter(({ startedAt = 0 }) => startedAt > since);
  const meant = begun.findLast((one) => isOpen(one, now())) ?? begun.at(-1);
  if (meant === undefined || thrown.next.includes(meant.plan.id)) return thrown;
  return thrown.with({
    message: 'The call was cancelled; the send that it seems to mean was begun by another one.',
    next: `Call send_message with plan: ${meant.plan.id} and nothing else to finish it and to learn who has it; nobody gets it twice.`,
  });
}

/** What a person said, or did not say, about a send of which a part has gone out. */
export function saidWhileOpen(thrown: unknown, { plan, startedAt }: SendRecord): unknown {
  if (!(thrown instanceof AppError) || startedAt === undefined) return thrown;
  const next = `${thrown.next} Who has it already: get_message with plan: ${plan.id}.`;
  return thrown.with({ message: thrown.message.replace('nothing was done', 'nothing more was sent'), next });
}

/** What was started with these words, to any of these people as far as they can be told without looking anybody up. */
function startedLike({ to = [], text, template }: SendRequest, log: SendLog): SendRecord[] {
  const sends =
    text === undefined
      ? log.started().filter(({ plan }) => {
          const its = plan.content.template;
          return its !== undefined && (template?.id === its.id || template?.name === its.name);
        })
      : log.startedWith(fingerprintOfWords({ text, channels: [] }));
  const digits = (number: string): string => number.replace(/\D/g, '');
  const meant = new Set(to.filter((one) => one.trim().startsWith('+')).map(digits));
  const mayBeAnybody = meant.size < to.length;
  return sends.filter(({ plan }) => mayBeAnybody || peopleOf(plan).some((one) => meant.has(digits(one))));
}
