/** What is missing between a project whose policy is in force and its first release: checked each time. For its team and the foundation. */
import { lackOfBuildSystem, providerFor } from '../applications/questions/index.ts';
import { listTokens } from '../api-tokens/index.ts';
import { listCertificates } from '../certificates/index.ts';
import { isError } from '#core/error/index.ts';
import { matchesRef } from '#core/glob/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import type { Origin } from '#core/generated/index.ts';
import { buildFileOf, providerOf, type ProviderName } from '#core/origin/index.ts';
import { list } from '#core/text/list/index.ts';
import { missingApprovers, releaseGuideFor } from './files/index.ts';
import type { PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import { CodeHostError } from '../platform/code-host/index.ts';
import { isOnTeam } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { approversItem, certificateItem, hrefOf } from './checklist.ts';
import type { ChecklistItem } from './checklist-item.ts';
import { OnboardingError } from './error.ts';
import { readSigningProgress, signingItem } from './signing-items.ts';
import { findWaitingPolicies } from './waiting-policies.ts';
import { releasePolicies, tokenItemOf } from './token-item.ts';

export interface ReleaseSteps {
  readonly project: ProjectSnapshot;
  /** Whose builds its releases are, or will be. */
  readonly provider: ProviderName;
  readonly items: readonly ChecklistItem[];
  readonly done: number;
}

/** null: the policy in force has no such project. Rejects who is neither on its team nor in the foundation. */
export async function readReleaseSteps(call: {
  readonly ctx: Context;
  readonly input: { readonly slug: ProjectSlug };
}): Promise<ReleaseSteps | null> {
  const { ctx, input } = call;
  const { slug } = input;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  const project = snapshot?.projects.get(slug);
  if (snapshot === null || project === undefined) return null;
  const { actor } = ctx;
  const foundation =
    actor.kind === 'person' && (actor.roles.policyMaintainer || actor.roles.foundationReviewer);
  if (!isOnTeam(actor, slug) && !foundation) {
    throw new OnboardingError({
      code: 'NOT_ALLOWED',
      message: `Only the team of ${slug}, and the foundation, see its steps to a release.`,
      fix: 'Sign in as one of them; the project’s page lists its team.',
    });
  }
  const [stands, certificates, token, policy, workflow] = await Promise.all([
    readSigningProgress(ctx, slug, project),
    listCertificates({ ctx, input: { project: slug } }),
    tokenItem(ctx, project),
    releasePolicyItem(ctx, snapshot, project),
    workflowItem(ctx, project, providerOfProject(snapshot, project)),
  ]);
  const own = new Set(
    certificates
      .filter((certificate) => certificate.project === slug)
      .map((certificate) => certificate.purpose),
  );
  const items = [
    policy,
    approversItem(snapshot, project),
    certificateItem(own, project),
    token,
    workflow,
    signingItem('test', stands, project, own),
    signingItem('release', stands, project, own),
  ];
  return {
    project,
    provider: providerOfProject(snapshot, project),
    items,
    done: items.filter((item) => item.state === 'done').length,
  };
}

/** Whether there is a policy for releases, and whether it would let the repository's own releases through. */
async function releasePolicyItem(
  ctx: Context,
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
): Promise<ChecklistItem> {
  const { slug } = project;
  const [found, ...others] = releasePolicies(project);
  const title = 'The policy for releases';
  const path = `projects/${slug}/policies/${found?.[0] ?? 'release-signing'}.yaml`;
  const item = { name: 'release-policy', title, href: `/changes/new?file=${path}`, at: null } as const;
  if (found === undefined) {
    const purpose = 'release';
    const lack = lackOfBuildSystem(snapshot.trustRoot.value, project.project.value.repository.uri);
    if (lack !== null)
      return {
        ...item,
        state: 'waiting',
        href: null,
        detail: `There is none yet. ${lack.message} ${lack.fix}`,
      };
    const tooFew = missingApprovers({ snapshot, project, purpose });
    const waiting = await findWaitingPolicies(ctx, snapshot, project);
    const missing = tooFew ?? waiting.missing.find((gap) => gap.purpose === purpose) ?? null;
    return missing === null
      ? { ...item, state: 'to-do', detail: 'There is none: propose one.' }
      : {
          ...item,
          state: 'to-do',
          href: hrefOf(missing, project),
          detail: `There is none yet. ${missing.message} ${missing.fix}`,
        };
  }
  const [name, { value }] = found;
  const { origin } = value;
  const refs = origin?.refs ?? {};
  const built = origin === undefined ? 'anybody' : buildFileOf(origin);
  const allowed = [
    ...(refs.tags ?? []).map((pattern) => `tag ${pattern}`),
    ...(refs.branches ?? []).map((branch) => `branch ${branch}`),
  ].join(', ');
  const tag = await newestTag(ctx, project);
  if (
    refs.branches === undefined &&
    tag !== null &&
    !(refs.tags ?? []).some((pattern) => matchesRef(pattern, tag))
  ) {
    return {
      ...item,
      state: 'to-do',
      detail: `${name} allows ${allowed}; the repository’s newest release has the tag ${tag}, and nothing built from such a tag would be signed. Change the tags in the policy, or name the next release’s tag as it says.`,
    };
  }
  const more =
    others.length === 0
      ? ''
      : ` There is ${list(
          others.map(([other]) => other),
          'and',
        )}, too; the texts below are for ${name}.`;
  return { ...item, state: 'done', detail: `${name}: built by ${built} from ${allowed}.${more}` };
}

/** null: there is none, or the code host doesn’t say. */
async function newestTag(ctx: Context, { project }: ProjectSnapshot): Promise<string | null> {
  const found = ctx.codeHosts.find(project.value.repository.uri);
  if (found === null) return null;
  try {
    return (await found.host.releasedTags(found.place))[0] ?? null;
  } catch (error) {
    if (!isError(error, CodeHostError)) throw error;
    return null;
  }
}

async function tokenItem(ctx: Context, project: ProjectSnapshot): Promise<ChecklistItem> {
  return tokenItemOf(project, (await listTokens({ ctx, input: { project: project.slug } })).active);
}

const originOf = (policies: ProjectSnapshot['policies']): Origin | undefined =>
  [...policies.values()].find((policy) => policy.value.origin !== undefined)?.value.origin;

/** By its first policy about builds; before there is one, by where its repository is. */
function providerOfProject(
  { trustRoot }: PolicySnapshot,
  { project, policies }: ProjectSnapshot,
): ProviderName {
  const origin = originOf(policies);
  return origin === undefined
    ? providerFor(trustRoot.value, project.value.repository.uri)
    : providerOf(origin);
}

/** Asks the code host each time: the file may have changed a moment ago. What it doesn't answer is no reason to stop. */
async function workflowItem(
  ctx: Context,
  { slug, project, policies }: ProjectSnapshot,
  provider: ProviderName,
): Promise<ChecklistItem> {
  const origin = originOf(policies);
  const run = provider === 'gitlab' ? 'pipeline' : 'workflow';
  const common = {
    name: 'workflow',
    title: `The ${run} that builds and submits`,
    href: null,
    at: null,
  } as const;
  if (origin === undefined)
    return { ...common, state: 'waiting', detail: `The project has no policy that names a ${run} yet.` };
  const path = buildFileOf(origin);
  const guide = releaseGuideFor(origin);
  const hosted = ctx.codeHosts.find(project.value.repository.uri);
  if (hosted === null || guide === null)
    return { ...common, state: 'to-do', detail: `${path}: this code host can’t be checked.` };
  try {
    const text = await hosted.host.readFile(hosted.place, path);
    const at = { portal: ctx.config.publicUrl, project: slug };
    const { done, found } = guide.lookAt(path, text, at, origin);
    return { ...common, state: done ? 'done' : 'to-do', detail: found };
  } catch (error) {
    if (!isError(error, CodeHostError)) throw error;
    return { ...common, state: 'to-do', detail: `${path}: the code host doesn’t answer at the moment.` };
  }
}
