/** What is missing between an accepted project and its first signed release: checked, not ticked off. */
import type { Application } from '../applications/index.ts';
import { listCertificates } from '../certificates/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { lintPolicy } from '../policy-tools/lint/index.ts';
import { sameRepository } from '#core/policy/index.ts';
import type { PersonDocument, PolicySnapshot, ProjectSnapshot } from '#core/policy/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readSigningProgress, signingItem } from './signing-items.ts';
import type { ChecklistItem } from './checklist-item.ts';
import type { MissingPolicy } from './files/index.ts';
import { waitingPoliciesOf } from './waiting-policies.ts';

export interface Checklist {
  readonly slug: string;
  /** The project's policy is: the team's own pages are there. */
  readonly inForce: boolean;
  readonly items: readonly ChecklistItem[];
  readonly done: number;
}

/** Address of the page that has to be linked under the words “Code signing policy”. */
export const policyPageOf = ({ config }: Pick<Context, 'config'>, slug: string): string =>
  `${config.publicUrl}/projects/${slug}`;

/** null for what isn't accepted. The caller has found the application to be the reader's to see. */
export async function readChecklist(ctx: Context, application: Application): Promise<Checklist | null> {
  const { slug, repository } = application;
  if (application.status !== 'accepted' || slug === null) return null;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  const found = snapshot?.projects.get(parseProjectSlug(slug));
  const project = sameRepository(found?.project.value.repository ?? null, repository)
    ? (found ?? null)
    : null;
  const [signed, steps, certificates] = await Promise.all([
    readSigningProgress(ctx, slug, project),
    newestSteps(ctx, application.id),
    listCertificates({ ctx, input: { project: slug } }),
  ]);
  const own = new Set(
    certificates
      .filter((certificate) => certificate.project === slug)
      .map((certificate) => certificate.purpose),
  );
  const items = [
    policyItem(application, project),
    ...missingItems(application, snapshot, project),
    certificateItem(own, project),
    linkItem('policy-link-home', 'Link the policy from the home page', steps),
    ...(project?.project.value.download === undefined && application.answers['pages']?.['download'] === ''
      ? []
      : [linkItem('policy-link-download', 'Link the policy from the download page', steps)]),
    factorItem(steps),
    approversItem(snapshot, project),
    signingItem('test', signed, project, own),
    signingItem('release', signed, project, own),
  ];
  return {
    slug,
    inForce: project !== null,
    items,
    done: items.filter((item) => item.state === 'done').length,
  };
}

interface Step {
  readonly done: boolean;
  readonly detail: string;
  readonly at: Date;
}

async function newestSteps(ctx: Context, applicationId: number): Promise<ReadonlyMap<string, Step>> {
  const rows = await ctx.db.onboardingStep.findMany({
    where: { applicationId },
    distinct: ['name'],
    orderBy: [{ name: 'asc' }, { id: 'desc' }],
  });
  return new Map(rows.map(({ name, done, detail, at }) => [name, { done, detail, at }]));
}

function policyItem(application: Application, project: ProjectSnapshot | null): ChecklistItem {
  const { changeNumber, slug } = application;
  const title = 'The project’s policy';
  if (project !== null && project.project.value.program === application.program) {
    const detail = 'It is in force: the signer uses it.';
    return { name: 'policy', title, state: 'done', detail, href: `/projects/${slug ?? ''}`, at: null };
  }
  return {
    name: 'policy',
    title,
    state: 'waiting',
    at: null,
    detail:
      changeNumber === null
        ? 'It is being proposed.'
        : `Policy change ${changeNumber} waits for policy maintainers to sign it. Read it: it is about you.`,
    href: changeNumber === null ? null : `/changes/${changeNumber}`,
  };
}

/** Policies that aren't proposed with the project, since the foundation asks for more than was applied for: what is missing, before anybody waits for it. */
function missingItems(
  application: Application,
  snapshot: PolicySnapshot | null,
  project: ProjectSnapshot | null,
): readonly ChecklistItem[] {
  if (snapshot === null) return [];
  return waitingPoliciesOf(application, snapshot, project).missing.map((missing): ChecklistItem => {
    const isTest = missing.purpose === 'test';
    return {
      name: isTest ? 'test-policy' : 'release-policy',
      title: isTest ? 'The policy for tests' : 'The policy for releases',
      // Nobody can add people to a team that isn't in force.
      state: project === null || missing.needs === 'build-system' ? 'waiting' : 'to-do',
      detail: `${missing.message} ${missing.fix}${project === null ? ' That can be done once the project’s policy is in force.' : ''}`,
      href: project === null ? null : hrefOf(missing, project),
      at: null,
    };
  });
}

/** Where the team does something about it; null: the foundation has to. */
export function hrefOf({ purpose, needs }: MissingPolicy, { slug }: ProjectSnapshot): string | null {
  if (needs === 'build-system') return null;
  if (needs === 'key') return '/approval-key';
  return needs === 'approver'
    ? `/projects/${slug}/team`
    : `/changes/new?file=projects/${slug}/policies/${purpose}-signing.yaml`;
}

export function certificateItem(own: ReadonlySet<string>, project: ProjectSnapshot | null): ChecklistItem {
  const done = own.has('release');
  return {
    name: 'certificate',
    title: 'The project’s certificate',
    href: done ? '/certificates' : null,
    at: null,
    state: done ? 'done' : 'waiting',
    detail: done
      ? 'It is issued; its key is used only inside the foundation’s HSM.'
      : project === null
        ? 'It is requested once the policy is in force.'
        : 'It has been requested: the foundation’s operators issue it.',
  };
}

function linkItem(
  name: 'policy-link-home' | 'policy-link-download',
  title: string,
  steps: ReadonlyMap<string, Step>,
): ChecklistItem {
  const step = steps.get(name);
  return {
    name,
    title,
    href: null,
    at: step?.at ?? null,
    state: step?.done === true ? 'done' : 'to-do',
    detail: step?.detail ?? 'Not checked yet.',
  };
}

function factorItem(steps: ReadonlyMap<string, Step>): ChecklistItem {
  const step = steps.get('second-factor');
  return {
    name: 'second-factor',
    title: 'Second factor for everybody on the team',
    href: null,
    at: step?.at ?? null,
    state: step?.done === true ? 'done' : 'to-do',
    detail: step?.detail ?? 'The code host shows it to nobody else, so you attest it.',
  };
}

/** Whether the people can give the approvals that the release policies ask for; in the words of the policy's linter. */
export function approversItem(
  snapshot: PolicySnapshot | null,
  project: ProjectSnapshot | null,
): ChecklistItem {
  const item = { name: 'approvers', title: 'People who approve', at: null } as const;
  if (snapshot === null || project === null)
    return { ...item, state: 'waiting', detail: 'Once the policy is in force.', href: null };
  const { slug, project: own, policies } = project;
  const people = new Map<string, PersonDocument>(snapshot.people);
  const without = own.value.team.approvers.filter(
    (handle) => (people.get(handle)?.value.approvalKeys.length ?? 0) === 0,
  );
  if (without.length > 0) {
    const detail = `No approval key yet: ${without.join(', ')}. Each adds their own.`;
    return { ...item, state: 'to-do', detail, href: '/approval-key' };
  }
  const [stuck] = [...policies.values()]
    .flatMap((policy) => lintPolicy(snapshot, project, policy))
    .filter(({ rule }) => rule === 'lint.submitter-approves');
  if (stuck !== undefined) {
    const detail = `${stuck.message} Add somebody to the team who approves or submits.`;
    return { ...item, state: 'to-do', detail, href: `/projects/${slug}/team` };
  }
  const names = own.value.team.approvers.map((handle) => people.get(handle)?.value.name ?? handle);
  return { ...item, state: 'done', detail: `${names.join(', ')} can approve releases.`, href: null };
}
