import { isComplete, isUnscheduled, type SendLog, type SendRecord, standingOf } from '../record/index.ts';

/** A send in a list of sends. */
export type PastSend = {
  plan: string;
  sent_at: string;
  template?: string;
  text?: string;
  scheduled_at?: string;
  accepted: number;
  taken_back?: number;
  not_sent?: number;
  unknown?: number;
  /** Whether all of it came to an end. */
  complete: boolean;
};

const MAX_SENDS = 20;
const MAX_TEXT = 60;

/** The latest sends of the account, of every process that keeps its sends at the same place. */
export async function latestSends(log: SendLog): Promise<{ sends: readonly PastSend[] }> {
  await log.refresh();
  return { sends: log.started().slice(-MAX_SENDS).reverse().map(pastSend) };
}

function pastSend(record: SendRecord): PastSend {
  const { plan, startedAt = 0 } = record;
  const { template, text, scheduled_at } = plan.content;
  const { accepted, takenBack, notSent, unknown } = standingOf(record);
  return {
    plan: plan.id,
    sent_at: new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    ...(template && { template: template.name }),
    ...(text !== undefined && { text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text }),
    ...(scheduled_at !== undefined && !isUnscheduled(record) && { scheduled_at }),
    accepted: accepted.length,
    ...(takenBack.length > 0 && { taken_back: takenBack.length }),
    ...(notSent.length > 0 && { not_sent: notSent.length }),
    ...(unknown.length > 0 && { unknown: unknown.length }),
    complete: isComplete(record),
  };
}
