import { addEvent, findConditions, projectOfRepository, toApplication } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import { policyFilesFor } from './files/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { editPolicyFile } from '../policy-tools/edit/index.ts';
import { notify, notifyReviewers } from '../notifications/index.ts';
import { isExplained } from '../platform/http/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { proposeForFoundation } from '../policy-changes/index.ts';

const atOnce = 20;

/**
 * For every accepted project that has none yet, a change that brings its policy in: proposed by the portal, signed by
 * policy maintainers like any other. Run repeatedly; what can't be proposed now is tried in the next run.
 * → what went wrong, in words.
 */
export async function proposeAcceptedProjects(portal: Portal): Promise<readonly string[]> {
  if (portal.policyHosts === null) return [];
  const rows = await portal.db.application.findMany({
    where: { status: 'accepted', changeNumber: null, slug: { not: null } },
    orderBy: { id: 'asc' },
    take: atOnce,
  });
  const problems: string[] = [];
  for (const row of rows) {
    try {
      await propose({ ...portal, actor: { kind: 'operator', name: 'portal' } }, toApplication(row));
    } catch (error) {
      if (!isExplained(error)) throw error;
      problems.push(`the policy of application ${row.id} could not be proposed: ${error.message}`);
    }
  }
  return problems;
}

async function propose(ctx: Context, application: Application): Promise<void> {
  const { id, slug, name, repository, program, answers, applicant, applicantName } = application;
  const conditions = await findConditions(ctx);
  if (conditions === null || slug === null || repository === null || program === null) return;
  const { snapshot, commit } = conditions;
  const own = projectOfRepository(snapshot, repository);
  // Somebody added it manually, or has moved it: there is nothing to propose.
  if (own?.program === program) return;
  if (own === null && snapshot.projects.has(parseProjectSlug(slug))) return;
  const about = { slug, applicant, applicantName, answers, repository, program };
  const made =
    own === null
      ? policyFilesFor(about, snapshot)
      : { files: await moveOf(ctx, own.slug, program), missing: [] };
  const { files, missing } = made;
  if (files === null) return;
  const before = await ctx.db.applicationEvent.count({
    where: { applicationId: id, kind: 'change-proposed' },
  });
  const pull = await proposeForFoundation({
    ctx,
    input: {
      title: (own === null ? `Add ${name ?? slug}` : `Move ${name ?? slug} to the program ${program}`).slice(
        0,
        120,
      ),
      description: `Application ${id}, accepted by the foundation’s reviewers. Made from what was applied for: read what each file says before signing.${before === 0 ? '' : ` Proposed before and closed: ${before}×.`}`,
      changes: files.map(({ path, content }) => ({ path, content })),
      base: commit,
    },
  });
  await ctx.db.$transaction(async (transaction) => {
    const { count } = await transaction.application.updateMany({
      where: { id, changeNumber: null },
      data: { changeNumber: pull.number, updatedAt: ctx.now() },
    });
    // Another portal process was first.
    if (count === 0) return;
    const path = `/changes/${pull.number}`;
    await addEvent(transaction, ctx, {
      applicationId: id,
      kind: 'change-proposed',
      audience: 'applicant',
      actorName: 'The portal',
      body: `Policy change ${pull.number}: its files become the project’s policy once policy maintainers have signed them.${missing.map(({ purpose, message, fix }) => ` Not among them yet: the policy for a ${purpose}. ${message} ${fix}`).join('')}`,
    });
    await notify(transaction, ctx, applicant, {
      kind: 'project-news',
      subject: `The policy of ${name ?? slug} is proposed`,
      body: 'Read what it says about your project; the page of your application lists what else comes next.',
      path: `/applications/${id}`,
    });
    await notifyReviewers(transaction, ctx, snapshot, {
      kind: 'review-news',
      subject: `Policy change ${pull.number}: ${name ?? slug}`,
      body: 'An accepted project waits for policy maintainers to sign its policy.',
      path,
    });
  });
}

/** A project that is there already, in another program: one line of its file. */
async function moveOf(
  ctx: Context,
  slug: string,
  program: string,
): Promise<readonly { readonly path: string; readonly content: string }[] | null> {
  const path = `projects/${slug}/project.yaml`;
  const bytes = (await acceptedPolicy(ctx))?.files.get(path);
  if (bytes === undefined) return null;
  const text = new TextDecoder().decode(bytes);
  const edited = editPolicyFile({ path, text, kind: 'Project' }, [{ path: ['program'], value: program }]);
  return edited.ok ? [{ path, content: edited.text }] : null;
}
