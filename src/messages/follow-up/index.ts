export { type FollowUp, followUp, type NotDelivered } from './follow-up.ts';
export { latestSends, type PastSend } from './latest.ts';
export { getMessage, type Message } from './message.ts';
