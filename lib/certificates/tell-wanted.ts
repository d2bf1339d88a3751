/** Telling the foundation that a project waits for its first certificates, and the team that they are there. */
import type { PolicySnapshot, ProjectSnapshot } from '../core/policy/index.ts';
import { notify, notifyFoundation, teamOf, tellOnce, untoldOf } from '../notifications/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { listCertificates, type PublishedCertificate } from './list.ts';

type Telling = Pick<Portal, 'db' | 'now' | 'config'>;

export interface CertificateWish {
  readonly slug: string;
  readonly project: string;
  /** Of the certificates that the project's policies name, sorted. */
  readonly names: readonly string[];
  /** `wanted`: at least one was never issued. `issued`: all were. */
  readonly what: 'wanted' | 'issued';
}

const action = 'certificate.told';
/** Messages that go out at a time; what is left comes with the next round. */
const atOnce = 20;

/** What operators run on the signer’s host; the files are theirs. */
export const issueCommand = 'npm run issue -- --ceremony ceremony.yaml --signer signer.yaml';

export async function tellOfWishes(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted === null) return [];
  await tellWishes(portal, accepted.snapshot, await listCertificates({ ctx: portal }));
  return [];
}

/** The same for a snapshot and certificates. Safe in several portals at once. */
export async function tellWishes(
  ctx: Telling,
  snapshot: PolicySnapshot,
  certificates: readonly PublishedCertificate[],
): Promise<void> {
  const wishes = certificateWishes(certificates, snapshot);
  const keyOf = ({ slug, names }: CertificateWish, what: CertificateWish['what']) =>
    `${what} ${slug} ${names.join(' ')}`;
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
          body: `The policy in force names them, and they were never issued. Whoever runs the signer issues all that wait, on its host: ${issueCommand}. A project’s own certificate (publisher: project) is requested in a key ceremony and imported. Nothing can be signed for the project before.`,
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
}

/**
 * Active projects and whether every certificate that their policies name was issued at some time. Those that run out or were revoked are
 * other news.
 */
export function certificateWishes(
  certificates: readonly PublishedCertificate[],
  { projects }: PolicySnapshot,
): readonly CertificateWish[] {
  const issued = new Set(certificates.map(({ project, name }) => JSON.stringify([project, name])));
  return [...projects.values()]
    .filter(({ project, policies }) => project.value.status === 'active' && policies.size > 0)
    .map((project): CertificateWish => {
      const names = namesOf(project);
      const all = names.every((name) => issued.has(JSON.stringify([project.slug, name])));
      const what = all ? 'issued' : 'wanted';
      return { slug: project.slug, project: project.project.value.name, names, what };
    });
}

function namesOf({ policies }: ProjectSnapshot): readonly string[] {
  return [...new Set([...policies.values()].map(({ value }) => value.certificate))].sort();
}
