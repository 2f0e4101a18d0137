import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { KeyedOptions, SentClient, SentContact } from '../../sent/index.ts';
import type { Apply } from '../changes/index.ts';
import { type Changes, isEmpty } from '../changes/index.ts';
import type { Directory } from '../directory/index.ts';
import { type Contact, toContact } from '../model/index.ts';
import type { Notes } from '../people/index.ts';
import { type BulkKind, changesFor, type Plan, type PlannedPerson } from './plan.ts';

/** What a plan does for one of its people. */
export type OneOfMany = {
  /** @throws as the API fails; `NOT_CONFIRMED` where a dry run was not confirmed to be one. */
  act(plan: Plan, person: PlannedPerson, how: How): Promise<void>;
  /** How many requests one of these people takes. */
  requestsEach(kind: BulkKind, changes: Changes, people: readonly Contact[]): number;
};

export const NOT_CONFIRMED = new AppError(
  'forbidden',
  'Sent did not confirm that this was a dry run, so one contact may have been changed for real.',
  {
    next: 'Do not make this call or another dry run again: each may change one more. The user can see in the Sent dashboard who was changed.',
  },
);

const NOT_WRITTEN = new AppError('unavailable', 'What Sent does not keep could not be written down here.');
const NOT_STORED = new AppError('conflict', 'Sent took the change but did not store it.', {
  consequences: { isRetryable: true },
});

type How = Pick<KeyedOptions, 'onThrottled'> & { signal: AbortSignal; dryRun: boolean };

export function createOneOfMany(parts: {
  client: Pick<SentClient, 'deleteContact' | 'getContact' | 'updateContact'>;
  directory: Pick<Directory, 'recordChange' | 'recordRemoval' | 'invalidate'>;
  notes: Pick<Notes, 'removeContact'>;
  apply: Apply;
}): OneOfMany {
  const { client, directory, notes, apply } = parts;

  async function remove(id: string, how: How) {
    try {
      const { dryRun } = await client.deleteContact(id, { ...how, background: true });
      return dryRun;
    } catch (error) {
      // Who is gone already needs no deleting.
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
      return { asked: how.dryRun, confirmed: how.dryRun };
    }
  }

  /** @throws AppError `conflict` where Sent took the change and shows another state. */
  async function update(
    plan: string,
    id: string,
    wanted: Changes,
    how: How,
  ): Promise<SentContact | undefined> {
    const call = { ...how, background: true, idempotencyKey: keyOf(plan, id) };
    if (wanted.metadata !== undefined) {
      const before = await client.getContact(id, {
        signal: how.signal,
        onThrottled: how.onThrottled,
        background: true,
      });
      const { after, dryRun, notKept } = await apply(before, wanted, call);
      check(dryRun);
      if (notKept.length > 0) throw NOT_WRITTEN;
      return after;
    }
    const { data, dryRun } = await client.updateContact(id, wanted, call);
    check(dryRun);
    const { default_channel, opt_out } = wanted;
    const isOther =
      data !== null &&
      ((default_channel !== undefined && data.default_channel !== default_channel) ||
        (opt_out !== undefined && data.opt_out !== opt_out));
    if (isOther && !how.dryRun) throw NOT_STORED;
    return data ?? undefined;
  }

  return {
    async act({ plan, kind, changes }, { id, ...person }, how) {
      if (kind === 'delete') {
        check(await remove(id, how));
        if (how.dryRun) return;
        await directory.recordRemoval(id);
        await notes.removeContact(id);
        return;
      }
      const wanted = changesFor(changes, { id, ...person });
      if (isEmpty(wanted)) return;
      const sent = await update(plan, id, wanted, how);
      if (sent && !how.dryRun) await directory.recordChange(toContact({ ...sent, id }));
    },
    requestsEach: (kind, { metadata }) => (kind === 'update' && metadata !== undefined ? 2 : 1),
  };

  function check({ asked, confirmed }: { asked: boolean; confirmed: boolean }): void {
    if (!asked || confirmed) return;
    directory.invalidate();
    throw NOT_CONFIRMED;
  }
}

/** The same for this person whenever this plan is carried out, so that a repeated request does not run twice. */
const keyOf = (plan: string, id: string): string =>
  `${plan}_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
