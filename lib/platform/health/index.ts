export { checkReadiness, openReportsMax } from './readiness.ts';
export type { ComponentState, Readiness } from './readiness.ts';
export { exposeMetrics } from './metrics.ts';
