export { begin } from './begin.ts';
export { checkNobodyInDoubt, checkNoOpenRepeat, gotTheSameBefore, sameSend } from './near-repeat.ts';
export { type Chosen, namedPlan, type PlanParts, type PlanRequest, planFor } from './plan-for.ts';
