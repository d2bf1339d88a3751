import { hasWildcard } from '#core/glob/index.ts';
import type { ProjectSnapshot, SigningPolicyDocument } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';
import { patternCovers } from './pattern-covers.ts';
import type { TrialBudget } from './pattern-covers.ts';

interface Ref {
  readonly policy: SigningPolicyDocument;
  readonly kind: 'branches' | 'tags';
  readonly pattern: string;
  readonly at: number;
}

const trialsMax = 5000;
/** Maximum number of refs per project that are compared; far more than any has. */
const refsMax = 500;

/**
 * Refs that two lines allow, in one policy or in two release policies of one project. Across two policies this
 * matters: the submitter chooses the policy, so the weaker one decides.
 */
export function lintRefs(project: ProjectSnapshot, total: TrialBudget): readonly LintFinding[] {
  const refs = [...project.policies.values()]
    .filter((policy) => policy.value.purpose === 'release')
    .flatMap(refsOf)
    .slice(0, refsMax);
  const own = { left: Math.min(trialsMax, total.left) };
  const before = own.left;
  const findings = refs.flatMap((ref, at) => {
    const other = refs.find(
      (candidate, index) =>
        index !== at &&
        candidate.kind === ref.kind &&
        // Of two equal patterns the second is reported.
        (candidate.pattern === ref.pattern ? index < at : hasWildcard(candidate.pattern)) &&
        patternCovers(candidate.pattern, ref.pattern, 'sensitive', own),
    );
    return other === undefined ? [] : [overlap(ref, other)];
  });
  total.left -= before - Math.max(0, own.left);
  return findings;
}

function refsOf(policy: SigningPolicyDocument): readonly Ref[] {
  const refs = policy.value.origin?.refs ?? {};
  return (['branches', 'tags'] as const).flatMap((kind) =>
    (refs[kind] ?? []).map((pattern, at) => ({ policy, kind, pattern, at })),
  );
}

function overlap(ref: Ref, other: Ref): LintFinding {
  const where = ref.policy.locate(['origin', 'refs', ref.kind, ref.at]);
  if (other.policy === ref.policy) {
    const message = `\`${ref.pattern}\` is already allowed by \`${other.pattern}\`.`;
    return lintFinding(where, 'lint.overlapping-refs', message, 'Keep one of the two.');
  }
  const { file, line } = other.policy.locate(['origin', 'refs', other.kind, other.at]);
  const message = `\`${ref.pattern}\` is allowed by \`${other.pattern}\` in ${file}:${line} too: the policy that requires less decides.`;
  const fix = 'Give each release policy refs of its own.';
  return lintFinding(where, 'lint.overlapping-refs', message, fix);
}
