export type { SentOne } from './accepted.ts';
export type { Message } from './message.ts';
export { createMessages, type Messages } from './messages.ts';
export { CHANNELS } from './plan.ts';
export type { SendResult } from './send.ts';
export type { Template, TemplatePage } from './template.ts';
