export { primaryLimit, secondaryLimit } from './faults.ts';
export type { Fault, Mishap } from './faults.ts';
export { startGitHubFake } from './start.ts';
export type { GitHubFake } from './start.ts';
export { deliver } from './webhooks.ts';
export type { RecordedEvent, WebhookDelivery } from './webhooks.ts';
