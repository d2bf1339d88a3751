/** What people can be notified about, and how they may choose to be. */
export const notificationKinds = {
  'application-news': 'Your application: questions, messages, the decision',
  'project-news': 'Your project: its policy, its certificate, its tokens, its checklist',
  'request-waiting': 'A request waits for your approval, or for others’',
  'request-approved': 'A request has all its approvals',
  'request-completed': 'A signed file was released',
  'request-denied': 'A request was refused',
  'request-failed': 'A request failed, or waits for a service that is down',
  'review-new': 'For reviewers: an application came in, or is on appeal',
  'review-news': 'For reviewers: an applicant answered or wrote',
  'review-alert':
    'For reviewers: a report came in or is due, a certificate expires or is revoked, a repository changed owner or licence, or was archived',
  'foundation-alert':
    'For reviewers and policy maintainers: a request failed, certificates have to be issued, the policy is getting old',
} as const;
export type NotificationKind = keyof typeof notificationKinds;

export const deliveries = ['at-once', 'digest', 'never'] as const;
export type Delivery = (typeof deliveries)[number];

/** The defaults: applicants wait for answers; reviewers get a digest each morning. */
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
