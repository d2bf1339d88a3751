/**
 * Answers to protection rules of environments, as messages of a webhook that the portal adds to a project by itself: the same turns,
 * attempts, page and notice. What goes out is an answer of the portal's app, and not a message to an address.
 */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isError } from '#core/error/index.ts';
import type { Identity } from '#core/identity/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { isSameEnvironment, PublishAppError } from '../platform/publish-app/index.ts';
import type { Installed, PublishApp, PublishAppErrorCode } from '../platform/publish-app/index.ts';
import type { Outcome } from './attempted.ts';
import { dueNow } from './deliveries.ts';
import { ruleFormat } from './rule-format.ts';
import { seal } from './seal.ts';

const answerSchema = z.strictObject({
  installationId: z.string(),
  repositoryId: z.string(),
  runId: z.string(),
  environment: z.string(),
  state: z.enum(['approved', 'rejected']).nullable(),
  comment: z.string(),
});
type RuleAnswer = z.output<typeof answerSchema>;

/** One for each project, whichever portal adds it. */
function idOf(project: ProjectSlug): string {
  const hex = createHash('sha256').update(`countersign:publish-rule:${project}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** In the transaction of whoever decided it. `key`: the same answer is written once. */
export async function addRuleAnswer(
  transaction: Transaction,
  ctx: Pick<Portal, 'config' | 'now'>,
  about: {
    readonly project: ProjectSlug;
    /** Who gets the notice if answers aren't taken. */
    readonly notified: Identity;
    readonly key: string;
    readonly answer: RuleAnswer;
  },
): Promise<void> {
  const { project, notified, key, answer } = about;
  const id = idOf(project);
  const now = ctx.now();
  const owner = { createdByHost: notified.host, createdById: notified.id };
  await transaction.webhook.createMany({
    data: [
      {
        ...owner,
        id,
        projectSlug: project,
        sealed: seal(ctx.config, id, { url: '', secrets: [] }),
        shown: 'GitHub: environments whose jobs wait for a release',
        format: ruleFormat,
        events: [],
        createdAt: now,
        createdBy: 'the portal',
      },
    ],
    skipDuplicates: true,
  });
  const { disabledAt } = await transaction.webhook.update({ where: { id }, data: owner });
  // Once it is disabled, the team sends again what still matters.
  const waits = disabledAt === null ? { state: 'waiting', nextAt: now } : { state: 'stopped', nextAt: null };
  await transaction.webhookDelivery.createMany({
    data: [
      {
        ...waits,
        webhookId: id,
        key,
        messageId: `msg_${randomUUID().replaceAll('-', '')}`,
        type: `publish.${answer.state ?? 'waiting'}`,
        body: JSON.stringify(answer),
        createdAt: now,
      },
    ],
    skipDuplicates: true,
  });
  await dueNow(transaction, [id], now);
}

/** In the host's own words as far as they help. */
const problemWords: Readonly<Record<PublishAppErrorCode, string>> = {
  NOT_INSTALLED: 'The app isn’t installed on the repository (any more), is suspended, or lacks a permission.',
  NOT_TAKEN: 'GitHub takes no answer of this app: it isn’t a protection rule of that environment.',
  RATE_LIMITED: 'GitHub asked the portal to wait.',
  UNAVAILABLE: 'GitHub can’t be reached, or its answer wasn’t whole.',
};

export async function answerRule(
  { publishApp, now }: Pick<Portal, 'now' | 'publishApp'>,
  body: string,
): Promise<Outcome> {
  const answer = answerSchema.parse(JSON.parse(body));
  const at = now();
  const start = performance.now();
  const result = (status: number | null, text: string, problem: string | null) => ({
    at,
    milliseconds: Math.round(performance.now() - start),
    status,
    answer: text.slice(0, 500),
    problem,
  });
  if (publishApp === null) {
    const problem = 'The portal’s configuration names no app for publishing (any more).';
    return { kind: 'not-taken', retryAfter: 0, ...result(null, '', problem) };
  }
  try {
    await publishApp.answer(answer, answer);
    return { kind: 'taken', retryAfter: 0, ...result(204, '', null) };
  } catch (error) {
    if (!isError(error, PublishAppError)) throw error;
    const { code, status, message, retryAt } = error;
    const retryAfter = retryAt === null ? 0 : Math.max(0, retryAt.getTime() - at.getTime());
    if (code === 'NOT_TAKEN' && !(await stillWaits(publishApp, answer, answer))) {
      const problem = 'GitHub doesn’t wait for this answer (any more): the job was decided or cancelled.';
      return { kind: 'pointless', retryAfter: 0, ...result(status, message, problem) };
    }
    return { kind: 'not-taken', retryAfter, ...result(status, message, problemWords[code]) };
  }
}

/** In doubt it does. */
async function stillWaits(
  app: PublishApp,
  at: Installed,
  { runId, environment }: RuleAnswer,
): Promise<boolean> {
  try {
    const run = await app.findRun(at, runId);
    return run?.environments.some((one) => isSameEnvironment(one, environment)) ?? false;
  } catch (error) {
    if (isError(error, PublishAppError)) return true;
    throw error;
  }
}
