export { runRequests } from './run-requests.ts';
export { isScheduledAs } from './send-request.ts';
