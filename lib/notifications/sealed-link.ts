/**
 * Links in e-mails, sealed by this portal with an HMAC: nothing is stored for them, and whoever has one can do what it says and
 * nothing else.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { keyFor } from '../platform/auth/index.ts';
import type { PortalConfig } from '../platform/config/index.ts';

const charactersMax = 1_000;
const addressDigestCharacters = 22;

export type LinkConfig = Pick<PortalConfig, 'auth' | 'publicUrl'>;
/** Each has a key of its own: a link of one kind is none of another. */
export type LinkPurpose = 'unsubscribe link' | 'address confirmation';

/** JSON → `<base64url>.<HMAC-SHA-256>`, valid until the session secret changes. */
export function sealLink(config: LinkConfig, purpose: LinkPurpose, value: object): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${text}.${sealOf(config, purpose, text).toString('base64url')}`;
}

/** The JSON that was sealed; undefined: it wasn't sealed by this portal, or for another purpose. */
export function openLink(config: LinkConfig, purpose: LinkPurpose, token: string): unknown {
  const [text = '', seal = '', ...others] = token.length > charactersMax ? [] : token.split('.');
  // As text: several texts decode to the same bytes, where the last character has bits to spare.
  const given = Buffer.from(seal);
  const made = Buffer.from(sealOf(config, purpose, text).toString('base64url'));
  if (others.length > 0 || given.length !== made.length || !timingSafeEqual(given, made)) return undefined;
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
}

const sealOf = ({ auth }: LinkConfig, purpose: LinkPurpose, text: string): Buffer =>
  createHmac('sha256', keyFor(auth.secretFile, purpose)).update(text).digest();

/** Of an address in lower case: a link identifies it without revealing it. */
export const shortDigestOf = (email: string): string =>
  createHash('sha256').update(email.toLowerCase()).digest('base64url').slice(0, addressDigestCharacters);
