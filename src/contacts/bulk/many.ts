import { AppError } from '../../errors.ts';
import type { Caller } from '../../runtime/index.ts';
import { type Changes, isEmpty } from '../changes/index.ts';
import type { Finder } from '../directory/index.ts';
import { toContact } from '../model/index.ts';
import type { People } from '../people/index.ts';
import type { Bulk } from './bulk.ts';
import type { BulkResult } from './bulk-job.ts';
import type { BulkKind } from './plan.ts';
import type { BulkPreview, Found } from './preview.ts';

/** Whom a plan is made for: exactly one of the three. */
export type Target = {
  contact_id?: string | undefined;
  phone_number?: string | undefined;
  selection?: string | undefined;
};
export type ManyRequest = Target & {
  changes: Changes;
  plan?: string | undefined;
  sandbox?: boolean | undefined;
};

/**
 * A change to many by a plan: with `plan` that plan is carried out, without it a plan is made and shown.
 * @throws AppError `invalid_input` for anything beside a plan, or for a target that is none; as `Bulk` does.
 */
export type ChangeMany = (
  kind: BulkKind,
  request: ManyRequest,
  caller: Caller,
) => Promise<BulkPreview | BulkResult>;

export function createChangeMany(parts: {
  bulk: Bulk;
  finder: Pick<Finder, 'one'>;
  people: Pick<People, 'ready' | 'enrich'>;
  selected(handle: string, caller: Caller): Promise<Found>;
  sandbox: boolean;
}): ChangeMany {
  const { bulk, finder, people } = parts;

  async function find({ selection, ...key }: Target, caller: Caller): Promise<Found> {
    if (selection !== undefined) return parts.selected(selection, caller);
    const sent = await finder.one(key, caller);
    await people.ready();
    return { contacts: [people.enrich(toContact(sent))] };
  }

  return async (kind, { plan, sandbox, changes, ...target }, caller) => {
    const given = Object.values(target).filter((value) => value !== undefined).length;
    if (plan !== undefined) {
      if (given > 0 || !isEmpty(changes)) {
        throw new AppError('invalid_input', 'plan goes alone: it says already what is done and to whom.', {
          next: 'Give plan alone, or leave it out to make a new plan.',
        });
      }
      return bulk.carryOut(kind, plan, caller, { sandbox: sandbox === true || parts.sandbox });
    }
    if (given !== 1)
      throw new AppError(
        'invalid_input',
        'Exactly one of contact_id, phone_number and selection must be given.',
      );
    if (kind === 'update' && isEmpty(changes)) {
      throw new AppError('invalid_input', 'Nothing to change was given.', {
        next: 'Give default_channel, opt_out or metadata.',
      });
    }
    return bulk.preview({ kind, changes, sandbox: sandbox === true }, await find(target, caller), caller);
  };
}
