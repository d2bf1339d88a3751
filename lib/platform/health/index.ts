export { checkReadiness, openReportsMax } from './readiness.ts';
export type { Readiness } from './readiness.ts';
export type { ComponentState } from './signer-states.ts';
export { exposeMetrics } from './metrics.ts';
