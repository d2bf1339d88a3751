/** Who may submit requests under a signing policy. A rule of the portal alone: the signer can't verify who asked. */
import type { Project, SigningPolicy } from '../../generated/index.ts';
import { parsePersonHandle } from '../../ids/index.ts';
import type { PersonHandle, ProjectSlug } from '../../ids/index.ts';
import type { SubmittingBuild, Submitter } from './submitter.ts';

export interface SubmittingPlace {
  readonly slug: ProjectSlug;
  readonly project: Project;
  readonly policy: SigningPolicy;
}

/** The policy's `submitters`; default: the whole team, every token of the project, and builds of the policy's origin. */
export function maySubmit(place: SubmittingPlace, submitter: Submitter): boolean {
  const { submitters } = place.policy;
  switch (submitter.kind) {
    case 'person':
      return submittingPeople(place).includes(submitter.handle);
    case 'token':
      if (submitter.project !== place.slug) return false;
      return submitters === undefined || submitters.tokens?.includes(submitter.name) === true;
    case 'build':
      return takesBuilds(place.policy) && isOfRepository(place.policy, submitter);
  }
}

/** Whether builds of the policy's origin may submit at all: one without an origin has none. */
export const takesBuilds = ({ origin, submitters }: SigningPolicy): boolean =>
  origin !== undefined && (submitters === undefined || submitters.builds === 'origin');

/** Whether a build is of the repository of the policy's origin. What else the origin asks of builds is judged by lib/core/origin. */
export const isOfRepository = (
  { origin }: SigningPolicy,
  { provider, repositoryId }: Pick<SubmittingBuild, 'provider' | 'repositoryId'>,
): boolean =>
  origin !== undefined && providerOf(origin) === provider && origin.repository.id === repositoryId;

/** Origins from before there was a choice don't say it. */
const providerOf = ({ provider = 'github' }: NonNullable<SigningPolicy['origin']>): string => provider;

/** Handles of the people who may submit, in the order of the policy. */
export function submittingPeople({ project, policy }: SubmittingPlace): readonly PersonHandle[] {
  const { authors, reviewers, approvers, submitters = [], configurators = [] } = project.team;
  const handles =
    policy.submitters === undefined
      ? [...authors, ...approvers, ...submitters, ...reviewers, ...configurators]
      : (policy.submitters.people ?? []);
  return [...new Set(handles)].map((handle) => parsePersonHandle(handle));
}
