/** A project's webhooks: added by its team, told of events from the signer's journal, delivered with retries. */
export {
  disableWebhook,
  enableWebhook,
  removeWebhook,
  repeatDelivery,
  rotateSecret,
  rotationHours,
  testWebhook,
} from './change.ts';
export { collectWebhookEvents } from './collect.ts';
export {
  createWebhook,
  isWebhookEventType,
  isWebhookFormat,
  webhooksMax,
  webhookUrlCharactersMax,
} from './create.ts';
export type { CreatedWebhook } from './create.ts';
export { collectDelays } from './delays.ts';
export { openDeliverer } from './deliver.ts';
export { deliveriesMax, deliveryDays, removeOldDeliveries } from './deliveries.ts';
export { WebhooksError } from './error.ts';
export { ruleFormat } from './rule-format.ts';
export { addRuleAnswer } from './rule.ts';
export { delayAfter } from './schedule.ts';
export { startRefCharactersMax, startTokenCharactersMax } from './start-form.ts';
export { listWebhooks, readWebhook } from './list.ts';
export type { DeliveryState, ListedDelivery, ListedWebhook, WebhookDetail, WebhookList } from './list.ts';
