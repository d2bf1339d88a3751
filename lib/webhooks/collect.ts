/** Writes the messages that webhooks are due from the signer's journal. Read twice, it tells nobody twice. */
import { parseCommitSha, parsePolicySlug, parseProjectSlug, parseRequestId } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { readBody } from '#core/wire/journal/index.ts';
import { isStartingFormat } from '#core/wire/webhook/index.ts';
import type { WebhookEvent } from '#core/wire/webhook/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { readRequest } from '../requests/index.ts';
import { readRevocation } from '../revocations/index.ts';
import { line } from './compose-text.ts';
import { addDelivery, receiversOf } from './deliveries.ts';
import type { Telling } from './deliveries.ts';
import { requestEvent } from './facts.ts';
import { markJournalRead, readJournalUpdates } from './journal.ts';
import type { JournalUpdates } from './journal.ts';
import { startPlaceOf } from './start-build.ts';

export type CollectContext = Pick<Portal, 'config' | 'db' | 'now' | 'policies'>;

/** What can't be told for so long is passed over, so that one entry doesn't hold up all others for ever. */
const triesMilliseconds = 10 * 60_000;
const statementCharactersMax = 2_000;

/** → what went wrong, in words. Safe in several portals at once. */
export async function collectWebhookEvents(portal: CollectContext): Promise<readonly string[]> {
  const updates = await readJournalUpdates(portal.db);
  if (updates === null) return [];
  const rows = await portal.db.webhook.findMany({
    where: { disabledAt: null },
    select: { projectSlug: true },
    distinct: ['projectSlug'],
  });
  const projects = new Set(rows.map((row) => row.projectSlug));
  const problems: string[] = [];
  for (const entry of projects.size === 0 ? [] : updates.entries) {
    try {
      await tellOfEntry(portal, entry, projects);
    } catch (error) {
      if (portal.now().getTime() - entry.at.getTime() < triesMilliseconds) {
        // Entries before it are done; it and those after it are read again.
        await markJournalRead(portal.db, entry.seq - 1n);
        throw error;
      }
      problems.push(
        `webhooks aren’t told of journal entry ${entry.seq}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  await markJournalRead(portal.db, updates.last);
  return problems;
}

type Entry = JournalUpdates['entries'][number];

async function tellOfEntry(
  portal: CollectContext,
  { kind, at, body, project, request_id: id }: Entry,
  projects: ReadonlySet<string>,
): Promise<void> {
  if (kind === 'policy.accepted' || kind === 'certificate.revoked') {
    if (body !== null)
      await (kind === 'policy.accepted' ? tellOfPolicy : tellOfRevocation)(portal, { at, body }, projects);
    return;
  }
  if (id === null || project === null || !projects.has(project)) return;
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null) await tellOfRequest(portal, accepted.snapshot, id, at);
}

/** `delayed`: it has waited long for a service that is down. */
export async function tellOfRequest(
  portal: CollectContext,
  snapshot: PolicySnapshot,
  requestId: string,
  at: Date,
  { delayed = false } = {},
): Promise<void> {
  const request = await readRequest({ ctx: portal, input: { id: parseRequestId(requestId) } });
  if (request === null) return;
  const found = effectivePolicy(snapshot, parseProjectSlug(request.project), parsePolicySlug(request.policy));
  const effective = found.ok ? found.value : null;
  const { publicUrl } = portal.config;
  const approvalsNeeded = effective?.quorum ?? null;
  const event = requestEvent(request, { publicUrl, approvalsNeeded, delayed, at });
  if (event === null) return;
  // Under another policy earlier approvals don't count, and it waits anew.
  const under = event.type === 'request.waiting' ? ` ${effective?.digest.slice(0, 16) ?? ''}` : '';
  await tell(portal, request.project, { key: `${event.type} ${request.id}${under}`, event }, (format) => {
    if (!isStartingFormat(format)) return true;
    // Builds of another host, or of none: there is nothing to start.
    const { project, policy } = request;
    return (
      startPlaceOf(portal.config, snapshot, { project: parseProjectSlug(project), policy, format }) !== null
    );
  });
}

/** To the projects whose files it changed, as their page's history shows it. */
async function tellOfPolicy(
  portal: CollectContext,
  { at, body }: { readonly at: Date; readonly body: string },
  projects: ReadonlySet<string>,
): Promise<void> {
  const read = readBody('policy.accepted', body);
  if (!read.readable) throw new Error(read.problem);
  const commit = parseCommitSha(read.body.commit);
  const parent = read.body.parent === null ? null : parseCommitSha(read.body.parent);
  for (const project of projects) {
    const [now = null, before = null] = await portal.policies.treesOf(
      parent === null ? [commit] : [commit, parent],
      `projects/${project}`,
    );
    if (now === before) continue;
    const event: WebhookEvent = {
      type: 'policy.accepted',
      timestamp: at,
      data: {
        project,
        commit,
        previous: parent,
        acceptedAt: at.toISOString(),
        url: `${portal.config.publicUrl}/projects/${project}/history/${commit}`,
      },
    };
    await tell(portal, project, { key: `policy.accepted ${commit}`, event });
  }
}

async function tellOfRevocation(
  portal: CollectContext,
  { at, body }: { readonly at: Date; readonly body: string },
  projects: ReadonlySet<string>,
): Promise<void> {
  const read = readBody('certificate.revoked', body);
  if (!read.readable) throw new Error(read.problem);
  const { project, certificate, serial, reason } = read.body;
  if (!projects.has(project)) return;
  const effectiveAt = new Date(read.body.effectiveAt).toISOString();
  const notice = await readRevocation({ ctx: portal, input: { serial } });
  const event: WebhookEvent = {
    type: 'certificate.revoked',
    timestamp: at,
    data: {
      project,
      certificate: line(certificate),
      serial,
      reason,
      effectiveAt,
      statement: line(notice?.statement ?? '', statementCharactersMax),
      url: `${portal.config.publicUrl}/revocations/${serial}`,
    },
  };
  // Every signer writes it; an earlier date or another reason is another one.
  await tell(portal, project, { key: `certificate.revoked ${serial} ${effectiveAt} ${reason}`, event });
}

async function tell(
  portal: CollectContext,
  project: string,
  telling: Telling,
  takes: (format: string) => boolean = () => true,
): Promise<void> {
  const all = await receiversOf(portal.db, project, telling.event.type);
  const receivers = all.filter(({ format }) => takes(format));
  if (receivers.length === 0) return;
  await portal.db.$transaction(async (transaction) => {
    // In one order, so that portals that tell of the same wait for each other and not in a circle.
    for (const receiver of receivers.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
      await addDelivery(transaction, portal, receiver, telling);
  });
}
