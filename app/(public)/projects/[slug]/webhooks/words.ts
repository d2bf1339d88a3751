/** What the pages of webhooks call events, formats and states. */
import type { WebhookEventType } from '#core/wire/webhook/index.ts';
import type { DeliveryState, ListedWebhook } from '../../../../../lib/webhooks/index.ts';
import type { StepState } from '../../../../../lib/requests/index.ts';

export const eventWords: Readonly<Record<WebhookEventType, string>> = {
  'request.waiting': 'A request waits for approval',
  'request.completed': 'A signed file was released',
  'request.denied': 'A request was refused or cancelled',
  'request.failed': 'A request failed',
  'request.delayed': 'A request waits for a service that is down',
  'certificate.revoked': 'A certificate was revoked',
  'policy.accepted': 'A changed policy is in force',
  'webhook.test': 'Test',
};

export const formatWords: Readonly<Record<ListedWebhook['format'], string>> = {
  standard: 'Signed JSON (Standard Webhooks)',
  slack: 'Text for Slack, or what takes the same',
  matrix: 'Text for Matrix (hookshot)',
  github: 'A workflow of the project on GitHub (repository_dispatch)',
  gitlab: 'A pipeline of the project on GitLab (pipeline trigger)',
  rule: 'Answers to jobs that wait for a release; the portal added it',
};

export const deliveryWords: Readonly<Record<DeliveryState, readonly [tone: StepState, words: string]>> = {
  waiting: ['waiting', 'Waiting'],
  delivered: ['passed', 'Delivered'],
  failed: ['failed', 'Not delivered'],
  stopped: ['not-reached', 'Stopped'],
};
