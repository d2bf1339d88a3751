/** Requests that have waited long for a service that is down. Only open requests are searched, however many have ended. */
import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import { recipientsOf } from '#core/policy/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { notifyOfRequest } from './notify.ts';

const delayMinutes = 30;
/** Requests notified about in one run; the rest follow a minute later. */
const atOnce = 100;

const rowSchema = z.object({ id: z.string() });

/** → what went wrong, in words. One notice per request. */
export async function notifyOfDelays(
  portal: Pick<Portal, 'config' | 'db' | 'now' | 'policies'>,
): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  const { snapshot } = accepted;
  const subscribed = [...snapshot.projects].flatMap(([project, { policies }]) =>
    [...policies].flatMap(([policy, { value }]) =>
      recipientsOf(value.notifications, 'delayed').length === 0 ? [] : [{ project, policy }],
    ),
  );
  if (subscribed.length === 0) return [];
  const before = new Date(portal.now().getTime() - delayMinutes * 60_000);
  // The first of the attempts in a row says so in its first field: entries are canonical JSON, fields in order.
  const rows = await portal.db.$queryRaw<unknown[]>`
    SELECT request.id::text
      FROM signer.open_request AS open
      JOIN signer.request_state AS state USING (request_id)
      JOIN portal.signing_request AS request ON request.id = open.request_id
      JOIN unnest(${subscribed.map((subscription) => subscription.project)}::text[], ${subscribed.map((subscription) => subscription.policy)}::text[])
           AS wanted(project, policy) ON wanted.project = request.project_slug AND wanted.policy = request.policy_slug
     WHERE NOT open.waiting AND state.retries > 0 AND state.status IN ('received', 'checking', 'signing')
       AND NOT EXISTS (SELECT FROM portal.request_notice AS told
                        WHERE told.request_id = request.id AND told.occasion = 'delayed')
       AND (SELECT max(entry.at) FROM signer.journal AS entry
             WHERE entry.request_id = request.id AND entry.kind = 'step.finished'
               AND left(entry.body, 13) = '{"attempt":1,') <= ${before}
     ORDER BY open.seen_at LIMIT ${atOnce}`;
  for (const row of rows) {
    await notifyOfRequest(portal, snapshot, parseRequestId(rowSchema.parse(row).id), { delayed: true });
  }
  return [];
}
