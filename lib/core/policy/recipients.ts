/** Who is notified of a request under a signing policy. Doesn't affect signatures. */
import type { Notifications, Recipients } from '../generated/signing-policy.ts';
import { parsePersonHandle } from '../ids/index.ts';
import type { PersonHandle, PolicySlug, ProjectSlug } from '../ids/index.ts';
import { parseSubmitter, submittingPerson } from '../wire/submitter/index.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';

/** Occasions for notices about a request: the keys of `notifications`. */
export type NoticeOccasion = keyof Notifications;

/** Default recipients where a policy names none. */
const usual: Readonly<Record<NoticeOccasion, Recipients>> = {
  waiting: ['role:approvers'],
  approved: [],
  completed: ['role:submitter'],
  denied: ['role:submitter'],
  failed: ['role:submitter'],
  delayed: [],
};

export const noticeOccasions = Object.keys(usual) as readonly NoticeOccasion[];

/** A role rather than a handle, which has no colon. */
export const isRecipientRole = (recipient: string): boolean => recipient.startsWith('role:');

/** As in the policy, or the default. */
export const recipientsOf = (
  notifications: Notifications | undefined,
  occasion: NoticeOccasion,
): Recipients => notifications?.[occasion] ?? usual[occasion];

/**
 * People of the snapshot, each once, in the order of the policy; nobody where there is no such policy. `submittedBy` as
 * the request has it (lib/core/wire/submitter).
 */
export function findRecipients(
  snapshot: PolicySnapshot,
  of: {
    readonly project: ProjectSlug;
    readonly policy: PolicySlug;
    readonly occasion: NoticeOccasion;
    readonly submittedBy: string;
  },
): readonly PersonHandle[] {
  const project = snapshot.projects.get(of.project);
  const policy = project?.policies.get(of.policy)?.value;
  if (project === undefined || policy === undefined) return [];
  const handles = recipientsOf(policy.notifications, of.occasion).flatMap((recipient) => {
    if (!isRecipientRole(recipient)) return [recipient];
    if (recipient === 'role:approvers') return policy.approval.approvers;
    if (recipient === 'role:submitter') return submitterOf(of.submittedBy);
    return teamOf(project, recipient);
  });
  return [...new Set(handles)]
    .map((handle) => parsePersonHandle(handle))
    .filter((handle) => snapshot.people.has(handle));
}

/** A submitter who is no longer a person in the policy, or a token without a maker, is left out. */
function submitterOf(submittedBy: string): readonly string[] {
  const submitter = parseSubmitter(submittedBy);
  const person = submitter === null ? null : submittingPerson(submitter);
  return person === null ? [] : [person];
}

function teamOf({ project }: ProjectSnapshot, role: string): readonly string[] {
  const { authors, reviewers, approvers, submitters = [], configurators = [] } = project.value.team;
  switch (role) {
    case 'role:authors':
      return authors;
    case 'role:reviewers':
      return reviewers;
    case 'role:configurators':
      return configurators;
    case 'role:team':
      return [...authors, ...reviewers, ...approvers, ...submitters, ...configurators];
    default:
      return [];
  }
}
