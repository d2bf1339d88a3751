import type { PolicySnapshot } from '#core/policy/index.ts';
import type { LintFinding } from './finding.ts';
import { lintArtifact } from './lint-artifact.ts';
import { lintCertificate } from './lint-certificates.ts';
import type { KnownCertificate } from './lint-certificates.ts';
import { lintLicence } from './lint-licence.ts';
import { lintMaintainers } from './lint-maintainers.ts';
import { lintPeople } from './lint-people.ts';
import { lintOwnKeys } from './lint-own-keys.ts';
import type { KnownOwnKey } from './lint-own-keys.ts';
import { lintPolicy } from './lint-policy.ts';
import { lintRefs } from './lint-refs.ts';
import { lintIssuerSpelling, lintPolicySpelling, lintProjectSpelling } from './lint-spelling.ts';

export interface LintInput {
  readonly snapshot: PolicySnapshot;
  /** null: unknown, and certificates are not checked. */
  readonly certificates: readonly KnownCertificate[] | null;
  /** null or left out: unknown, and keys of projects' own are not checked. */
  readonly ownKeys?: readonly KnownOwnKey[] | null;
  readonly now: Date;
}

/** Comparisons of patterns in one run, however large the repository is; about ten seconds of them. */
const trialsMax = 2_000_000;

/** A valid snapshot → what is allowed but probably unintended, by file and line. */
export function lintSnapshot({
  snapshot,
  certificates,
  ownKeys = null,
  now,
}: LintInput): readonly LintFinding[] {
  const budget = { left: trialsMax };
  const byProject = certificates === null ? null : groupByProject(certificates);
  const findings = [...lintPeople(snapshot), ...lintMaintainers(snapshot), ...lintIssuerSpelling(snapshot)];
  for (const project of snapshot.projects.values()) {
    for (const artifact of project.artifacts.values()) findings.push(...lintArtifact(artifact, budget));
    findings.push(...lintRefs(project, budget), ...lintProjectSpelling(project), ...lintLicence(project));
    for (const policy of project.policies.values()) {
      findings.push(...lintPolicy(snapshot, project, policy), ...lintPolicySpelling(policy));
      if (ownKeys !== null) findings.push(...lintOwnKeys(project, policy, ownKeys));
      if (byProject === null) continue;
      findings.push(...lintCertificate(project, policy, byProject.get(project.slug) ?? [], now));
    }
  }
  return findings.sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

function groupByProject(certificates: readonly KnownCertificate[]): Map<string, KnownCertificate[]> {
  const groups = new Map<string, KnownCertificate[]>();
  for (const certificate of certificates) {
    const group = groups.get(certificate.project);
    if (group === undefined) groups.set(certificate.project, [certificate]);
    else group.push(certificate);
  }
  return groups;
}
