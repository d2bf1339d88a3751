/** The GitHub App that lets jobs of projects' environments start: what it asks GitHub and answers there. It reads no code and writes none. */
export { PublishAppError } from './error.ts';
export type { PublishAppErrorCode } from './error.ts';
export { isSameEnvironment } from './environment.ts';
export { openPublishApp } from './open.ts';
export type { Answer, Installed, LostDelivery, PublishApp, WaitingRun } from './open.ts';
