export { ExplainedError } from './explained-error.ts';
export type { Explanation } from './explained-error.ts';
