export type { Send, SendRequest } from './parts.ts';
export type { PreviewFacts, SendResult, ShownMessage } from './result.ts';
export { createSend } from './send.ts';
