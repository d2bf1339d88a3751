/**
 * Address and secrets of a webhook as the database has them: encrypted (AES-256-GCM) with a key from the session secret, and bound to
 * the webhook's id. A copy of the database alone signs no message and posts to nobody's channel.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { keyFor } from '../platform/auth/index.ts';
import type { PortalConfig } from '../platform/config/index.ts';

const nonceBytes = 12;
const tagBytes = 16;

const contentSchema = z.strictObject({
  url: z.string(),
  /** Of format `standard`: the one that signs, then the one before it. Of what starts a workflow or pipeline: the host's token. */
  secrets: z.array(z.string()).max(2),
  /** Of format `gitlab`: the branch or tag whose pipeline is started. */
  ref: z.string().optional(),
});
export type WebhookContent = z.output<typeof contentSchema>;

type Config = Pick<PortalConfig, 'auth'>;

export function seal(config: Config, id: string, content: WebhookContent): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(config), nonce).setAAD(Buffer.from(id));
  const text = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

/** null: it was sealed under another session secret, or for another webhook. */
export function openSealed(config: Config, id: string, sealed: string): WebhookContent | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < nonceBytes + tagBytes) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(config), bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(id))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
    return contentSchema.parse(JSON.parse(text.toString('utf8')));
  } catch {
    return null;
  }
}

const keyOf = ({ auth }: Config): Uint8Array => keyFor(auth.secretFile, 'webhooks');
