/** Names and repositories that are taken, or that people would confuse. */
import { isLookalike, slugOf } from './questions/index.ts';
import { hostAddressOf, sameRepository } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { sameIdentity } from '#core/identity/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { applicantIn, finalStatuses } from './row.ts';
import type { Application } from './row.ts';

type Repository = Pick<NonNullable<Application['repository']>, 'uri' | 'id'>;

/** Of open applications by others: their names can't be told to strangers, only that there is one. */
const othersMax = 20_000;

export interface NameConflicts {
  /** The same name in addresses: there can be only one. A sentence, or null. */
  readonly taken: string | null;
  /** Names that people could take for it; public ones only. */
  readonly lookalikes: readonly string[];
  /** How many open applications have such a name. */
  readonly openLookalikes: number;
}

export async function nameConflicts(
  db: Portal['db'] | Transaction,
  snapshot: PolicySnapshot,
  asked: { readonly id: number; readonly name: string; readonly repository: Repository | null },
): Promise<NameConflicts> {
  const slug = slugOf(asked.name);
  // A project that is reviewed again, or applies twice, doesn't conflict with itself.
  const projects = [...snapshot.projects].filter(
    ([, { project }]) => !sameRepository(project.value.repository, asked.repository),
  );
  const others = (await openApplications(db, asked.id)).filter(
    (application) => !sameRepository(application.repository, asked.repository),
  );
  const taken =
    slug !== null && projects.some(([other]) => other === slug)
      ? `There is a project of this name: /projects/${slug}`
      : others.some((other) => other.slug === slug)
        ? 'Somebody else is applying under this name'
        : null;
  const alike = (name: string): boolean => isLookalike(name, asked.name);
  return {
    taken,
    lookalikes: projects
      .filter(([other, { project }]) => other !== slug && (alike(project.value.name) || alike(other)))
      .map(([, { project }]) => project.value.name)
      .slice(0, 10),
    openLookalikes: others.filter((other) => other.slug !== slug && other.name !== null && alike(other.name))
      .length,
  };
}

/** The project that a repository has already; null: it has none. */
export function projectOfRepository(
  snapshot: PolicySnapshot,
  asked: Repository | null,
): { readonly slug: string; readonly program: string } | null {
  for (const [slug, { project }] of snapshot.projects) {
    const { repository, program } = project.value;
    if (sameRepository(repository, asked)) return { slug, program };
  }
  return null;
}

/** Why this repository can't be applied for; null: it can. A project that has a certificate may apply for another program. */
export async function repositoryConflict(
  db: Portal['db'] | Transaction,
  snapshot: PolicySnapshot,
  asked: {
    readonly id: number;
    readonly repository: Repository;
    readonly applicant: StoredIdentity;
    readonly program: string | null;
  },
): Promise<string | null> {
  const own = projectOfRepository(snapshot, asked.repository);
  if (own !== null && (asked.program === null || asked.program === own.program)) {
    return `This repository has its certificate already: /projects/${own.slug}`;
  }
  const other = await db.application.findFirst({
    where: {
      repositoryId: asked.repository.id,
      repositoryUri: { startsWith: hostAddressOf(asked.repository) ?? asked.repository.uri },
      id: { not: asked.id },
      status: { notIn: [...finalStatuses] },
    },
    // A stranger's draft must not block the maintainers; a submitted application has proved its repository.
    orderBy: { submittedAt: { sort: 'asc', nulls: 'last' } },
  });
  if (other === null) return null;
  if (sameIdentity(applicantIn(other), asked.applicant))
    return `You have applied for it already: /applications/${other.id}`;
  return other.submittedAt === null ? null : 'Somebody else has applied for this repository';
}

async function openApplications(
  db: Portal['db'] | Transaction,
  id: number,
): Promise<
  readonly {
    readonly name: string | null;
    readonly slug: string | null;
    readonly repository: Repository | null;
  }[]
> {
  const rows = await db.application.findMany({
    where: { id: { not: id }, submittedAt: { not: null }, status: { notIn: [...finalStatuses] } },
    select: { name: true, slug: true, repositoryUri: true, repositoryId: true },
    take: othersMax,
  });
  return rows.map(({ name, slug, repositoryUri: uri, repositoryId }) => ({
    name,
    slug,
    repository: uri === null || repositoryId === null ? null : { uri, id: repositoryId },
  }));
}
