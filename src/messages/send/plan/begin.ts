import type { Clock } from '../../../runtime/index.ts';
import type { SendLog, SendRecord } from '../../record/index.ts';
import { checkNoOpenRepeat, sameSend } from './near-repeat.ts';

/**
 * Starts a send, once for all calls and processes that mean it.
 * @returns the record of the call that was faster, where there is one.
 * @throws AppError `conflict` where the user's key belongs to another message, or one that is nearly the same is open.
 */
export async function begin(record: SendRecord, log: SendLog, clock: Clock): Promise<SendRecord | undefined> {
  const { plan } = record;
  await log.claimKey(plan);
  await log.refresh();
  const same = sameSend(log, plan, clock.now());
  if (same) return same;
  checkNoOpenRepeat(log, plan, clock.now());
  const started = await log.start(plan, log.lastStarted(plan.fingerprint));
  if (started !== record) return started;
  try {
    // Of two that are nearly the same and begin at once, the first goes on.
    checkNoOpenRepeat(log, plan, clock.now(), record.order);
  } catch (error) {
    await log.write({ event: 'withdraw', send: plan.id });
    throw error;
  }
  return undefined;
}
