import type { BuildSystem } from '../generated/index.ts';
import { compileGlob, GlobError, hasWildcard } from '../glob/index.ts';
import { artifactProblems } from './artifact-problems.ts';
import type { ArtifactConfigurationDocument, ProjectDocument, SigningPolicyDocument } from './document.ts';
import { checkEnforceable } from './check-enforceable.ts';
import { checkFloors } from './check-floors.ts';
import { checkHandles, hasKey } from './check-people.ts';
import { checkOwnKeys } from './own-keys.ts';
import { checkVerifiable } from './upstream-roots.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { licenceProblem } from '../licence/index.ts';
import { providerMismatch } from '../origin/index.ts';
import { noticeOccasions } from './recipients.ts';
import type { PolicySnapshot, ProjectSnapshot } from './snapshot.ts';
import { didYouMean } from '../text/near-name/index.ts';

/** Checks the files of one project against one another and against the foundation's. */
export function checkProject(snapshot: PolicySnapshot, project: ProjectSnapshot): readonly Diagnostic[] {
  const policies = [...project.policies.values()];
  return [
    ...checkProjectFile(snapshot, project),
    ...[...project.artifacts.values()].flatMap((artifact) => checkArtifact(snapshot, artifact)),
    ...policies.flatMap((policy) => [
      ...checkReferences(snapshot, project, policy),
      ...checkApproval(snapshot, project, policy),
      ...checkOrigin(project, policy),
      ...checkEnforceable(policy, buildSystemOf(snapshot, policy)),
      ...checkPublisher(snapshot, policy),
      ...checkOwnKeys(project, policy),
      ...checkFloors(snapshot, project, policy),
    ]),
    ...checkCertificates(policies),
  ];
}

function checkProjectFile(snapshot: PolicySnapshot, { project }: ProjectSnapshot): readonly Diagnostic[] {
  const { program, team } = project.value;
  const diagnostics: Diagnostic[] = [];
  const { programs } = snapshot.foundation.value;
  if (!programs.includes(program)) {
    const message = `The foundation has no program \`${program}\`.`;
    const fix = `Choose one of ${programs.join(', ')}, or add it to foundation.yaml.`;
    diagnostics.push(diagnosticIn(project, ['program'], 'reference.program', message, fix));
  }
  diagnostics.push(...checkLicence(project));
  for (const role of ['authors', 'reviewers', 'approvers', 'submitters', 'configurators'] as const) {
    diagnostics.push(...checkHandles(snapshot, project, ['team', role], team[role] ?? []));
  }
  return diagnostics;
}

/** The foundation signs open-source software. The file of a project that it no longer signs for may state any licence. */
function checkLicence(project: ProjectDocument): readonly Diagnostic[] {
  const { licence, status } = project.value;
  const problem = status === 'active' ? licenceProblem(licence, { replaced: 'accepted' }) : null;
  if (problem === null) return [];
  const fix = `${problem.fix} Or set status to paused or retired: then nothing is signed.`;
  return [diagnosticIn(project, ['licence'], 'rule.licence', problem.message, fix)];
}

const buildSystemOf = (
  { trustRoot }: PolicySnapshot,
  { value: { origin } }: SigningPolicyDocument,
): BuildSystem | null =>
  trustRoot.value.buildSystems.find(({ name }) => name === origin?.buildSystem) ?? null;

/** Only the foundation can allow a certificate that names another publisher. */
function checkPublisher(snapshot: PolicySnapshot, policy: SigningPolicyDocument): readonly Diagnostic[] {
  const { publisher, purpose } = policy.value;
  if (publisher !== 'project') return [];
  if (purpose !== 'release') {
    const message = 'Test certificates name the foundation; a project has none of its own.';
    return [diagnosticIn(policy, ['publisher'], 'rule.publisher', message, 'Remove this line.')];
  }
  if (snapshot.foundation.value.projectCertificates === 'allowed') return [];
  const message = 'The foundation doesn’t allow projects’ own certificates.';
  const fix =
    'Remove this line, or have the foundation set `projectCertificates: allowed` in foundation.yaml.';
  return [diagnosticIn(policy, ['publisher'], 'rule.publisher', message, fix)];
}

function checkArtifact(
  snapshot: PolicySnapshot,
  artifact: ArtifactConfigurationDocument,
): readonly Diagnostic[] {
  const problems = artifactProblems(artifact);
  if (problems.length > 0) {
    return problems.map(({ path, rule, message, fix }) => diagnosticIn(artifact, path, rule, message, fix));
  }
  return checkVerifiable(snapshot, artifact);
}

function checkReferences(
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
  policy: SigningPolicyDocument,
): readonly Diagnostic[] {
  const { artifactConfiguration, origin, notifications, submitters } = policy.value;
  const diagnostics: Diagnostic[] = [];
  for (const occasion of noticeOccasions) {
    const path = ['notifications', occasion];
    diagnostics.push(...checkHandles(snapshot, policy, path, notifications?.[occasion] ?? []));
  }
  diagnostics.push(...checkHandles(snapshot, policy, ['submitters', 'people'], submitters?.people ?? []));
  const artifacts = [...project.artifacts.keys()] as string[];
  if (!artifacts.includes(artifactConfiguration)) {
    const message = `There is no artifact configuration \`${artifactConfiguration}\`${didYouMean(artifactConfiguration, artifacts)}`;
    const fix = `Add projects/${project.slug}/artifacts/${artifactConfiguration}.yaml, or correct the name.`;
    diagnostics.push(
      diagnosticIn(policy, ['artifactConfiguration'], 'reference.artifact-configuration', message, fix),
    );
  }
  const buildSystems = snapshot.trustRoot.value.buildSystems.map((buildSystem) => buildSystem.name);
  if (origin !== undefined && !buildSystems.includes(origin.buildSystem)) {
    const message = `There is no build system \`${origin.buildSystem}\`${didYouMean(origin.buildSystem, buildSystems)}`;
    const fix = 'Add it to buildSystems in trust/root.yaml, or correct the name.';
    diagnostics.push(diagnosticIn(policy, ['origin', 'buildSystem'], 'reference.build-system', message, fix));
  }
  const buildSystem = buildSystemOf(snapshot, policy);
  const mismatch =
    origin === undefined || buildSystem === null ? null : providerMismatch(origin, buildSystem);
  if (mismatch !== null) {
    const { message, fix } = mismatch;
    diagnostics.push(diagnosticIn(policy, ['origin', 'provider'], 'rule.provider', message, fix));
  }
  return diagnostics;
}

function checkApproval(
  snapshot: PolicySnapshot,
  { project }: ProjectSnapshot,
  policy: SigningPolicyDocument,
): readonly Diagnostic[] {
  const { quorum, approvers } = policy.value.approval;
  const diagnostics = [...checkHandles(snapshot, policy, ['approval', 'approvers'], approvers)];
  if (diagnostics.length > 0) return diagnostics;
  approvers.forEach((handle, index) => {
    if (project.value.team.approvers.includes(handle)) return;
    const message = `\`${handle}\` is not an approver in the project's team.`;
    const fix = `Add the handle to team.approvers in ${project.file}, or remove it here.`;
    diagnostics.push(diagnosticIn(policy, ['approval', 'approvers', index], 'rule.approver', message, fix));
  });
  const quorumAt = (message: string, fix: string): Diagnostic =>
    diagnosticIn(policy, ['approval', 'quorum'], 'rule.quorum', message, fix);
  const without = approvers.filter((handle) => !hasKey(snapshot, handle));
  const able = approvers.length - without.length;
  if (approvers.length < quorum) {
    const message = `${quorum} approvals are required, but only ${count(approvers.length)} listed.`;
    diagnostics.push(quorumAt(message, 'Add approvers, or lower the quorum.'));
  } else if (able < quorum) {
    const message = `${quorum} approvals are required, but only ${able} of the approvers ${able === 1 ? 'has' : 'have'} an approval key.`;
    const files = without.map((handle) => `people/${handle}.yaml`).join(', ');
    diagnostics.push(quorumAt(message, `Add approvalKeys to ${files}, or lower the quorum.`));
  }
  return diagnostics;
}

const count = (people: number): string => (people === 1 ? '1 approver is' : `${people} approvers are`);

function checkOrigin({ project }: ProjectSnapshot, policy: SigningPolicyDocument): readonly Diagnostic[] {
  const { origin } = policy.value;
  if (origin === undefined) return [];
  const diagnostics: Diagnostic[] = [];
  for (const key of ['id', 'ownerId', 'uri'] as const) {
    const expected = project.value.repository[key];
    if (origin.repository[key] === expected) continue;
    const message = `The project's repository has ${key} ${expected}, not ${origin.repository[key]}.`;
    const fix = `Correct it here or in ${project.file}.`;
    diagnostics.push(diagnosticIn(policy, ['origin', 'repository', key], 'rule.repository', message, fix));
  }
  for (const kind of ['branches', 'tags'] as const) {
    origin.refs[kind]?.forEach((pattern, index) => {
      const problem = refProblem(pattern);
      if (problem === null) return;
      const path = ['origin', 'refs', kind, index];
      diagnostics.push(
        diagnosticIn(
          policy,
          path,
          'rule.pattern',
          problem,
          'Write a name as in Git, or a pattern such as v*.',
        ),
      );
    });
  }
  return diagnostics;
}

function refProblem(pattern: string): string | null {
  if (pattern.includes('..') || pattern.includes('//'))
    return `\`${pattern}\` can't be the name of a branch or tag.`;
  if (!hasWildcard(pattern)) return null;
  try {
    compileGlob(pattern, 'sensitive');
    return null;
  } catch (error) {
    if (error instanceof GlobError) return `${error.message}.`;
    throw error;
  }
}

/** A certificate serves one purpose: what was signed under a test's weaker rules must not look like a release. */
function checkCertificates(policies: readonly SigningPolicyDocument[]): readonly Diagnostic[] {
  const first = new Map<string, SigningPolicyDocument>();
  return policies.flatMap((policy) => {
    const { certificate, purpose } = policy.value;
    const earlier = first.get(certificate);
    if (earlier === undefined) first.set(certificate, policy);
    if (earlier === undefined || earlier.value.purpose === purpose) return [];
    const message = `Certificate \`${certificate}\` is used for purpose ${earlier.value.purpose} in ${earlier.file}.`;
    const fix = 'Use a separate certificate for each purpose.';
    return [diagnosticIn(policy, ['certificate'], 'rule.certificate', message, fix)];
  });
}
