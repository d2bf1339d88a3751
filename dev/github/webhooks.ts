/** The deliveries GitHub would send: payloads of what happened in the fake, signed on demand. */
import { createHmac, randomUUID } from 'node:crypto';
import type { CheckRun, Listener, Pull, Review, State } from './state.ts';
import type { Wire } from './wire.ts';

export interface WebhookDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RecordedEvent {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const nothing = '0'.repeat(40);

/** What a subject of `State.tell` may hold. */
interface Subject {
  readonly action?: string;
  readonly pull?: Pull;
  readonly review?: Review;
  readonly run?: CheckRun;
  readonly ref?: string;
  readonly before?: string | null;
  readonly after?: string | null;
  readonly forced?: boolean;
}

export function record(events: RecordedEvent[], state: () => State, wire: () => Wire): Listener {
  return (name, told) => {
    const { action, pull, review, run, ref, before, after, forced }: Subject = told;
    const repository = {
      id: state().facts.repositoryId,
      full_name: `${state().facts.owner}/${state().facts.name}`,
      pushed_at: Math.floor(Date.parse(state().now()) / 1000),
    };
    const payload = {
      ...(action === undefined ? {} : { action }),
      ...(pull === undefined
        ? {}
        : { number: pull.number, pull_request: mergedToo(wire().pull(pull, false), pull) }),
      ...(pull === undefined || typeof before !== 'string' ? {} : { before, after: pull.head }),
      ...(review === undefined ? {} : { review: wire().review(review) }),
      ...(run === undefined ? {} : { check_run: wire().checkRun(run) }),
      ...(ref === undefined ? {} : { ref, before: before ?? nothing, after: after ?? nothing, forced }),
      repository,
      installation: { id: state().facts.installationId },
    };
    // As it is now: later changes of the same pull request aren't this event's.
    events.push({ name, payload: structuredClone(payload) });
  };
}

const mergedToo = (pull: object, { mergedAt }: Pull): object => ({ ...pull, merged: mergedAt !== null });

/** event, secret, delivery id (a new one unless told) → the request that GitHub would send. */
export function deliver(event: RecordedEvent, secret: string, id: string = randomUUID()): WebhookDelivery {
  const body = new TextEncoder().encode(JSON.stringify(event.payload));
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'X-GitHub-Event': event.name,
      'X-GitHub-Delivery': id,
      'X-Hub-Signature-256': `sha256=${signature}`,
    },
    body,
  };
}
