/** Which policies take requests from a build. Only for an early answer: the signer judges the file's own proof of origin. */
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { judgeToken } from '#core/origin/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { fail, failures } from '#core/wire/finding/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import { isOfRepository, takesBuilds } from '#core/wire/submitter/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { ExplainedError } from '../platform/http/index.ts';

type Build = Extract<Actor, { kind: 'build' }>;

export interface BuildPlace {
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
}

/** The policy takes no requests from this build; every line of it that the build isn't as. */
export class BuildRefusedError extends ExplainedError<'BUILD_NOT_ALLOWED'> {
  static override readonly errorName = 'BuildRefusedError';
  readonly findings: readonly Finding[];
  constructor(explanation: {
    readonly message: string;
    readonly fix: string;
    readonly findings: readonly Finding[];
  }) {
    super({ code: 'BUILD_NOT_ALLOWED', message: explanation.message, fix: explanation.fix });
    this.findings = explanation.findings;
  }
}

/** Who issues the tokens of builds that this policy takes; null: there is no such policy, or it takes none of any. */
export function issuerOfBuilds(snapshot: PolicySnapshot, { project, policy }: BuildPlace): string | null {
  const effective = effectivePolicy(snapshot, project, policy);
  return effective.ok ? (effective.value.originPolicy?.issuer ?? null) : null;
}

/** Rejects with BuildRefusedError where the policy takes no requests from this build. */
export function checkBuild(snapshot: PolicySnapshot, build: Build, place: BuildPlace): void {
  const findings = failures(judge(snapshot, build, place));
  const [first] = findings;
  if (first === undefined) return;
  const others = placesOf(snapshot, build).filter(({ project }) => project === place.project);
  const otherwise =
    others.length === 0
      ? ''
      : ` Or sign with ${others.map(({ policy }) => policy).join(' or ')}, which takes this build.`;
  throw new BuildRefusedError({
    message: `The policy ${place.policy} takes no requests from this build. ${sentenceOf(first)}`,
    fix: `${first.fix ?? ''}${otherwise}`,
    findings,
  });
}

/**
 * The projects that take requests from this build: what it uploads takes the room of the first. Rejects with BuildRefusedError where
 * there is none.
 */
export function projectsOfBuild(
  snapshot: PolicySnapshot,
  build: Build,
): readonly [ProjectSlug, ...ProjectSlug[]] {
  const [first, ...others] = new Set(placesOf(snapshot, build).map(({ project }) => project));
  if (first !== undefined) return [first, ...others];
  const [nearest] = candidatesOf(snapshot, build);
  if (nearest !== undefined) checkBuild(snapshot, build, nearest);
  throw new BuildRefusedError({
    message: `No policy in force takes builds of the repository with the id ${build.repositoryId}.`,
    fix: 'Submit from the repository that a project’s policy names (origin.repository.id), in a build of its own, or with an API token.',
    findings: [],
  });
}

function placesOf(snapshot: PolicySnapshot, build: Build): readonly BuildPlace[] {
  return candidatesOf(snapshot, build).filter(
    (place) => failures(judge(snapshot, build, place)).length === 0,
  );
}

/** By the repository alone, which is quickly compared; few are left to be judged whole. */
const candidatesOf = (snapshot: PolicySnapshot, build: Build): readonly BuildPlace[] =>
  [...snapshot.projects].flatMap(([project, { policies }]) =>
    [...policies].flatMap(([policy, { value }]) =>
      isOfRepository(value, build) ? [{ project, policy }] : [],
    ),
  );

function judge(
  snapshot: PolicySnapshot,
  { verified }: Build,
  { project, policy }: BuildPlace,
): readonly Finding[] {
  const effective = effectivePolicy(snapshot, project, policy);
  if (!effective.ok) return effective.findings;
  const { originPolicy, policy: said } = effective.value;
  const locate = (path: readonly string[]) => effective.value.locate(path);
  if (originPolicy === null) {
    return [
      fail({
        rule: 'submitters.builds',
        message: 'It names no origin, so no build can be told from any other.',
        fix: 'Send an API token of the project, or add an origin to the policy.',
        policy: locate([]),
      }),
    ];
  }
  if (!takesBuilds(said)) {
    return [
      fail({
        rule: 'submitters.builds',
        message: 'Its submitters are listed, and builds are not among them.',
        expected: 'builds: origin',
        found: said.submitters?.builds ?? 'no line builds',
        fix: 'Add builds: origin under submitters by a policy change, or send an API token that is listed there.',
        policy: locate(['submitters']),
      }),
    ];
  }
  const { provider, issuer, token } = verified;
  return judgeToken({
    provider,
    issuer,
    token,
    policy: originPolicy,
    locate: (path) => effective.value.locateOrigin(path),
  });
}

/** The reason, what was found, and the line that asked. */
function sentenceOf({ message, found, expected, policy }: Finding): string {
  const what =
    found === null ? '' : ` Found: ${found}${expected === null ? '' : `; asked for: ${expected}`}.`;
  return `${message}${what}${policy === null ? '' : ` (${policy.file}, line ${policy.line})`}`;
}
