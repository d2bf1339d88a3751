/** Telling people that a certificate runs out, and that its successor is there: long before, and again when it is late. */
import { parseProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { notify, notifyReviewers, teamOf, tellOnce, untoldOf, type Message } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { howIssued } from './how-issued.ts';
import { endingDays } from './inventory.ts';
import { listCertificates, type PublishedCertificate } from './list.ts';

type Telling = Pick<Portal, 'db' | 'now' | 'config'>;

export interface CertificateNews {
  readonly key: string;
  readonly certificate: PublishedCertificate;
  /** `due`: a successor can be made now. `late`: it is missing. `renewed`: it is there. */
  readonly what: 'due' | 'late' | 'renewed';
}

const action = 'certificate.told';
const dayMs = 86_400_000;
const lateDays = 14;
/** Messages that go out at a time; what is left comes with the next round. */
const atOnce = 20;

export async function tellOfRenewals(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  await tellRenewals(portal, accepted.snapshot, await listCertificates({ ctx: portal }));
  return [];
}

/** The same for a snapshot and certificates. Safe in several portals at once. */
export async function tellRenewals(
  ctx: Telling,
  snapshot: PolicySnapshot,
  certificates: readonly PublishedCertificate[],
): Promise<void> {
  const news = renewalNews(certificates, snapshot, ctx.now());
  if (news.length === 0) return;
  const about = ({ key, certificate }: CertificateNews) => ({
    key,
    subject: `certificate:${certificate.serial}`,
  });
  for (const one of (await untoldOf(ctx.db, action, news, about)).slice(0, atOnce)) {
    const { certificate } = one;
    const { key, subject } = about(one);
    await tellOnce(ctx, { action, key, subject }, async (transaction) => {
      const project = certificate.project ?? '';
      const message = messageOf(one, nameOf(snapshot, project));
      // While there is time the team has nothing to do, unless the certificate is its own: then its authority takes days.
      const team = teamOf(snapshot, project);
      const told = one.what === 'due' && certificate.publisher === 'foundation' ? [] : team;
      for (const id of told) await notify(transaction, ctx, id, message);
      if (one.what !== 'renewed') {
        await notifyReviewers(transaction, ctx, snapshot, { ...message, kind: 'review-alert' }, told);
      }
      return told.length;
    });
  }
}

/** Certificates of active projects → what there is to tell of them. Revoked and long gone ones are nobody's news. */
export function renewalNews(
  certificates: readonly PublishedCertificate[],
  snapshot: PolicySnapshot,
  now: Date,
): readonly CertificateNews[] {
  const mine = certificates.filter(
    (one) =>
      one.project !== null &&
      (one.purpose === 'release' || one.purpose === 'test') &&
      snapshot.projects.get(parseProjectSlug(one.project))?.project.value.status === 'active',
  );
  const groups = Map.groupBy(mine, (one) =>
    JSON.stringify([one.project, one.name, one.purpose, one.publisher]),
  );
  return [...groups.values()].flatMap((group) => noticesOf(group, now));
}

function noticesOf(group: readonly PublishedCertificate[], now: Date): readonly CertificateNews[] {
  const good = group.filter((one) => one.revocation === null && one.validTo > now);
  const newest = good.toSorted((left, right) => right.validTo.getTime() - left.validTo.getTime())[0];
  if (newest === undefined) return [];
  const days = (newest.validTo.getTime() - now.getTime()) / dayMs;
  if (days <= lateDays) return [news('late', newest)];
  if (days <= endingDays) return [news('due', newest)];
  const isSuccessor = group.some((one) => one !== newest && one.validFrom < newest.validFrom);
  return isSuccessor ? [news('renewed', newest)] : [];
}

function news(what: CertificateNews['what'], certificate: PublishedCertificate): CertificateNews {
  return { what, certificate, key: `${certificate.serial} ${what}` };
}

function nameOf({ projects }: PolicySnapshot, slug: string): string {
  return projects.get(parseProjectSlug(slug))?.project.value.name ?? slug;
}

function messageOf({ what, certificate }: CertificateNews, project: string): Message {
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
    renewed: {
      subject: `${which} has a successor, valid until ${until}`,
      body:
        `The next request is signed with the new certificate (serial number ${certificate.serial}). There is nothing to do, ` +
        `unless you or your users compare serial numbers or fingerprints: SHA-256 ${certificate.sha256}. ${old}`,
    },
  };
  return { kind: 'project-news', ...texts[what], path: '/certificates' };
}
