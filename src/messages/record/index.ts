export type { SendEvent, SentOne, Settled } from './events.ts';
export {
  keyOf,
  type PlannedRequest,
  peopleOf,
  planId,
  requestBody,
  type SendPlan,
  type Skipped,
} from './plan.ts';
export { createSendLog, type SendLog } from './send-log.ts';
export type { RequestState, SendRecord } from './send-record.ts';
export {
  cutOffBy,
  hasUnknown,
  isComplete,
  isOpen,
  isOver,
  isTakenBack,
  isUnscheduled,
  leftAt,
  leftOf,
  leftPeople,
  type Standing,
  standingOf,
} from './standing.ts';
