/** Requests that have waited long for a service that is down. Only open requests are searched, however many have ended. */
import { z } from 'zod';
import { acceptedPolicy } from '../platform/portal/index.ts';
import { tellOfRequest } from './collect.ts';
import type { CollectContext } from './collect.ts';

const delayMinutes = 30;
/** Requests told of in one run; the rest follow a minute later. */
const atOnce = 100;

const rowSchema = z.object({ id: z.string() });

/** → what went wrong, in words. Each webhook is told once of each request. */
export async function collectDelays(portal: CollectContext): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  const now = portal.now();
  const before = new Date(now.getTime() - delayMinutes * 60_000);
  // The first of the attempts in a row says so in its first field: entries are canonical JSON, fields in order.
  const rows = await portal.db.$queryRaw<unknown[]>`
    SELECT request.id::text
      FROM signer.open_request AS open
      JOIN signer.request_state AS state USING (request_id)
      JOIN portal.signing_request AS request ON request.id = open.request_id
     WHERE NOT open.waiting AND state.retries > 0 AND state.status IN ('received', 'checking', 'signing')
       AND EXISTS (SELECT FROM portal.webhook
                    WHERE webhook.project_slug = request.project_slug AND webhook.disabled_at IS NULL
                      AND 'request.delayed' = ANY(webhook.events)
                      AND NOT EXISTS (SELECT FROM portal.webhook_delivery AS told
                                       WHERE told.webhook_id = webhook.id
                                         AND told.key = 'request.delayed ' || request.id))
       AND (SELECT max(entry.at) FROM signer.journal AS entry
             WHERE entry.request_id = request.id AND entry.kind = 'step.finished'
               AND left(entry.body, 13) = '{"attempt":1,') <= ${before}
     ORDER BY open.seen_at LIMIT ${atOnce}`;
  for (const row of rows) {
    await tellOfRequest(portal, accepted.snapshot, rowSchema.parse(row).id, now, { delayed: true });
  }
  return [];
}
