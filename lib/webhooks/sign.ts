/** Headers of a message by Standard Webhooks: HMAC-SHA-256 over id, time of the attempt and body. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

const secretBytes = 32;

export const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

/** One signature for each secret: after a rotation, receivers know the old one or the new one. */
export function signedHeaders(message: {
  readonly id: string;
  readonly body: string;
  readonly at: Date;
  readonly secrets: readonly string[];
}): Readonly<Record<string, string>> {
  const { id, body, at, secrets } = message;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    ...(secrets.length === 0
      ? {}
      : { 'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' ') }),
  };
}
