export { checkSchedule } from './dry-run.ts';
export { questionFor } from './question.ts';
export { dryRun, showPlan } from './show.ts';
