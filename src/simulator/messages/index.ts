export {
  cancel,
  createMessageLog,
  lifecycleOf,
  type Message,
  type MessageLog,
  type Step,
  scheduledStep,
  stepsUntil,
} from './message-log.ts';
export type { Template } from './template.ts';
