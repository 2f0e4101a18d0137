export { createQuestionSeal } from './confirm/index.ts';
export { createServer } from './server.ts';
export { inline } from './text.ts';
export type { Tool } from './tool.ts';
export { TOOLS } from './tools/index.ts';
