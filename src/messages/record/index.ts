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
export {
  cutOffBy,
  isComplete,
  isOpen,
  isOver,
  isTakenBack,
  isUnscheduled,
  leftAt,
  leftOf,
  leftPeople,
  type RequestState,
  type SendRecord,
  type Standing,
  standingOf,
} from './send-record.ts';
