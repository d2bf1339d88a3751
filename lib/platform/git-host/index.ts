export { GitHostError } from './error.ts';
export type { GitHostErrorCode } from './error.ts';
export type {
  Account,
  BranchPoint,
  ChangedFile,
  CheckAnnotation,
  CheckConclusion,
  CheckResult,
  CheckRun,
  Comparison,
  FileChange,
  GitHost,
  MergeState,
  PullRequest,
  Review,
  StickyComment,
} from './git-host.ts';
export { standingReviews } from './standing-reviews.ts';
export type { StandingReviews } from './standing-reviews.ts';
export { openGitHub } from './github/open.ts';
export type { GitHubRepository } from './github/open.ts';
export type { GitHubApp } from './github/client.ts';
export type { GitHubTiming } from '../github-client/index.ts';
export { WebhookError } from './webhook/error.ts';
export type { WebhookErrorCode } from './webhook/error.ts';
export type {
  CheckRunEvent,
  GitHostEvent,
  PullRequestEvent,
  PushEvent,
  ReviewEvent,
} from './webhook/events.ts';
export { noDeliveries, orderDelivery } from './webhook/order.ts';
export type { DeliveryState, Verdict } from './webhook/order.ts';
export { verifyDelivery, verifyWebhook } from './webhook/verify.ts';
export type { Delivery } from './webhook/verify.ts';
export { openLocalGitHost } from './local/open.ts';
export type { LocalGitHost } from './local/open.ts';
export type { LocalGitHostOptions } from './local/options.ts';
export { openPolicyHosts } from './policy-host.ts';
export type { PolicyHost, PolicyHosts } from './policy-host.ts';
