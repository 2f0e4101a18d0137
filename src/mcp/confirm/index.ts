export { askInCall, isAskedInCall } from './ask-in-call.ts';
export { capabilitiesOf } from './client.ts';
export { AnswerNeeded, type ConfirmMode, canAsk, createConfirm, type QuestionSeal } from './confirm.ts';
export { createQuestionSeal } from './question-seal.ts';
