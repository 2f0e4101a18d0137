import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../errors.ts';
import type { Clock } from '../../runtime/index.ts';
import type { AccountState, Hold, Position } from '../../state/index.ts';
import { applyEvent } from './apply-event.ts';
import { isSendEvent, type SendEvent } from './events.ts';
import type { SendPlan } from './plan.ts';
import { newRecord, type SendRecord } from './send-record.ts';

/** A plan that was only shown is done within a day or not at all. */
const PLAN_LIVES_MS = 24 * 3_600_000;
/** A shown plan is the one that is meant when the same call comes again within this time. */
const SHOWN_LATELY_MS = 3_600_000;
/** A restart reads 90 days of sends, which may be long: so much at once. */
const PART_BYTES = 1_000_000;

/** The sends of the account, over all processes: what was planned, and what came of it. */
export type SendLog = {
  /** How long a plan can be gone on with, in words. */
  readonly within: string;
  /** Reads what has been written since; all that is asked below is as of then. */
  refresh(): Promise<void>;
  /** @throws AppError `unavailable` where it cannot be written. */
  write(event: SendEvent): Promise<void>;
  /** What happened, though it could not be written down: known to this process alone. */
  remember(event: SendEvent): void;
  get(send: string): SendRecord | undefined;
  /** The latest that was started with this fingerprint. */
  latestOf(fingerprint: string): SendRecord | undefined;
  /** A plan that was shown lately, was not started, and says the very same. */
  shownLately(plan: SendPlan): SendRecord | undefined;
  /** All that were started with these words and mean any of these people, oldest first. */
  startedWith(words: string, people?: readonly string[]): SendRecord[];
  /** All that were started, oldest first. */
  started(): SendRecord[];
  /**
   * The last start that there ever was with this fingerprint, also one that was withdrawn; each has one successor. To be
   * asked in the same breath as `latestOf`, and given to `start`.
   */
  lastStarted(fingerprint: string): string | undefined;
  /** @throws AppError `conflict` where the user's key stands for another message, in any process. */
  claimKey(plan: SendPlan): Promise<void>;
  /** The send that goes out after that one: this plan, or the one with which another call was faster. */
  start(plan: SendPlan, after: string | undefined): Promise<SendRecord>;
  /** The right to send, for one call at a time in all processes; undefined while another has it. */
  hold(send: string): Promise<Hold | undefined>;
};

export function createSendLog(state: AccountState, clock: Clock): SendLog {
  const records = new Map<string, SendRecord>();
  const byFingerprint = new Map<string, Set<SendRecord>>();
  const byWords = new Map<string, Set<SendRecord>>();
  /** Plans that were only shown, oldest first. */
  const shown = new Map<string, SendRecord>();
  const lastStarted = new Map<string, string>();
  const held = new Set<string>();
  let position: Position | undefined;
  let reading: Promise<void> = Promise.resolve();
  let order = 0;

  function put(record: SendRecord): void {
    const { id, fingerprint, words } = record.plan;
    records.set(id, record);
    shown.set(id, record);
    byFingerprint.set(fingerprint, (byFingerprint.get(fingerprint) ?? new Set()).add(record));
    byWords.set(words, (byWords.get(words) ?? new Set()).add(record));
  }

  /** Plans that nobody followed take no room for longer than they can be. */
  function forgetShown(): void {
    for (const [id, { plan, plannedAt }] of shown) {
      if (clock.now() - plannedAt < PLAN_LIVES_MS) return;
      shown.delete(id);
      records.delete(id);
      for (const [index, key] of [
        [byFingerprint, plan.fingerprint],
        [byWords, plan.words],
      ] as const) {
        const others = index.get(key);
        for (const record of others ?? []) if (record.plan.id === id) others?.delete(record);
        if (others?.size === 0) index.delete(key);
      }
    }
  }

  function take(event: SendEvent, at: number): void {
    if (event.event === 'plan' && !records.has(event.send)) put(newRecord(event.plan, at));
    const record = records.get(event.send);
    if (record) applyEvent(record, event, at, ++order);
    if (event.event !== 'start') return;
    const again = record && record.starts > 1 ? ` ${record.starts}` : '';
    lastStarted.set(event.fingerprint, `${event.send}${again}`);
    shown.delete(event.send);
  }

  async function read(): Promise<void> {
    for (let more = true; more; ) {
      const part = await state.read('sends', position, PART_BYTES);
      position = part.position;
      for (const entry of part.entries) if (isSendEvent(entry)) take(entry, entry.at);
      more = part.more === true;
    }
    forgetShown();
  }

  const log: SendLog = {
    within: state.lasts ? 'within 24 hours' : 'while this server runs, as SENT_STATE=off keeps nothing',
    refresh() {
      // One after the other: each sees all that was written before it was asked for.
      reading = reading.catch(() => {}).then(read);
      return reading;
    },
    async write(event) {
      await state.append('sends', event);
      await log.refresh();
    },
    remember: (event) => take(event, clock.now()),
    get: (send) => records.get(send),
    latestOf: (fingerprint) =>
      latest([...(byFingerprint.get(fingerprint) ?? [])].filter(({ startedAt }) => startedAt !== undefined)),
    shownLately: (meant) =>
      [...(byFingerprint.get(meant.fingerprint) ?? [])].findLast(
        ({ plan, plannedAt, startedAt }) =>
          startedAt === undefined &&
          clock.now() - plannedAt < SHOWN_LATELY_MS &&
          plan.again === meant.again &&
          plan.dryRun === meant.dryRun &&
          plan.userKey === meant.userKey &&
          readsAlike(plan, meant),
      ),
    startedWith(words, people) {
      const found = [...(byWords.get(words) ?? [])].filter(({ startedAt }) => startedAt !== undefined);
      if (people === undefined || found.length === 0) return found.sort(byOrder);
      // The same words may go out thousands of times, each to somebody else.
      const meant = new Set(people);
      return found.filter(({ plan }) => means(plan, meant)).sort(byOrder);
    },
    started: () => [...records.values()].filter(({ startedAt }) => startedAt !== undefined).sort(byOrder),
    lastStarted: (fingerprint) => lastStarted.get(fingerprint),

    async claimKey({ id, fingerprint, userKey }) {
      if (userKey === undefined) return;
      const key = { event: 'key', send: id, userKey, fingerprint } satisfies SendEvent;
      const { entry } = await state.claim('sends', `key ${userKey}`, key);
      if (entry.fingerprint !== fingerprint) throw foreignKey();
    },

    async start({ id, fingerprint }, after) {
      const event = {
        event: 'start',
        send: id,
        fingerprint,
        ...(after !== undefined && { after }),
      } satisfies SendEvent;
      const { entry } = await state.claim('sends', `start ${fingerprint} ${after ?? 'first'}`, event);
      await log.refresh();
      const record = records.get(String(entry.send));
      const isStarted = record?.startedAt !== undefined;
      if (record !== undefined && (isStarted || record.plan.id !== id)) return record;
      throw new AppError('unavailable', 'What is known of this send cannot be read, so nothing was sent.');
    },

    async hold(send) {
      if (held.has(send)) return undefined;
      held.add(send);
      try {
        const hold = await state.hold(`send ${send}`);
        if (hold === undefined) held.delete(send);
        return (
          hold && {
            async release() {
              held.delete(send);
              await hold.release();
            },
          }
        );
      } catch (error) {
        held.delete(send);
        throw error;
      }
    },
  };
  return log;
}

const means = ({ requests, skipped }: SendPlan, people: ReadonlySet<string>): boolean =>
  requests.some(({ to }) => to.some((one) => people.has(one))) || skipped.some(({ to }) => people.has(to));

/** Whether everybody reads the same by the one plan as by the other; who gets nothing by the other does not matter. */
function readsAlike(plan: SendPlan, meant: SendPlan): boolean {
  const values = new Map(plan.requests.flatMap((request) => request.to.map((to) => [to, request] as const)));
  return meant.requests.every((request) =>
    request.to.every((to) => isDeepStrictEqual(values.get(to)?.values, request.values) && values.has(to)),
  );
}

const byOrder = (a: SendRecord, b: SendRecord): number => a.order - b.order;
const latest = (records: readonly SendRecord[]): SendRecord | undefined => [...records].sort(byOrder).at(-1);

const foreignKey = (): AppError =>
  new AppError('conflict', 'This idempotency_key belongs to another message, so nothing was sent.', {
    next: 'Give it only to repeat the very same call. For another message leave idempotency_key out.',
  });
