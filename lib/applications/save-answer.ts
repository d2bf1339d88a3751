import { answerQuestion, applicationQuestions, findQuestion, slugOf } from './questions/index.ts';
import type { Answers, Question } from './questions/index.ts';
import { sameRepository } from '#core/policy/index.ts';
import type { UserToken } from '../platform/code-host/index.ts';
import { noJson } from '../platform/db/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { conditionsOf } from './applicant.ts';
import type { Conditions } from './applicant.ts';
import { nameConflicts, projectOfRepository } from './conflicts.ts';
import { answerInvalid, ApplicationsError } from './error.ts';
import { findRepository } from './repository.ts';
import type { FoundRepository } from './repository.ts';
import { lockOwnApplication, ownApplication } from './own.ts';
import { answerMark } from './row.ts';
import type { Application } from './row.ts';

/** Once a review has begun, only answers that reviewers can ask about may be changed. */
const fixedOnceSent = /^(?:program|eligible-.*|repository|declaration)$/;

/** Whether an answer may be given (again) as things stand. */
export function mayAnswer(application: Pick<Application, 'status'>, question: string): boolean {
  if (application.status === 'draft') return true;
  return application.status === 'information-requested' && !fixedOnceSent.test(question);
}

/** Saves the answer to one question. Rejects with ANSWER_INVALID (`fields` says where) and saves nothing. */
export async function saveAnswer(call: {
  readonly ctx: Context;
  readonly input: {
    readonly id: number;
    readonly question: string;
    /** Field name → text, as typed. */
    readonly typed: Readonly<Record<string, string>>;
    /** answerMark() of the answer that the writer saw. */
    readonly seen: string;
    /** The applicant's own token of the code host, to prove that a repository is theirs; null: there is none. */
    readonly userToken: UserToken | null;
  };
}): Promise<void> {
  const { ctx, input } = call;
  const before = await ownApplication(ctx, ctx.db, input.id);
  const conditions = await conditionsOf(ctx);
  const question = questionOf(before, conditions, input.question);
  const result = answerQuestion(question, input.typed);
  if (!result.ok) throw answerInvalid(result.errors);
  // The code host is asked before the transaction: it may take seconds.
  const found =
    question.id === 'repository'
      ? await findRepository({
          ctx,
          conditions,
          application: before,
          userToken: input.userToken,
          address: result.values['uri'] ?? '',
        })
      : null;
  const answer = found === null ? result.values : { uri: found.repository.uri };
  await ctx.db.$transaction(async (transaction) => {
    const application = await lockOwnApplication(ctx, transaction, input.id);
    questionOf(application, conditions, input.question);
    refuseUnseen(application, input.question, input.seen, answer);
    const columns = await columnsOf(transaction, conditions, application, question, answer, found);
    await transaction.application.update({
      where: { id: application.id },
      data: {
        answers: withoutGone(conditions, { ...application.answers, [question.id]: answer }),
        version: { increment: 1 },
        updatedAt: ctx.now(),
        ...columns,
      },
    });
  });
}

function questionOf(application: Application, { admission, builders }: Conditions, id: string): Question {
  if (!mayAnswer(application, id)) {
    throw new ApplicationsError({
      code: 'NOT_A_DRAFT',
      message: 'This application has been sent: this answer can’t be changed any more.',
      fix: 'Write to the reviewers on the application’s page.',
    });
  }
  const question = findQuestion(applicationQuestions(admission, application.answers, builders), id);
  if (question !== null) return question;
  throw new ApplicationsError({
    code: 'UNKNOWN_QUESTION',
    message: 'This question isn’t asked (any more).',
    fix: 'Go to the list of questions and take the next one.',
  });
}

/** Two tabs: the answer of the other one is shown before this one replaces it. */
function refuseUnseen(
  application: Application,
  question: string,
  seen: string,
  answer: Readonly<Record<string, string>>,
): void {
  const standing = application.answers[question];
  const mark = answerMark(standing);
  if (mark === seen || mark === answerMark(answer)) return;
  const texts = Object.values(standing ?? {}).filter((text) => text !== '');
  throw new ApplicationsError({
    code: 'CHANGED_MEANWHILE',
    message: `This was answered in another window meanwhile: “${texts.join('”, “').slice(0, 300)}”.`,
    fix: 'What you typed is still here. Send it again to replace that answer, or leave this page to keep it.',
  });
}

async function columnsOf(
  transaction: Transaction,
  { snapshot }: Conditions,
  application: Application,
  question: Question,
  answer: Readonly<Record<string, string>>,
  found: FoundRepository | null,
) {
  if (question.id === 'program') return { program: answer['program'] ?? null };
  if (found !== null) {
    const { repository, proof, suggestions } = found;
    const kept = sameRepository(application.repository, repository) ? application.proof : null;
    const best = proof ?? kept;
    return {
      repositoryUri: repository.uri,
      repositoryId: repository.id,
      ownerId: repository.ownerId,
      suggestions,
      proof: best === null ? noJson : { ...best, at: best.at.toISOString() },
    };
  }
  if (question.id !== 'name') return {};
  const name = answer['name'] ?? '';
  const own = projectOfRepository(snapshot, application.repository);
  // Who applies for another program keeps the project's address.
  const slug = own?.slug ?? slugOf(name);
  if (slug === null) {
    throw answerInvalid(
      new Map([
        ['name', 'Name: it needs at least one letter or digit of the Latin alphabet, for its address'],
      ]),
    );
  }
  const { id, repository } = application;
  const { taken } = await nameConflicts(transaction, snapshot, { id, name, repository });
  if (taken !== null) throw answerInvalid(new Map([['name', taken]]));
  return { name, slug };
}

/** Answers to questions that aren't asked any more must not come back by themselves. */
function withoutGone({ admission }: Conditions, answers: Answers): Record<string, Record<string, string>> {
  const asked = new Set(applicationQuestions(admission, answers).map((question) => question.id));
  return Object.fromEntries(
    Object.entries(answers)
      .filter(([id]) => asked.has(id))
      .map(([id, values]) => [id, { ...values }]),
  );
}
