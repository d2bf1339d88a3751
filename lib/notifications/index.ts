/** Messages to people: written with what they tell of, read on the portal, sent by e-mail where that is set up. */
export { accountIn, columnsOf } from './account.ts';
export { resendConfirmation, keepAddress, kindsFor, kindsOf, readChoices, saveChoices } from './choices.ts';
export type { NotificationChoices } from './choices.ts';
export {
  confirmAddress,
  confirmationHours,
  readConfirmationLink,
  sendConfirmations,
} from './confirm-address.ts';
export { NotificationsError } from './error.ts';
export { deliveries, notificationKinds } from './kinds.ts';
export type { Delivery, NotificationKind } from './kinds.ts';
export { listNotifications } from './list.ts';
export type { ReceivedNotification } from './list.ts';
export {
  getsFoundationAlerts,
  notify,
  notifyFoundation,
  notifyMaintainers,
  notifyReviewers,
} from './notify.ts';
export type { Message } from './notify.ts';
export { teamOf, notifyOnce, unsentNotices } from './once.ts';
export type { Grouping } from './grouping.ts';
export { openMailTransport } from './mail.ts';
export type { MailTransport } from './mail.ts';
export { readOutbox } from './outbox.ts';
export { sendDueNotifications } from './send.ts';
export { readUnsubscribeLink, unsubscribe } from './unsubscribe.ts';
