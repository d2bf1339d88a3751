// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Slug = string;
/**
 * Where the file must have been built. Every line is compared with the attestation; all must hold. Required for purpose release.
 */
export type Origin = GitHubOrigin | GitLabOrigin;
/**
 * Branches, for example main.
 *
 * @minItems 1
 * @maxItems 20
 *
 * Items: A name without refs/heads/ or refs/tags/ in front.
 */
export type RefPatterns = string[];
/**
 * Tags, for example "v*".
 *
 * @minItems 1
 * @maxItems 20
 *
 * Items: A name without refs/heads/ or refs/tags/ in front.
 */
export type RefPatterns1 = string[];
/**
 * The event that starts the build.
 */
export type Trigger = 'push' | 'release' | 'workflow_dispatch';
/**
 * A kind of proof.
 */
export type Attestation = 'slsa-provenance-v1' | 'slsa-provenance-v0.2' | 'signature';
/**
 * How a pipeline was started, as GitLab calls it.
 */
export type PipelineSource = 'push' | 'web' | 'api' | 'schedule' | 'trigger';
/**
 * Whose a runner is, as GitLab calls it.
 */
export type RunnerKind = 'instance' | 'group' | 'project';
/**
 * role:approvers: the approvers of this policy. role:submitter: the person who submitted the request, or whose token did. role:team and the others: people of the project's team.
 */
export type RecipientRole =
  | 'role:approvers'
  | 'role:submitter'
  | 'role:authors'
  | 'role:reviewers'
  | 'role:configurators'
  | 'role:team';
/**
 * Told that a request waits for approval. Approvers among them are told while they can still approve it. Left out: role:approvers.
 *
 * @maxItems 50
 */
export type Recipients = (string | RecipientRole)[];
/**
 * Told that a request has all its approvals. Left out: nobody.
 *
 * @maxItems 50
 */
export type Recipients1 = (string | RecipientRole)[];
/**
 * Told that a signed file was released. Left out: role:submitter.
 *
 * @maxItems 50
 */
export type Recipients2 = (string | RecipientRole)[];
/**
 * Told that a request was refused, with the reasons. Left out: role:submitter.
 *
 * @maxItems 50
 */
export type Recipients3 = (string | RecipientRole)[];
/**
 * Told that the signer gave a request up. Left out: role:submitter.
 *
 * @maxItems 50
 */
export type Recipients4 = (string | RecipientRole)[];
/**
 * Told that a request has waited half an hour for a service that is down. Left out: nobody.
 *
 * @maxItems 50
 */
export type Recipients5 = (string | RecipientRole)[];

/**
 * What must be true before a file of a project is signed. A project may have any number of policies. File: projects/<slug>/policies/<policy>.yaml.
 */
export interface SigningPolicy {
  /**
   * Version of this format.
   */
  apiVersion: 'countersign/v1';
  /**
   * The kind of this file.
   */
  kind: 'SigningPolicy';
  /**
   * What this policy is for, in a sentence or two; shown on its public page.
   */
  description?: string;
  /**
   * release: trusted by users, needs an origin, an approval and a timestamp. test: for trying out; signed with a test certificate that nobody trusts.
   */
  purpose: 'release' | 'test';
  /**
   * Name of the project's certificate in the signer's key registry.
   */
  certificate: string;
  /**
   * Whose name the certificate carries. foundation: the foundation's, which issued it or had it issued. project: the project's own, for which the foundation isn't responsible; only if foundation.yaml says projectCertificates: allowed. Default: foundation.
   */
  publisher?: 'foundation' | 'project';
  /**
   * What the file must contain: the name of projects/<slug>/artifacts/<name>.yaml.
   */
  artifactConfiguration: string;
  submitters?: Submitters;
  origin?: Origin;
  publish?: Publish;
  /**
   * required: every file inside must be scanned for malware and be clean.
   */
  scan: 'required';
  approval: Approval;
  /**
   * required: every signature carries an RFC 3161 timestamp. none: only for purpose test.
   */
  timestamp: 'required' | 'none';
  notifications?: Notifications;
  /**
   * 1 to 64 lower-case letters, digits and inner hyphens.
   */
  openpgpKey?: string;
  /**
   * 1 to 64 lower-case letters, digits and inner hyphens.
   */
  rawKey?: string;
}
/**
 * Who may hand in requests under this policy: these people in the portal, these tokens through the API. Left out: everybody on the project’s team, and every token of the project.
 */
export interface Submitters {
  /**
   * Handles of people.
   *
   * @maxItems 50
   */
  people?: Slug[];
  /**
   * Names of the project’s API tokens.
   *
   * @maxItems 20
   *
   * Items: The name of a token.
   */
  tokens?: string[];
  /**
   * origin: builds that this policy’s origin describes submit with the identity token of their run, without a secret. Left out, and with none: builds need an API token that is named here.
   */
  builds?: 'origin' | 'none';
}
/**
 * Builds of GitHub Actions.
 */
export interface GitHubOrigin {
  /**
   * Whose builds these lines are about. github (where left out): GitHub Actions. The build system must be of the same provider.
   */
  provider?: 'github';
  /**
   * 1 to 64 lower-case letters, digits and inner hyphens.
   */
  buildSystem: string;
  repository: OriginRepository;
  /**
   * The workflow file that builds, from the repository's root.
   */
  workflow: string;
  refs: Refs;
  /**
   * The events that may start the build. Events that run with code from outside, such as pull_request_target, can't be allowed.
   *
   * @minItems 1
   * @maxItems 3
   */
  triggers: Trigger[];
  /**
   * Where the build runs. github-hosted: on a fresh machine of the build system. {groups: […]}: on a runner of one of these groups.
   */
  runner: 'github-hosted' | RunnerGroups;
  builder?: Builder;
  /**
   * refused (where the line is left out): only the first attempt of a run is signed. allowed: a repeated attempt too, which can replay an old commit.
   */
  reruns?: 'refused' | 'allowed';
  /**
   * What a signature may state to count as proof of the build: SLSA provenance (both versions where left out). signature: a bare signature over the file, which states nothing, counts too.
   *
   * @minItems 1
   * @maxItems 3
   */
  attestations?: Attestation[];
  /**
   * The deployment environment that the job must have run in, letter by letter, so that the rules of the code host for that environment held.
   */
  environment?: string;
  /**
   * public (where left out, for a release): the repository must have been public when the file was built. any (where left out, for a test): it may be private.
   */
  visibility?: 'public' | 'any';
  /**
   * How old the build may be when it is signed, in hours since the transparency log saw its attestation. The time that a request waits for approval counts. Left out: as long as the foundation allows, and for a release 720 hours where it says nothing.
   */
  maximumAgeHours?: number;
  /**
   * true: the whole run must have ended with success, not only the job that attested. A job that waits for the release, and the one that submits, are left out.
   */
  requireRunSuccess?: boolean;
  branchRulesets?: Rulesets;
  tagRulesets?: Rulesets;
  /**
   * Branches that the commit may be on, any of them, by exact name. Left out: the branch that was built, and of a tag the default branch.
   *
   * @minItems 1
   * @maxItems 3
   *
   * Items: The name of a branch.
   */
  commitOn?: string[];
  /**
   * immutable: the release of the built tag can’t be changed, or there is none yet and the repository makes all releases so. any (where left out): not asked.
   */
  release?: 'any' | 'immutable';
  /**
   * refused: no step of the workflow, at the built commit, is one that restores a cache. allowed (where left out): not asked.
   */
  caches?: 'allowed' | 'refused';
  /**
   * pinned: the workflow, at the built commit, uses every action by a full commit and every image by its digest, and none of its own that it doesn’t contain. any (where left out): not asked.
   */
  actions?: 'any' | 'pinned';
  /**
   * asked: GitHub itself is asked about repository, run, runners of all jobs, commit and tag. Lines that only it can answer imply that. not-asked (where left out): the certificate is enough.
   */
  codeHost?: 'not-asked' | 'asked';
  /**
   * What it means that GitHub doesn’t answer a question. deny (where left out): the file is refused. allow: it is signed, and the trace says so.
   */
  unknown?: 'allow' | 'deny';
  /**
   * true: the file must be an artifact that GitHub keeps of the run that attested it, just as GitHub keeps it: by its SHA-256, and not expired.
   */
  requireRunArtifact?: boolean;
}
/**
 * The source repository, the same as in the project's project.yaml. The numeric ids decide.
 */
export interface OriginRepository {
  /**
   * The repository's numeric id, in quotes.
   */
  id: string;
  /**
   * The owner's numeric id, in quotes.
   */
  ownerId: string;
  /**
   * Address of the repository, without .git and without a final slash.
   */
  uri: string;
}
/**
 * The branches and tags that may be built from. Exact names, unless they hold a wildcard: * and ? stay within one part of the name, ** as a whole part spans parts. Case matters.
 */
export interface Refs {
  branches?: RefPatterns;
  tags?: RefPatterns1;
}
/**
 * Runners of the project or its organization, by group.
 */
export interface RunnerGroups {
  /**
   * Names of runner groups.
   *
   * @minItems 1
   * @maxItems 20
   *
   * Items: The name of a runner group.
   */
  groups: string[];
}
/**
 * A reusable workflow that builds and attests in the place of the project’s own, pinned to one commit. Left out: only the project’s own workflow may sign the attestation.
 */
export interface Builder {
  /**
   * Address of the reusable workflow’s file, without @ and ref.
   */
  uri: string;
  /**
   * The ref that the project’s workflow calls it at, in full: refs/tags/…, refs/heads/… or a commit id.
   */
  ref: string;
  /**
   * The commit that the ref must stand at: 40 or 64 hexadecimal digits in lower case.
   */
  digest: string;
}
/**
 * Rules of the code host that must protect the ref that was built.
 */
export interface Rulesets {
  rules: RulesetRules;
  /**
   * true: the rules may name people who can bypass them. Left out: nobody may.
   */
  allowBypass?: boolean;
  /**
   * Since when the rules must have been in force: current-build (where left out), earliest (since the first commit), or a day as YYYY-MM-DD.
   */
  enforcedFrom?: string;
}
/**
 * What the code host must forbid or ask for.
 */
export interface RulesetRules {
  /**
   * Only few may create a matching ref.
   */
  restrictCreations?: boolean;
  /**
   * Only few may update a matching ref.
   */
  restrictUpdates?: boolean;
  /**
   * Only few may delete a matching ref.
   */
  restrictDeletions?: boolean;
  /**
   * Nobody may rewrite a matching ref.
   */
  blockForcePushes?: boolean;
  /**
   * No merge commits.
   */
  requireLinearHistory?: boolean;
  /**
   * Every commit is signed.
   */
  requireSignedCommits?: boolean;
  pullRequest?: PullRequestRule;
  /**
   * Tools that must have looked at the code.
   *
   * @maxItems 20
   */
  codeScanning?: CodeScanningRule[];
}
/**
 * Changes come by pull request only.
 */
export interface PullRequestRule {
  /**
   * How many reviews must approve.
   */
  minApprovals?: number;
  /**
   * A new commit takes earlier approvals away.
   */
  dismissStaleReviews?: boolean;
  /**
   * An owner of the changed code must approve.
   */
  requireCodeOwnerReview?: boolean;
  /**
   * Somebody other than the last pusher must approve.
   */
  requireLastPushApproval?: boolean;
  /**
   * All conversations must be resolved.
   */
  requireThreadResolution?: boolean;
}
/**
 * A code scanning tool and what it may find.
 */
export interface CodeScanningRule {
  /**
   * The tool’s name.
   */
  tool: string;
  /**
   * Which alerts block.
   */
  alerts?: 'none' | 'errors' | 'errors-and-warnings' | 'all';
  /**
   * From which severity on security alerts block.
   */
  securityAlerts?: 'none' | 'critical' | 'high-or-higher' | 'medium-or-higher' | 'all';
}
/**
 * Builds of GitLab CI/CD.
 */
export interface GitLabOrigin {
  /**
   * Whose builds these lines are about. gitlab: GitLab CI/CD. The build system must be of the same provider.
   */
  provider: 'gitlab';
  /**
   * 1 to 64 lower-case letters, digits and inner hyphens.
   */
  buildSystem: string;
  repository: OriginRepository;
  /**
   * The CI configuration that builds, from the project's root; .gitlab-ci.yml where left out. It must lie in the project itself.
   */
  configuration?: string;
  refs: Refs;
  /**
   * How the pipeline may be started. Sources that run code or configuration from outside, such as merge_request_event, can't be allowed.
   *
   * @minItems 1
   * @maxItems 5
   */
  pipelineSources: PipelineSource[];
  /**
   * Where the job runs. gitlab-hosted: on a fresh machine of GitLab.com. self-hosted: on a machine of the project’s, or of an instance of its own.
   */
  runner: 'gitlab-hosted' | 'self-hosted';
  /**
   * The deployment environment that the job must have run in, letter by letter, so that the rules of the code host for that environment held.
   */
  environment?: string;
  /**
   * public (where left out, for a release): the repository must have been public when the file was built. any (where left out, for a test): it may be private.
   */
  visibility?: 'public' | 'any';
  /**
   * How old the build may be when it is signed, in hours since the transparency log saw its attestation. The time that a request waits for approval counts. Left out: as long as the foundation allows, and for a release 720 hours where it says nothing.
   */
  maximumAgeHours?: number;
  /**
   * What a signature may state to count as proof of the build: SLSA provenance (both versions where left out). signature: a bare signature over the file, which states nothing, counts too.
   *
   * @minItems 1
   * @maxItems 3
   */
  attestations?: Attestation[];
  /**
   * true: the whole pipeline must have ended with success, not only the job that attested. The job that submits, and those that come after it or wait for a person, are left out.
   */
  requirePipelineSuccess?: boolean;
  /**
   * refused: no job of the pipeline was retried. allowed (where left out): not asked. No certificate says it.
   */
  retries?: 'allowed' | 'refused';
  runners?: Runners;
  protectedBranch?: ProtectedBranch;
  protectedTag?: ProtectedTag;
  /**
   * Branches that the commit may be on, any of them, by exact name. Left out: the branch that was built, and of a tag the default branch.
   *
   * @minItems 1
   * @maxItems 3
   *
   * Items: The name of a branch.
   */
  commitOn?: string[];
  /**
   * asked: GitLab itself is asked about project, job, pipeline, runners of all jobs, commit and tag. Lines that only it can answer imply that. not-asked (where left out): the certificate is enough.
   */
  codeHost?: 'not-asked' | 'asked';
  /**
   * What it means that GitLab doesn’t answer a question. deny (where left out): the file is refused. allow: it is signed, and the trace says so.
   */
  unknown?: 'allow' | 'deny';
  /**
   * Who may set variables of a pipeline when it is started, at the most: no-one, maintainers (with owners). Left out: not asked.
   */
  pipelineVariables?: 'no-one' | 'maintainers';
  /**
   * pinned: the CI configuration, at the built commit, includes components and files of other projects by a full commit alone, files of the web with an integrity, and starts no other project’s pipeline. any (where left out): not asked.
   */
  includes?: 'any' | 'pinned';
}
/**
 * Runners that jobs of a pipeline may run on.
 */
export interface Runners {
  /**
   * Kinds of runners, as GitLab calls them: of the whole instance, of a group, of the project.
   *
   * @minItems 1
   * @maxItems 3
   */
  kinds?: RunnerKind[];
  /**
   * Numbers of runners, in quotes: of the project’s settings, under CI/CD.
   *
   * @minItems 1
   * @maxItems 20
   *
   * Items: The number of a runner.
   */
  ids?: string[];
}
/**
 * How GitLab must protect the branch that was built.
 */
export interface ProtectedBranch {
  /**
   * Who may push without a merge request, at the most: no-one, maintainers, developers. People, groups and deploy keys by name count as developers.
   */
  push?: 'no-one' | 'maintainers' | 'developers';
  /**
   * Who may merge, at the most: maintainers, developers. Whoever may push may merge, too; people and groups by name count as developers.
   */
  merge?: 'maintainers' | 'developers';
  /**
   * Nobody may rewrite the branch.
   */
  blockForcePushes?: boolean;
  /**
   * An owner of the changed code must approve. Nobody may push without a merge request then, and an approval ends when its files change.
   */
  requireCodeOwnerApproval?: boolean;
  /**
   * How many must approve a merge request, its author not among them. Nobody may push without one then, and approvals end when something else is pushed.
   */
  minApprovals?: number;
}
/**
 * How GitLab must protect the tag that was built.
 */
export interface ProtectedTag {
  /**
   * Who may create matching tags, at the most: no-one, maintainers, developers. People, groups and deploy keys by name count as developers.
   */
  create?: 'no-one' | 'maintainers' | 'developers';
}
/**
 * The job that publishes what was signed under this policy. It decides nothing about signing.
 */
export interface Publish {
  /**
   * The deployment environment, letter by letter, whose protection rule is the portal’s GitHub App: its jobs start once what their run submitted under this policy is released.
   */
  environment: string;
}
/**
 * How many people must approve each request, and who they may be.
 */
export interface Approval {
  /**
   * How many approvers must agree; 0 only for purpose test. A single denial ends the request.
   */
  quorum: number;
  /**
   * Whether the approval of the person who submitted the request, or whose token did, counts. Default: false for a release, true for a test. Their denial always counts.
   */
  submitterMayApprove?: boolean;
  /**
   * Handles of people who are approvers in the project's team.
   *
   * @maxItems 50
   */
  approvers: Slug[];
}
/**
 * Who hears of requests under this policy, on the portal and as they choose by e-mail. Decides nothing. An event that is left out is told to whom its line below says; an empty list tells nobody.
 */
export interface Notifications {
  waiting?: Recipients;
  approved?: Recipients1;
  completed?: Recipients2;
  denied?: Recipients3;
  failed?: Recipients4;
  delayed?: Recipients5;
}
