/** Policies of accepted applications that couldn't be proposed with the project, since they would have been below a floor of the foundation. */
import { toApplication } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import { sameRepository } from '#core/policy/index.ts';
import type { PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { firstPolicies, policyFilesFor } from './files/index.ts';
import type { AcceptedApplication, MissingPolicy, PolicyFile } from './files/index.ts';

interface Waiting {
  /** Can be proposed now. */
  readonly policies: readonly PolicyFile[];
  readonly missing: readonly MissingPolicy[];
}

const nothing: Waiting = { policies: [], missing: [] };

/** `snapshot`: as it will be once the change is in force that they are to come with. */
export async function findWaitingPolicies(
  { db }: Pick<Context, 'db'>,
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
): Promise<Waiting> {
  const rows = await db.application.findMany({
    where: { slug: project.slug, status: 'accepted' },
    orderBy: { id: 'desc' },
    take: 1,
  });
  const [application] = rows.map(toApplication);
  return application === undefined ? nothing : waitingPoliciesOf(application, snapshot, project);
}

/** `project`: null before its policy is in force. */
export function waitingPoliciesOf(
  application: Application,
  snapshot: PolicySnapshot,
  project: ProjectSnapshot | null,
): Waiting {
  const about = acceptedOf(application);
  if (about === null) return nothing;
  if (project === null) return { policies: [], missing: policyFilesFor(about, snapshot).missing };
  if (!sameRepository(project.project.value.repository, about.repository)) return nothing;
  const { policies, missing } = firstPolicies(about, snapshot);
  const purposes = new Set([...project.policies.values()].map(({ value }) => value.purpose));
  return {
    policies: policies.filter(({ purpose }) => !purposes.has(purpose)),
    missing: missing.filter(({ purpose }) => !purposes.has(purpose)),
  };
}

function acceptedOf(application: Application): AcceptedApplication | null {
  const { slug, program, repository, answers, applicant, applicantName } = application;
  return slug === null || program === null || repository === null
    ? null
    : { slug, applicant, applicantName, answers, repository, program };
}
