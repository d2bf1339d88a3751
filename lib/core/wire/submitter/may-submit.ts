/** Who may hand requests in under a signing policy. The portal's own rule: the signer can't prove who asked. */
import type { Project, SigningPolicy } from '../../generated/index.ts';
import { parsePersonHandle } from '../../ids/index.ts';
import type { PersonHandle, ProjectSlug } from '../../ids/index.ts';
import type { Submitter } from './submitter.ts';

export interface SubmittingPlace {
  readonly slug: ProjectSlug;
  readonly project: Project;
  readonly policy: SigningPolicy;
}

/** `submitters` of the policy where it says so; otherwise the whole team and every token of the project. */
export function maySubmit(place: SubmittingPlace, submitter: Submitter): boolean {
  if (submitter.kind === 'person') return submittingPeople(place).includes(submitter.handle);
  if (submitter.project !== place.slug) return false;
  const { submitters } = place.policy;
  return submitters === undefined || submitters.tokens?.includes(submitter.name) === true;
}

/** Handles of the people who may, in the order of the policy. */
export function submittingPeople({ project, policy }: SubmittingPlace): readonly PersonHandle[] {
  const { authors, reviewers, approvers, submitters = [], configurators = [] } = project.team;
  const handles =
    policy.submitters === undefined
      ? [...authors, ...approvers, ...submitters, ...reviewers, ...configurators]
      : (policy.submitters.people ?? []);
  return [...new Set(handles)].map((handle) => parsePersonHandle(handle));
}
