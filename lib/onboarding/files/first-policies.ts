/**
 * The first signing policies of a project: above every floor of the foundation, or not among its files yet, with the reason. A release
 * policy comes only once enough of the team have a key to approve with: without them it would be no valid policy.
 */
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { providerOf, providers } from '#core/origin/index.ts';
import {
  faultsOfPolicy,
  leastQuorum,
  originAskedFor,
  parsePolicyFile,
  withFiles,
} from '#core/policy/index.ts';
import type { PersonDocument, PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import { buildSystemFor, lackOfBuildSystem, tagPatterns } from '../../applications/questions/index.ts';
import { answer, apiVersion, artifactName, yaml } from './accepted-application.ts';
import type { AcceptedApplication, PolicyFile } from './accepted-application.ts';

const purposes = ['test', 'release'] as const;
type Purpose = (typeof purposes)[number];

/** Why there is no policy of a purpose yet: what would be wrong with it, and what its team can do. */
export interface MissingPolicy {
  readonly purpose: Purpose;
  readonly message: string;
  readonly fix: string;
  /** The key of somebody who is an approver already, another approver, lines that nobody was asked for, or what the foundation alone can add. */
  readonly needs: 'key' | 'approver' | 'lines' | 'build-system';
}

interface FirstPolicy extends PolicyFile {
  readonly purpose: Purpose;
}

export interface FirstPolicies {
  readonly policies: readonly FirstPolicy[];
  readonly missing: readonly MissingPolicy[];
}

/** `snapshot` has the project's own file already, as it will be. */
export function firstPolicies(application: AcceptedApplication, snapshot: PolicySnapshot): FirstPolicies {
  const project = snapshot.projects.get(parseProjectSlug(application.slug));
  if (project === undefined) return { policies: [], missing: [] };
  const policies: FirstPolicy[] = [];
  const missing: MissingPolicy[] = [];
  for (const purpose of purposes) {
    const made = firstPolicy(application, { snapshot, project, purpose });
    if ('content' in made) policies.push({ ...made, purpose });
    else missing.push(made);
  }
  return { policies, missing };
}

interface About {
  readonly snapshot: PolicySnapshot;
  readonly project: ProjectSnapshot;
  readonly purpose: Purpose;
}

function firstPolicy(application: AcceptedApplication, about: About): PolicyFile | MissingPolicy {
  const { project, purpose } = about;
  const trustRoot = about.snapshot.trustRoot.value;
  const lack = lackOfBuildSystem(trustRoot, application.repository.uri);
  const hasOrigin = purpose === 'release' || originAskedFor(about.snapshot.foundation.value, purpose);
  if (lack !== null && hasOrigin) return { purpose, ...lack, needs: 'build-system' };
  const tooFew = missingApprovers(about);
  if (tooFew !== null) return tooFew;
  const path = `projects/${project.slug}/policies/${purpose}-signing.yaml`;
  const content = purpose === 'test' ? testPolicy(application, about) : releasePolicy(application, about);
  const [fault] = faultsOf({ path, content }, about);
  return fault === undefined
    ? { path, content }
    : { purpose, message: fault.message, fix: fault.fix, needs: 'lines' };
}

/** null: there are as many as every policy of this purpose has to ask for. */
export function missingApprovers(about: About): MissingPolicy | null {
  const { snapshot, project, purpose } = about;
  const quorum = quorumOf(about);
  const able = ableApprovers(snapshot, project);
  if (able.length >= quorum) return null;
  const what = purpose === 'release' ? 'release' : 'test signature';
  const approvals = quorum === 1 ? '1 approval' : `${quorum} approvals`;
  const who = able.length === 0 ? 'nobody' : `only ${able.join(', ')}`;
  return {
    purpose,
    message: `Every ${what} needs ${approvals}, and ${who} on the project’s team can approve with a key.`,
    fix: 'Add approvers to the team, each with an approval key: the policy is proposed with the last one that is needed.',
    needs: able.length < project.project.value.team.approvers.length ? 'key' : 'approver',
  };
}

function faultsOf(file: PolicyFile, { snapshot, project, purpose }: About) {
  const parsed = parsePolicyFile({ path: file.path, bytes: new TextEncoder().encode(file.content) });
  if (!parsed.ok) return parsed.diagnostics;
  const after = withFiles(snapshot, [file]);
  const changed = after.projects.get(project.slug) ?? project;
  return faultsOfPolicy(after, changed, parsePolicySlug(`${purpose}-signing`));
}

/** Approvers of the team who have a key. */
function ableApprovers({ people }: PolicySnapshot, { project }: ProjectSnapshot): readonly string[] {
  const known = new Map<string, PersonDocument>(people);
  return project.value.team.approvers.filter(
    (handle) => (known.get(handle)?.value.approvalKeys.length ?? 0) > 0,
  );
}

/** As many as the foundation asks for; for a release at least one. */
const quorumOf = ({ snapshot, purpose }: About): number =>
  Math.max(purpose === 'release' ? 1 : 0, leastQuorum(snapshot.foundation.value, purpose));

function testPolicy(application: AcceptedApplication, about: About): string {
  const { snapshot, project } = about;
  const foundation = snapshot.foundation.value;
  const floor = foundation.floors?.test;
  const quorum = quorumOf(about);
  const body = yaml({
    apiVersion,
    kind: 'SigningPolicy',
    purpose: 'test',
    certificate: 'test',
    artifactConfiguration: artifactName,
    ...(originAskedFor(foundation, 'test') ? { origin: originOf(application, about) } : {}),
    scan: 'required',
    approval: {
      quorum,
      approvers: quorum === 0 ? [] : ableApprovers(snapshot, project),
      ...(floor?.submitterMayApprove === false ? { submitterMayApprove: false } : {}),
    },
    timestamp: floor?.timestamp ?? 'none',
  });
  const asked = quorum === 0 ? 'no approval, and a certificate' : 'a certificate';
  return `# For testing: ${asked} that nobody trusts.\n${body}`;
}

function releasePolicy(application: AcceptedApplication, about: About): string {
  const { snapshot, project } = about;
  const { floors } = snapshot.foundation.value;
  return yaml({
    apiVersion,
    kind: 'SigningPolicy',
    purpose: 'release',
    certificate: 'release',
    artifactConfiguration: artifactName,
    origin: originOf(application, about),
    scan: 'required',
    // A single maintainer has to be able to submit and approve, unless the foundation says otherwise.
    approval: {
      quorum: quorumOf(about),
      approvers: ableApprovers(snapshot, project),
      ...(floors?.release?.submitterMayApprove === false ? {} : { submitterMayApprove: true }),
    },
    timestamp: 'required',
  });
}

function originOf(application: AcceptedApplication, { snapshot, purpose }: About): unknown {
  const trustRoot = snapshot.trustRoot.value;
  const { uri, id, ownerId } = application.repository;
  const chosen = answer(application, 'build', 'system');
  const buildSystem = buildSystemFor(trustRoot, { repository: uri, chosen });
  const { projects } = providers[providerOf(buildSystem ?? {})];
  const workflow = answer(application, 'build', 'workflow');
  const tags = tagPatterns(answer(application, 'build', 'tags'));
  const floor = snapshot.foundation.value.floors?.[purpose];
  return {
    // Where the build system says whose it is, its policies do.
    ...(buildSystem?.provider === undefined ? {} : { provider: buildSystem.provider }),
    buildSystem: buildSystem?.name,
    repository: { id, ownerId, uri },
    ...projects.firstOrigin({
      buildFile: projects.isBuildFile(workflow) ? workflow : projects.buildFile,
      tags: tags.length === 0 ? ['v*'] : tags,
      asksHost: buildSystem?.hostApi !== undefined,
    }),
    ...(floor?.visibility === undefined ? {} : { visibility: floor.visibility }),
  };
}
