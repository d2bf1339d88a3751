/** Telling the foundation that a project waits for its first certificates, and the team that they are there. */
import type { PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import { notify, notifyFoundation, teamOf, tellOnce, untoldOf } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import type { Publisher } from './standing/index.ts';
import { howIssued } from './how-issued.ts';
import { listCertificates, type PublishedCertificate } from './list.ts';

type Telling = Pick<Portal, 'db' | 'now' | 'config'>;

export interface CertificateWish {
  readonly slug: string;
  readonly project: string;
  /** Of the certificates that the project's policies name, sorted. */
  readonly names: readonly string[];
  /** Which of them are to be the project's own. */
  readonly own: readonly string[];
  /** `wanted`: at least one was never issued. `issued`: all were. */
  readonly what: 'wanted' | 'issued';
}

const action = 'certificate.told';
/** Messages that go out at a time; what is left comes with the next round. */
const atOnce = 20;

/** Under which policy and certificates there was nothing to tell: what was told only grows, so nothing comes of looking again. */
const settled = new WeakMap<
  Portal['db'],
  { readonly snapshot: PolicySnapshot; readonly certificates: readonly PublishedCertificate[] }
>();

export async function tellOfWishes(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  const { snapshot } = accepted;
  const certificates = await listCertificates({ ctx: portal });
  const before = settled.get(portal.db);
  if (before?.snapshot === snapshot && before.certificates === certificates) return [];
  const due = await tellWishes(portal, snapshot, certificates);
  if (due === 0) settled.set(portal.db, { snapshot, certificates });
  return [];
}

/** The same for a snapshot and certificates. Safe in several portals at once. → how much there was to tell. */
export async function tellWishes(
  ctx: Telling,
  snapshot: PolicySnapshot,
  certificates: readonly PublishedCertificate[],
): Promise<number> {
  const wishes = certificateWishes(certificates, snapshot);
  const keyOf = ({ slug, names, own }: CertificateWish, what: CertificateWish['what']) =>
    `${what} ${slug} ${names.map((name) => (own.includes(name) ? `${name}(own)` : name)).join(' ')}`;
  const subjectOf = ({ slug }: CertificateWish) => `project:${slug}`;
  const asked = wishes.flatMap((one) =>
    [...new Set(['wanted', one.what] as const)].map((what) => ({
      key: keyOf(one, what),
      subject: subjectOf(one),
    })),
  );
  const untold = new Set((await untoldOf(ctx.db, action, asked, (one) => one)).map(({ key }) => key));
  const due = wishes.filter(
    (one) => untold.has(keyOf(one, one.what)) && (one.what === 'wanted' || !untold.has(keyOf(one, 'wanted'))),
  );
  for (const wish of due.slice(0, atOnce)) {
    const { slug, project, names, what } = wish;
    const key = keyOf(wish, what);
    await tellOnce(ctx, { action, key, subject: subjectOf(wish) }, async (transaction) => {
      if (what === 'wanted') {
        return notifyFoundation(transaction, ctx, snapshot, {
          kind: 'foundation-alert',
          subject: `${project} waits for its certificates: ${names.join(', ')}`,
          body: `The policy in force names them, and not all of them are there. ${waysOf(wish)} Nothing can be signed with them before.`,
          path: '/status',
        });
      }
      const team = teamOf(snapshot, slug);
      for (const id of team) {
        await notify(transaction, ctx, id, {
          kind: 'project-news',
          subject: `The certificates of ${project} are issued`,
          body: 'Try out a test signature next: the way to a release has what to copy, and sees what is done.',
          path: `/projects/${slug}/first-release`,
        });
      }
      return team.length;
    });
  }
  return due.length;
}

/**
 * Active projects and whether every certificate that their policies name was issued at some time. Those that run out or were revoked are
 * other news.
 */
export function certificateWishes(
  certificates: readonly PublishedCertificate[],
  { projects }: PolicySnapshot,
): readonly CertificateWish[] {
  // A certificate in another's name than the policy says signs nothing under it.
  const issued = new Set(
    certificates.flatMap(({ project, name, publisher }) =>
      project === null || name === null ? [] : [`${project} ${name} ${publisher}`],
    ),
  );
  return [...projects.values()]
    .filter(({ project, policies }) => project.value.status === 'active' && policies.size > 0)
    .map((project): CertificateWish => {
      const named = publishersOf(project);
      const all = [...named].every((one) => issued.has(`${project.slug} ${one.join(' ')}`));
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
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function waysOf({ names, own }: CertificateWish): string {
  const ways: readonly (readonly [Publisher, readonly string[]])[] = [
    ['foundation', names.filter((name) => !own.includes(name))],
    ['project', own],
  ];
  return ways
    .flatMap(([publisher, which]) =>
      which.length === 0 ? [] : [`${which.join(', ')}: ${howIssued[publisher]}`],
    )
    .join(' ');
}
