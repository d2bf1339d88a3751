/** What an accepted application becomes: the project's files in the policy repository. Pure. */
export { policyFilesFor } from './policy-files.ts';
export type { AcceptedApplication, PolicyFile } from './accepted-application.ts';
export { firstPolicies, missingApprovers } from './first-policies.ts';
export type { MissingPolicy } from './first-policies.ts';
export { filesWithMember, teamRoles } from './team-files.ts';
export type { NewMember, TeamFiles, TeamRole } from './team-files.ts';
export { guideWordsFor } from './guide-words.ts';
export { environmentOf, publishLines } from './publish-job.ts';
export { buildFileFor, releaseGuideFor, submitStepFor } from './release-guide.ts';
export { checkPrograms, submissionUnder, submitCommands } from './submission.ts';
export type { GuidePlace, Submission } from './submission.ts';
