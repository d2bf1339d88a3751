/** Who may submit requests under a signing policy. A rule of the portal alone: the signer can't verify who asked. */
import type { Project, SigningPolicy } from '../../generated/index.ts';
import { parsePersonHandle } from '../../ids/index.ts';
import type { PersonHandle, ProjectSlug } from '../../ids/index.ts';
import type { Submitter } from './submitter.ts';

export interface SubmittingPlace {
  readonly slug: ProjectSlug;
  readonly project: Project;
  readonly policy: SigningPolicy;
}

/** The policy's `submitters`; default: the whole team and every token of the project. */
export function maySubmit(place: SubmittingPlace, submitter: Submitter): boolean {
  if (submitter.kind === 'person') return submittingPeople(place).includes(submitter.handle);
  if (submitter.project !== place.slug) return false;
  const { submitters } = place.policy;
  return submitters === undefined || submitters.tokens?.includes(submitter.name) === true;
}

/** Handles of the people who may submit, in the order of the policy. */
export function submittingPeople({ project, policy }: SubmittingPlace): readonly PersonHandle[] {
  const { authors, reviewers, approvers, submitters = [], configurators = [] } = project.team;
  const handles =
    policy.submitters === undefined
      ? [...authors, ...approvers, ...submitters, ...reviewers, ...configurators]
      : (policy.submitters.people ?? []);
  return [...new Set(handles)].map((handle) => parsePersonHandle(handle));
}
