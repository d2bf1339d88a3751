/** Jobs of projects that publish: they wait on the host, without a runner, until what their run submitted is released. */
export { followPublishJobs } from './follow.ts';
export { listPublishJobs } from './list.ts';
export type { PublishJob, PublishJobState } from './list.ts';
export { receiveJob } from './receive.ts';
export type { ReceivedJob } from './receive.ts';
export { findWaitingJobs, redeliverLost, removeOldJobs } from './reconcile.ts';
