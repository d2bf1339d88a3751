/** Notifies the foundation that a project waits for its first certificates, and the team once they are issued. */
import type { PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import { notify, notifyFoundation, teamOf, notifyOnce, unsentNotices } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import type { Publisher } from './standing/index.ts';
import { howIssued } from './how-issued.ts';
import { listCertificates, type PublishedCertificate } from './list.ts';

type NotifyContext = Pick<Portal, 'db' | 'now' | 'config'>;

export interface CertificateNeed {
  readonly slug: string;
  readonly project: string;
  /** Of the certificates that the project's policies name, sorted. */
  readonly names: readonly string[];
  /** Which of them have to be the project's own. */
  readonly own: readonly string[];
  /** `wanted`: at least one was never issued. `issued`: all were. */
  readonly what: 'wanted' | 'issued';
}

const action = 'certificate.told';
/** Notices sent in one run; the rest follow in the next. */
const atOnce = 20;

/** The policy and certificates for which nothing was due: sent notices only accumulate, so there is no need to check again. */
const settled = new WeakMap<
  Portal['db'],
  { readonly snapshot: PolicySnapshot; readonly certificates: readonly PublishedCertificate[] }
>();

export async function notifyOfIssuance(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  const { snapshot } = accepted;
  const certificates = await listCertificates({ ctx: portal });
  const before = settled.get(portal.db);
  if (before?.snapshot === snapshot && before.certificates === certificates) return [];
  const due = await sendIssuanceNotices(portal, snapshot, certificates);
  if (due === 0) settled.set(portal.db, { snapshot, certificates });
  return [];
}

/** The same for a given snapshot and certificates. May run in several portals at once. → the number of notices that were due. */
export async function sendIssuanceNotices(
  ctx: NotifyContext,
  snapshot: PolicySnapshot,
  certificates: readonly PublishedCertificate[],
): Promise<number> {
  const needs = certificateNeeds(certificates, snapshot);
  const keyOf = ({ slug, names, own }: CertificateNeed, what: CertificateNeed['what']) =>
    `${what} ${slug} ${names.map((name) => (own.includes(name) ? `${name}(own)` : name)).join(' ')}`;
  const subjectOf = ({ slug }: CertificateNeed) => `project:${slug}`;
  const notices = needs.flatMap((need) =>
    [...new Set(['wanted', need.what] as const)].map((what) => ({
      key: keyOf(need, what),
      subject: subjectOf(need),
    })),
  );
  const unsent = new Set(
    (await unsentNotices(ctx.db, action, notices, (notice) => notice)).map(({ key }) => key),
  );
  const due = needs.filter(
    (need) =>
      unsent.has(keyOf(need, need.what)) && (need.what === 'wanted' || !unsent.has(keyOf(need, 'wanted'))),
  );
  for (const need of due.slice(0, atOnce)) {
    const { slug, project, names, what } = need;
    const key = keyOf(need, what);
    await notifyOnce(ctx, { action, key, subject: subjectOf(need) }, async (transaction) => {
      if (what === 'wanted') {
        return notifyFoundation(transaction, ctx, snapshot, {
          kind: 'foundation-alert',
          subject: `${project} waits for its certificates: ${names.join(', ')}`,
          body: `The policy in force names them, and not all of them have been issued. ${instructionsFor(need)} Until then nothing can be signed with them.`,
          path: '/status',
        });
      }
      const team = teamOf(snapshot, slug);
      for (const id of team) {
        await notify(transaction, ctx, id, {
          kind: 'project-news',
          subject: `The certificates of ${project} have been issued`,
          body: 'Next, request a test signature: the page “Steps to a release” has the commands to copy, and shows which steps are done.',
          path: `/projects/${slug}/first-release`,
        });
      }
      return team.length;
    });
  }
  return due.length;
}

/**
 * Active projects, and whether every certificate that their policies name was ever issued. Expired and revoked ones have notices of
 * their own.
 */
export function certificateNeeds(
  certificates: readonly PublishedCertificate[],
  { projects }: PolicySnapshot,
): readonly CertificateNeed[] {
  // A certificate in another name than the policy states signs nothing under it.
  const issued = new Set(
    certificates.flatMap(({ project, name, publisher }) =>
      project === null || name === null ? [] : [`${project} ${name} ${publisher}`],
    ),
  );
  return [...projects.values()]
    .filter(({ project, policies }) => project.value.status === 'active' && policies.size > 0)
    .map((project): CertificateNeed => {
      const named = publishersOf(project);
      const all = [...named].every((certificate) => issued.has(`${project.slug} ${certificate.join(' ')}`));
      return {
        slug: project.slug,
        project: project.project.value.name,
        what: all ? 'issued' : 'wanted',
        names: [...named.keys()],
        own: [...named].flatMap(([name, publisher]) => (publisher === 'project' ? [name] : [])),
      };
    });
}

/** Names of the certificates that the policies name, sorted, and in whose name each is. */
function publishersOf({ policies }: ProjectSnapshot): ReadonlyMap<string, Publisher> {
  return new Map(
    [...policies.values()]
      .map(({ value }) => [value.certificate, value.publisher ?? 'foundation'] as const)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}

function instructionsFor({ names, own }: CertificateNeed): string {
  const instructions: readonly (readonly [Publisher, readonly string[]])[] = [
    ['foundation', names.filter((name) => !own.includes(name))],
    ['project', own],
  ];
  return instructions
    .flatMap(([publisher, which]) =>
      which.length === 0 ? [] : [`${which.join(', ')}: ${howIssued[publisher]}`],
    )
    .join(' ');
}
