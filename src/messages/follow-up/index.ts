export { getMessage, type Message } from './message.ts';
