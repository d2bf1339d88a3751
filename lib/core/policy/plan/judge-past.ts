/** The steps of a past request, judged again by the signer's rules over what it recorded. */
import { fail, failures } from '../../wire/finding/index.ts';
import type { Finding, PolicyLocation } from '../../wire/finding/index.ts';
import { compileConfiguration, fillParameters } from '../../artifact/index.ts';
import type { ParameterProblem } from '../../artifact/index.ts';
import type { ParameterValues } from '../../wire/parameters/index.ts';
import { providers, rejudgeClaims } from '../../origin/index.ts';
import { notEnforced } from '../fields/index.ts';
import { formatSubmitter, maySubmit, parseSubmitter, submittingPerson } from '../../wire/submitter/index.ts';
import { matchTree } from './match-tree.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { PastRequest } from './past-request.ts';

export type PastStep =
  | { readonly state: 'pass' }
  | { readonly state: 'fail'; readonly finding: Finding }
  | {
      readonly state: 'waiting' | 'unknown';
      readonly rule: string;
      readonly message: string;
      readonly policy: PolicyLocation | null;
    };

const passed: PastStep = { state: 'pass' };

function unknown(rule: string, message: string, policy: PolicyLocation | null): PastStep {
  return { state: 'unknown', rule, message, policy };
}

function conclude(findings: readonly Finding[]): PastStep {
  const [first] = failures(findings);
  return first === undefined ? passed : { state: 'fail', finding: first };
}

/** As the portal checks before it accepts a request. */
export function judgeSubmitter({ effective }: CompiledPolicy, request: PastRequest): PastStep {
  const { submitters } = effective.policy;
  if (submitters === undefined) return passed;
  const policy = effective.locate(['submitters']);
  const rule = 'submitters';
  const submitter = request.submittedBy === null ? null : parseSubmitter(request.submittedBy);
  if (submitter === null) return unknown(rule, 'Who submitted it was not recorded.', policy);
  const { projectSlug: slug, project } = effective;
  if (maySubmit({ slug, project, policy: effective.policy }, submitter)) return passed;
  const found = formatSubmitter(submitter);
  const message = `${found} is not one of the submitters.`;
  const fix = 'Submit it as one of the submitters.';
  return { state: 'fail', finding: fail({ rule, message, found, fix, policy }) };
}

export function judgeOrigin({ effective }: CompiledPolicy, request: PastRequest): PastStep {
  const { origin, originPolicy } = effective;
  if (origin === null || originPolicy === null) return passed;
  const [unenforceable] = notEnforced(effective.policy, effective.buildSystem);
  if (unenforceable !== undefined) {
    return unknown(
      'origin.not-enforced',
      `Nobody can tell ${unenforceable.what}: the build system names no API of a code host.`,
      effective.locate(unenforceable.path),
    );
  }
  if (request.origin === null) {
    const message = 'No verified origin of this request was recorded.';
    return unknown('origin.bundle', message, effective.locate(['origin']));
  }
  const { claims, integratedAt, attestation } = request.origin;
  const findings = rejudgeClaims({
    claims,
    signedAt: integratedAt === null ? null : new Date(integratedAt),
    policy: originPolicy,
    locate: (path) => effective.locateOrigin(path),
    now: new Date(request.at),
  });
  // An unrecorded claim refuses nothing; a recorded one that doesn't match does.
  const refused = conclude(findings.filter((finding) => finding.found !== null));
  if (refused.state === 'fail') return refused;
  const kinds: readonly string[] = originPolicy.attestations;
  const statement = effective.locateOrigin(['attestations']);
  if (attestation !== null && !kinds.includes(attestation)) {
    const message = `The signature states ${attestation}, which proves no build under this policy.`;
    const about = { rule: 'origin.statement', expected: kinds.join(', '), found: attestation };
    const fix = 'Attest the file with SLSA provenance.';
    return { state: 'fail', finding: fail({ ...about, message, fix, policy: statement }) };
  }
  const [missing] = failures(findings);
  if (missing === undefined && attestation === null) {
    return unknown('origin.statement', 'What the attestation states was not recorded.', statement);
  }
  if (missing === undefined) {
    const asksHost = providers[originPolicy.provider].host?.asks(originPolicy) === true;
    return asksHost
      ? unknown('origin.host-run', 'What the code host said is not judged again.', null)
      : refused;
  }
  return unknown(
    missing.rule,
    'What the build system certified about this was not recorded.',
    missing.policy,
  );
}

export function judgeInspection(policy: CompiledPolicy, { inspection, parameters }: PastRequest): PastStep {
  const { effective } = policy;
  const at = effective.locateArtifact(['root']);
  const filled = fillParameters(effective.artifactConfiguration, parameters);
  const [problem] = filled.ok ? [] : filled.problems;
  if (problem?.kind === 'missing')
    return unknown('policy.parameters', problem.message, effective.locateArtifact(problem.path));
  if (!filled.ok) return refusedParameters(filled.problems, parameters, effective);
  if (inspection === null) return unknown('inspection', 'What was in the file was not recorded.', at);
  const { outcome, rule, configurationSha256, entries } = inspection;
  // Checked against the same configuration then: the result stands.
  if (configurationSha256 === policy.configurationSha256) {
    if (outcome === 'pass') return passed;
    const message = 'The file was refused for what is in it.';
    return {
      state: 'fail',
      finding: fail({ rule: rule ?? 'inspection', message, fix: 'Correct the file.', policy: at }),
    };
  }
  if (entries === null) {
    return unknown('inspection', 'The files in it were not recorded, and the configuration is another.', at);
  }
  const matcher = compileConfiguration(filled.configuration);
  const matched = matchTree({ ...policy, matcher }, entries);
  const step = conclude(matched.findings);
  if (step.state === 'fail' || matched.missing === null) return step;
  return unknown('inspection', matched.missing, at);
}

function refusedParameters(
  problems: readonly ParameterProblem[],
  values: ParameterValues,
  effective: CompiledPolicy['effective'],
): PastStep {
  return conclude(
    problems.map(({ name, message, expected, fix, path }) =>
      fail({
        rule: 'policy.parameters',
        message,
        expected,
        found: name !== null && Object.hasOwn(values, name) ? (values[name] ?? null) : null,
        fix,
        policy: effective.locateArtifact(path),
      }),
    ),
  );
}

export function judgeScan({ effective }: CompiledPolicy, { scan }: PastRequest): PastStep {
  const policy = effective.locate(['scan']);
  if (scan === 'clean') return passed;
  if (scan === null) return unknown('scan', 'Whether it was clean of malware was not recorded.', policy);
  const message = 'The malware scan refused it.';
  return { state: 'fail', finding: fail({ rule: 'scan', message, fix: 'Submit a clean file.', policy }) };
}

export function judgeApproval(
  { effective, approvers }: CompiledPolicy,
  { approvals, submittedBy }: PastRequest,
): PastStep {
  const policy = effective.locate(['approval', 'quorum']);
  if (effective.quorum === 0) return passed;
  if (approvals === null) return unknown('approval.quorum', 'Who approved it was not recorded.', policy);
  const listed = approvals.filter((approval) => approvers.has(approval.handle));
  const denied = listed.find((pastApproval) => pastApproval.decision === 'deny');
  if (denied !== undefined) {
    const message = `${denied.handle} denied it; one denial ends a request.`;
    return {
      state: 'fail',
      finding: fail({ rule: 'approval.denied', message, fix: 'Submit a new request.', policy }),
    };
  }
  const submitter = submittedBy === null ? null : parseSubmitter(submittedBy);
  const person = submitter === null ? null : submittingPerson(submitter);
  if (!effective.submitterMayApprove && person === null) {
    return unknown('approval.submitter', 'Which person submitted it was not recorded.', policy);
  }
  const others = listed.filter(
    (pastApproval) => effective.submitterMayApprove || pastApproval.handle !== person,
  );
  const agreed = new Set(others.map((other) => other.handle)).size;
  if (agreed >= effective.quorum) return passed;
  const message = `${agreed} of ${effective.quorum} approvals that count are there.`;
  return { state: 'waiting', rule: 'approval.quorum', message, policy };
}
