/** What people can be told of, and how they may choose to hear of it. */
export const notificationKinds = {
  'application-news': 'News of your application: questions, messages, the decision',
  'project-news': 'News of your project: its policy, its certificate, its tokens, its checklist',
  'request-waiting': 'A request waits for your approval, or for others’',
  'request-approved': 'A request has all its approvals',
  'request-completed': 'A signed file was released',
  'request-denied': 'A request was refused',
  'request-failed': 'A request failed, or waits for a service that is down',
  'review-new': 'For reviewers: an application came in, or is on appeal',
  'review-news': 'For reviewers: an applicant answered or wrote',
  'review-alert':
    'For reviewers: a report came in or is due, a certificate runs out or is revoked, a repository changed hands or licence, or was archived',
  'foundation-alert':
    'For reviewers and policy maintainers: a request failed, certificates have to be issued, the policy gets old',
} as const;
export type NotificationKind = keyof typeof notificationKinds;

export const deliveries = ['at-once', 'digest', 'never'] as const;
export type Delivery = (typeof deliveries)[number];

/** What holds for who has not chosen: applicants wait for answers, reviewers for their morning. */
export const defaultDelivery: Readonly<Record<NotificationKind, Delivery>> = {
  'application-news': 'at-once',
  'project-news': 'at-once',
  'request-waiting': 'at-once',
  'request-approved': 'at-once',
  'request-completed': 'at-once',
  'request-denied': 'at-once',
  'request-failed': 'at-once',
  'review-new': 'digest',
  'review-news': 'digest',
  'review-alert': 'at-once',
  'foundation-alert': 'at-once',
};
