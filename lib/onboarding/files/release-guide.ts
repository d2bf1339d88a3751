/** What a project's maintainers copy on the way to their first release, by the provider of their builds. Pure. */
import type { GitHubOrigin, GitLabOrigin, Origin, SigningPolicy } from '#core/generated/index.ts';
import { buildFileOf, providerOf, type ProviderName } from '#core/origin/index.ts';
import { buildPlaceholder, lookOf, noSuchFile, type WorkflowLook } from './build-file-look.ts';
import { takesBuilds } from '#core/wire/submitter/index.ts';
import { componentJobOf, lacksOfPipeline, pipelineBundle, releasePipeline } from './gitlab-pipeline.ts';
import { lookAtWorkflow, releaseWorkflow, workflowStep } from './release-workflow.ts';
import { partsOf, submitCommands, valueOf, type GuidePlace, type Submission } from './submission.ts';
import { componentInclude } from './submit-step.ts';

/** What projects that build with a provider copy, and what their build file lacks. */
interface ReleaseGuide<O extends Origin> {
  workflow(place: GuidePlace, policySlug: string, policy: SigningPolicy, submission: Submission): string;
  /** What submits under one more policy beside it; null: nothing is offered that would. */
  step(
    place: GuidePlace,
    policySlug: string,
    policy: SigningPolicy,
    submission: Submission,
    origin: O,
  ): string | null;
  lookAt(path: string, text: string | null, place: GuidePlace, origin: O): WorkflowLook;
}

const github: ReleaseGuide<GitHubOrigin> = {
  workflow: releaseWorkflow,
  step: workflowStep,
  lookAt: lookAtWorkflow,
};

const refName = '$CI_COMMIT_REF_NAME';

const gitlab: ReleaseGuide<GitLabOrigin> = {
  workflow(place, policySlug, policy, submission) {
    const common = {
      origin: policy.origin as GitLabOrigin,
      file: submission.file,
      placeholder: buildPlaceholder,
    };
    if (place.component === undefined) {
      return releasePipeline({
        ...common,
        values: submission.parameters.map((one) => valueOf(one, refName)),
        submit: submitCommands(place, policySlug, { ...submission, withBundle: true }).split('\n'),
        audience: takesBuilds(policy) ? place.portal : null,
        include: [],
      });
    }
    const parts = {
      ...partsOf(place, policySlug, submission, refName),
      file: submission.file,
      bundle: pipelineBundle,
    };
    const include = componentInclude(place.component, parts, componentJobOf(common.origin));
    return releasePipeline({ ...common, values: [], submit: null, audience: null, include });
  },
  step(place, policySlug, { origin }, submission, ofRelease) {
    if (place.component === undefined) return null;
    const parts = {
      ...partsOf(place, policySlug, submission, refName),
      file: submission.file,
      bundle: origin === undefined ? '' : pipelineBundle,
    };
    const job = componentJobOf((origin ?? ofRelease) as GitLabOrigin);
    const named = { ...job, name: `countersign-${policySlug}` };
    return `${componentInclude(place.component, parts, named).join('\n')}\n`;
  },
  lookAt: (path, text, { portal }) =>
    text === null
      ? noSuchFile(path)
      : lookOf(path, lacksOfPipeline(text, { portal, placeholder: buildPlaceholder })),
};

const guides: Readonly<Partial<Record<ProviderName, ReleaseGuide<Origin>>>> = { github, gitlab };

/** null: nobody has written one for builds of this provider yet; what it takes is in its own documentation. */
export const releaseGuideFor = (origin: Origin): ReleaseGuide<Origin> | null =>
  guides[providerOf(origin)] ?? null;

/**
 * What submits under one more policy of a project, whose releases come from `origin`; null: nothing is offered, or the policy is about
 * builds of another provider.
 */
export function submitStepFor(
  place: GuidePlace,
  policySlug: string,
  policy: SigningPolicy,
  submission: Submission,
  origin: Origin,
): string | null {
  if (policy.origin !== undefined && providerOf(policy.origin) !== providerOf(origin)) return null;
  return releaseGuideFor(origin)?.step(place, policySlug, policy, submission, origin) ?? null;
}

/** The build file of a project under a release policy, to be copied; null: there is none to offer. */
export function buildFileFor(
  place: GuidePlace,
  policySlug: string,
  policy: SigningPolicy,
  submission: Submission,
): { readonly path: string; readonly text: string } | null {
  const { origin } = policy;
  const guide = origin === undefined ? null : releaseGuideFor(origin);
  if (origin === undefined || guide === null) return null;
  const path = buildFileOf(origin);
  return { path, text: guide.workflow(place, policySlug, policy, submission) };
}
