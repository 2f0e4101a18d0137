export type { FollowUp, Message, PastSend } from './follow-up/index.ts';
export { createMessages, type Messages } from './messages.ts';
export type { SendResult, ShownMessage } from './send/index.ts';
export type { Template, TemplatePage } from './template.ts';
