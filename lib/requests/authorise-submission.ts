/** Who may submit files under a policy. Only for an early answer: the signer decides itself. */
import { submitterProblem } from '#core/approval/index.ts';
import { fillParameters } from '#core/artifact/index.ts';
import type { SigningPolicy } from '#core/generated/index.ts';
import type { PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { formatSubmitter, maySubmit, submittingPeople } from '#core/wire/submitter/index.ts';
import type { SubmittingPlace, Submitter } from '#core/wire/submitter/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { checkBuild, projectsOfBuild } from './builds.ts';
import { RequestsError } from './error.ts';

/** Whether who asks may submit under a policy, before anything is uploaded for it. Rejects with the reason, and who may. */
export async function authoriseSubmission(call: {
  readonly ctx: Context;
  readonly input: {
    readonly project: ProjectSlug;
    readonly policy: PolicySlug;
    /** Left out: they aren’t known yet. */
    readonly parameters?: ParameterValues;
  };
}): Promise<Authorised> {
  const { ctx, input } = call;
  const submitter = submitterOf(ctx, input.project);
  return { submitter, ...(await checkPolicy(ctx, submitter, input)) };
}

interface Authorised {
  readonly submitter: Submitter;
  readonly policy: SigningPolicy;
  /** In whose room the files of the request may lie. */
  readonly owners: readonly string[];
}

function submitterOf({ actor }: Context, project: ProjectSlug): Submitter {
  if (actor.kind === 'token' && actor.project === project) return actor;
  // Whether it is one of the project's own is for the policy to say.
  if (actor.kind === 'person' || actor.kind === 'build') return actor;
  if (actor.kind === 'account') {
    throw new RequestsError({
      code: 'NOT_ALLOWED',
      message: `The policy in force doesn’t name you: only the team of ${project}, and those whom its policies name, can submit files.`,
      fix: 'Ask somebody on the team to propose that you join it.',
    });
  }
  throw new RequestsError({
    code: 'NOT_ALLOWED',
    message: `Only the project ${project} may ask to have its artifacts signed.`,
    fix: `Send the identity token of a build of ${project}, or one of its API tokens: Authorization: Bearer csn_…`,
  });
}

/** Who asks, held against the policy and the token's own limit. */
function checkSubmitter(ctx: Context, submitter: Submitter, place: SubmittingPlace, slug: PolicySlug): void {
  const file = `projects/${place.slug}/policies/${slug}.yaml`;
  if (!maySubmit(place, submitter)) {
    const people = submittingPeople(place).join(', ');
    throw new RequestsError({
      code: 'NOT_ALLOWED',
      message: `The policy ${slug} takes no requests from you (${formatSubmitter(submitter)}).`,
      fix: `Who may: ${people === '' ? 'tokens and builds only' : people}. The list is \`submitters\` in ${file}, or the team in project.yaml where it isn’t there; both change by a policy change.`,
    });
  }
  const { actor } = ctx;
  if (actor.kind !== 'token' || actor.policies.length === 0 || actor.policies.includes(slug)) return;
  throw new RequestsError({
    code: 'NOT_ALLOWED',
    message: `The API token “${actor.name}” may submit under ${actor.policies.join(', ')} only, not under ${slug}.`,
    fix: `Use a token that may: /projects/${place.slug}/tokens lists them, and makes others.`,
  });
}

async function checkPolicy(
  ctx: Context,
  submitter: Submitter,
  input: {
    readonly project: ProjectSlug;
    readonly policy: PolicySlug;
    readonly parameters?: ParameterValues;
  },
): Promise<Pick<Authorised, 'policy' | 'owners'>> {
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null) {
    throw new RequestsError({
      code: 'NO_ACCEPTED_POLICY',
      message: 'The signer has not accepted a policy yet.',
      fix: 'Try again in a minute; /readyz says what is missing.',
    });
  }
  const project = accepted.snapshot.projects.get(input.project);
  if (project === undefined) {
    throw new RequestsError({
      code: 'UNKNOWN_PROJECT',
      message: `The accepted policy (commit ${accepted.commit}) has no project ${input.project}.`,
      fix: 'Use the name of a folder under projects/ of the policy repository; /projects lists them.',
    });
  }
  const { status } = project.project.value;
  if (status !== 'active') {
    throw new RequestsError({
      code: 'PROJECT_NOT_ACTIVE',
      message: `The project ${input.project} is ${status}; nothing is signed for it.`,
      fix: `Ask the foundation. The status is in projects/${input.project}/project.yaml.`,
    });
  }
  const policy = project.policies.get(input.policy)?.value;
  if (policy === undefined) {
    const known = [...project.policies.keys()].join(', ');
    throw new RequestsError({
      code: 'UNKNOWN_POLICY',
      message: `The project ${input.project} has no signing policy ${input.policy}.`,
      fix: known === '' ? 'The project has no signing policies yet.' : `Use one of: ${known}.`,
    });
  }
  const place = { slug: input.project, project: project.project.value, policy };
  if (ctx.actor.kind === 'build') checkBuild(accepted.snapshot, ctx.actor, input);
  checkSubmitter(ctx, submitter, place, input.policy);
  const effective = effectivePolicy(accepted.snapshot, input.project, input.policy);
  if (effective.ok) {
    checkApprovable(effective.value, submitter, input);
    if (input.parameters !== undefined) checkParameters(effective.value, input.parameters);
  }
  const { actor } = ctx;
  const others = actor.kind === 'build' ? projectsOfBuild(accepted.snapshot, actor) : [];
  return { policy, owners: [input.project, actorName(actor), ...others] };
}

/** Requests that the signer would refuse because nobody could approve them are refused while the submitter can still fix it. */
function checkApprovable(
  effective: EffectivePolicy,
  submitter: Submitter,
  { project, policy }: { readonly project: ProjectSlug; readonly policy: PolicySlug },
): void {
  const problem = submitterProblem({
    ...effective,
    submittedBy: formatSubmitter(submitter),
    policy: null,
  });
  if (problem === null) return;
  throw new RequestsError({
    code: 'APPROVAL_NOT_POSSIBLE',
    message: `Nothing could be signed for this request: ${problem.message}`,
    fix: `${problem.fix ?? ''} The policy is projects/${project}/policies/${policy}.yaml.`.trim(),
  });
}

/** Values that the signer would refuse, at the field of each. */
function checkParameters(effective: EffectivePolicy, values: ParameterValues): void {
  const filled = fillParameters(effective.artifactConfiguration, values);
  const [first] = filled.ok ? [] : filled.problems;
  if (filled.ok || first === undefined) return;
  throw new RequestsError({
    code: 'PARAMETERS_INVALID',
    message: plain(first.message),
    fix: plain(`${first.fix} What is asked for: ${first.expected}.`),
    fields: filled.problems.flatMap(({ name, message }) =>
      name === null
        ? []
        : [{ field: `parameters.${name}`, code: 'PARAMETERS_INVALID', message: plain(message) }],
    ),
  });
}

/** Without the marks that findings put around names. */
const plain = (text: string): string => text.replaceAll('`', '');
