/** From an accepted application to the first signed release: the policy proposed, and a list of what is left to do. */
export { addApprovalKey, readOwnKeys } from './add-key.ts';
export type { OwnKeys } from './add-key.ts';
export { addMember, hostsOfMembers, mayAddMembers } from './add-member.ts';
export type { MemberForm } from './add-member.ts';
export { attestSecondFactor, checkPolicyLinks } from './check-pages.ts';
export { policyPageOf, readChecklist } from './checklist.ts';
export type { Checklist } from './checklist.ts';
export type { ChecklistItem, ChecklistName, ChecklistState } from './checklist-item.ts';
export { OnboardingError } from './error.ts';
export type { OnboardingErrorCode } from './error.ts';
export { proposeAgain, wasChangeClosed } from './propose-again.ts';
export { proposePauses } from './propose-pauses.ts';
export { readReleaseSteps } from './release-steps.ts';
export type { ReleaseSteps } from './release-steps.ts';
export { proposeAcceptedProjects } from './propose-projects.ts';
