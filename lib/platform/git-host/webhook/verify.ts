/** A webhook delivery of GitHub's: who sent it, which one it is, what it says. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookError } from './error.ts';
import { parseEvent } from './events.ts';
import type { GitHostEvent } from './events.ts';

export interface Delivery {
  /** X-GitHub-Delivery; the same again when GitHub delivers again. */
  readonly id: string;
  readonly name: string;
  /** null: an event that nothing depends on. */
  readonly event: GitHostEvent | null;
}

/** GitHub's own cap. */
const bodyBytesMax = 25 * 1024 * 1024;
const secretBytesMin = 16;

/** A delivery whose signature holds, with its body as it was parsed: what it says is for whoever knows the event. */
export interface SignedDelivery {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
}

interface DeliveryInput {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  readonly secret: string | readonly string[];
}

export function verifyWebhook(input: DeliveryInput): Delivery {
  const { id, name, payload } = verifyDelivery(input);
  return { id, name, event: parseEvent(name, payload) };
}

/**
 * The request's headers and its body byte for byte → the delivery. The signature is HMAC-SHA-256 of the body
 * (X-Hub-Signature-256), compared in constant time before anything of the body is read. While a secret is being
 * changed, both may be given. Rejects with WebhookError; a RangeError says that a secret is too short to be one.
 */
export function verifyDelivery(input: DeliveryInput): SignedDelivery {
  const secrets = typeof input.secret === 'string' ? [input.secret] : input.secret;
  if (secrets.length === 0 || secrets.some((secret) => Buffer.byteLength(secret) < secretBytesMin)) {
    throw new RangeError(`a webhook secret has at least ${secretBytesMin} bytes`);
  }
  if (input.body.byteLength > bodyBytesMax) {
    throw new WebhookError('BODY_TOO_LARGE', `${input.body.byteLength} bytes; at most ${bodyBytesMax}`);
  }
  const signature = header(input.headers, 'x-hub-signature-256');
  if (signature === null) throw new WebhookError('SIGNATURE_MISSING', 'no X-Hub-Signature-256 header');
  const claimed = /^sha256=([0-9a-f]{64})$/.exec(signature)?.[1];
  const fits =
    claimed !== undefined &&
    secrets
      .map((secret) => createHmac('sha256', secret).update(input.body).digest())
      .map((expected) => timingSafeEqual(expected, Buffer.from(claimed, 'hex')))
      .includes(true);
  if (!fits) throw new WebhookError('SIGNATURE_INVALID', 'the signature isn’t of this body by this secret');

  const id = header(input.headers, 'x-github-delivery');
  const name = header(input.headers, 'x-github-event');
  if (id === null || !/^[0-9A-Za-z-]{1,64}$/.test(id)) {
    throw new WebhookError('HEADER_MISSING', 'X-GitHub-Delivery is missing or no id');
  }
  if (name === null || !/^[a-z_]{1,64}$/.test(name)) {
    throw new WebhookError('HEADER_MISSING', 'X-GitHub-Event is missing or no name');
  }
  return { id, name, payload: parseJson(input.body) };
}

function header(
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
  name: string,
): string | null {
  if (headers instanceof Headers) return headers.get(name);
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
  // No legitimate request has the same header twice.
  return values.length === 1 ? (values[0] ?? null) : null;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new WebhookError(
      'PAYLOAD_INVALID',
      'the body isn’t JSON; set the content type application/json',
      cause,
    );
  }
}
