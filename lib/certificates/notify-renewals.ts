/** Notifies people that a certificate expires, well ahead and again when it is late, and when its successor is there. */
import { parseProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import {
  notify,
  notifyReviewers,
  teamOf,
  notifyOnce,
  unsentNotices,
  type Message,
} from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { howIssued } from './how-issued.ts';
import { endingDays } from './inventory.ts';
import { isAnnounced, listCertificates, type PublishedCertificate } from './list.ts';

type NotifyContext = Pick<Portal, 'db' | 'now' | 'config'>;

export interface RenewalNotice {
  readonly key: string;
  readonly certificate: PublishedCertificate;
  /** `due`: a successor can be issued now. `late`: it is still missing. `announced`: it is there, and signs later. `renewed`: it signs. */
  readonly what: 'due' | 'late' | 'announced' | 'renewed';
}

const action = 'certificate.told';
const dayMs = 86_400_000;
const lateDays = 14;
/** Notices sent in one run; the rest follow in the next. */
const atOnce = 20;

export async function notifyOfRenewals(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  await sendRenewalNotices(portal, accepted.snapshot, await listCertificates({ ctx: portal }));
  return [];
}

/** The same for a given snapshot and certificates. May run in several portals at once. */
export async function sendRenewalNotices(
  ctx: NotifyContext,
  snapshot: PolicySnapshot,
  certificates: readonly PublishedCertificate[],
): Promise<void> {
  const notices = renewalNotices(certificates, snapshot, ctx.now());
  if (notices.length === 0) return;
  const about = ({ key, certificate }: RenewalNotice) => ({
    key,
    subject: `certificate:${certificate.serial}`,
  });
  for (const notice of (await unsentNotices(ctx.db, action, notices, about)).slice(0, atOnce)) {
    const { certificate } = notice;
    const { key, subject } = about(notice);
    await notifyOnce(ctx, { action, key, subject }, async (transaction) => {
      const project = certificate.project ?? '';
      const message = messageOf(notice, nameOf(snapshot, project));
      // Until it is late the team has nothing to do, unless the certificate is its own: its authority takes days.
      const team = teamOf(snapshot, project);
      const recipients = notice.what === 'due' && certificate.publisher === 'foundation' ? [] : team;
      for (const id of recipients) await notify(transaction, ctx, id, message);
      if (notice.what === 'due' || notice.what === 'late') {
        await notifyReviewers(transaction, ctx, snapshot, { ...message, kind: 'review-alert' }, recipients);
      }
      return recipients.length;
    });
  }
}

/** Certificates of active projects → notices due. Nobody is notified about revoked and expired ones. */
export function renewalNotices(
  certificates: readonly PublishedCertificate[],
  snapshot: PolicySnapshot,
  now: Date,
): readonly RenewalNotice[] {
  const relevant = certificates.filter(
    (certificate) =>
      certificate.project !== null &&
      (certificate.purpose === 'release' || certificate.purpose === 'test') &&
      snapshot.projects.get(parseProjectSlug(certificate.project))?.project.value.status === 'active',
  );
  const groups = Map.groupBy(relevant, (certificate) =>
    JSON.stringify([certificate.project, certificate.name, certificate.purpose, certificate.publisher]),
  );
  return [...groups.values()].flatMap((group) => noticesOf(group, now));
}

function noticesOf(group: readonly PublishedCertificate[], now: Date): readonly RenewalNotice[] {
  const good = group.filter((certificate) => certificate.revocation === null && certificate.validTo > now);
  const newest = good.toSorted((left, right) => right.validTo.getTime() - left.validTo.getTime())[0];
  if (newest === undefined) return [];
  const days = (newest.validTo.getTime() - now.getTime()) / dayMs;
  if (days <= lateDays) return [notices('late', newest)];
  if (days <= endingDays) return [notices('due', newest)];
  const isSuccessor = group.some(
    (certificate) => certificate !== newest && certificate.validFrom < newest.validFrom,
  );
  if (!isSuccessor) return [];
  return [notices(isAnnounced(newest, now) ? 'announced' : 'renewed', newest)];
}

function notices(what: RenewalNotice['what'], certificate: PublishedCertificate): RenewalNotice {
  return { what, certificate, key: `${certificate.serial} ${what}` };
}

function nameOf({ projects }: PolicySnapshot, slug: string): string {
  return projects.get(parseProjectSlug(slug))?.project.value.name ?? slug;
}

function messageOf({ what, certificate }: RenewalNotice, project: string): Message {
  const until = certificate.validTo.toISOString().slice(0, 10);
  const which = `The certificate ${certificate.name ?? ''} of ${project}`;
  const how = howIssued[certificate.publisher];
  const old = 'What was signed and timestamped until then stays good; nothing has to be signed again.';
  const texts = {
    due: {
      subject: `${which} runs out on ${until}`,
      body: `${which} is valid until ${until}. It is time for its successor. ${how} ${old}`,
    },
    late: {
      subject: `${which} runs out on ${until}, and has no successor`,
      body:
        `${which} is valid until ${until}, and there is no successor. From then on requests under it are refused. ` +
        `${how} ${old}`,
    },
    announced: {
      subject: `${which} has a successor, used from ${day(certificate.usedFrom)}`,
      body:
        `Until then the certificate before signs, and from then on the new one (serial number ${certificate.serial}, SHA-256 ${certificate.sha256}), which is valid until ${until}. ` +
        (certificate.sharesKeyWith.length > 0
          ? 'It is for the same key as before. '
          : 'It has a key of its own. ') +
        `The project’s page and its feed announce it. If you or your users compare serial numbers or fingerprints, add the new one now. ${old}`,
    },
    renewed: {
      subject: `${which} has a successor, valid until ${until}`,
      body:
        `The next request is signed with the new certificate (serial number ${certificate.serial}). There is nothing to do, ` +
        `unless you or your users compare serial numbers or fingerprints: SHA-256 ${certificate.sha256}. ${old}`,
    },
  };
  return { kind: 'project-news', ...texts[what], path: '/certificates' };
}

const day = (date: Date | null): string => date?.toISOString().slice(0, 10) ?? '';
