import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { findQuestion } from '../../../../../lib/applications/questions/index.ts';
import type { Question } from '../../../../../lib/applications/questions/index.ts';
import { answerMark, listMaintained, mayAnswer } from '../../../../../lib/applications/index.ts';
import type { ApplicationDetail } from '../../../../../lib/applications/index.ts';
import { sessionHostToken } from '../../../../../lib/platform/auth/web.ts';
import { answersForm } from '../../../../_components/answers-form.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { QuestionForm } from '../../_question/question-form.tsx';
import { answerForm } from '../../actions.ts';
import { findApplication, isSignedIn } from '../../find-application.ts';
import { RepositoryChoice } from './repository-choice.tsx';
import { SignedOutQuestion } from './signed-out-question.tsx';

interface Props {
  readonly params: Promise<{ readonly id: string; readonly question: string }>;
  readonly searchParams: Promise<{ readonly back?: string | string[] }>;
}

export const metadata: Metadata = { title: 'Apply' };

export default async function QuestionPage({ params, searchParams }: Props) {
  const { id, question: asked } = await params;
  if (!(await isSignedIn()) && (await answersForm())) return <SignedOutQuestion id={id} question={asked} />;
  const detail = await findApplication(id, `/apply/${id}/${asked}`);
  const { application, questions } = detail;
  const question = findQuestion(questions, asked);
  if (question === null || !mayAnswer(application, asked)) notFound();
  const back = (await searchParams).back === 'check' ? 'check' : null;
  const number = questions.indexOf(question) + 1;
  const known = application.answers[asked];
  const suggested = known === undefined ? application.suggestions[asked] : undefined;
  const choice = question.id === 'repository' ? await repositoriesFor(known?.['uri'] ?? '') : null;
  return (
    <div className="page *:max-w-2xl">
      <PageTitle title={question.title} up={upOf(detail, number, back)} lead={question.hint} />
      {application.status === 'draft' ? (
        <p className="eyebrow mt-2">
          Question {number} of {questions.length} ·{' '}
          <Link className="link" href={`/apply/${id}`}>
            all questions
          </Link>
        </p>
      ) : null}
      {suggested === undefined || Object.keys(suggested).length === 0 ? null : (
        <Notice tone="running" title="Filled in from the repository">
          Check it, and change what isn’t right.
        </Notice>
      )}
      {question.id === 'declaration' ? <Promises detail={detail} /> : null}
      <QuestionForm
        action={answerForm}
        question={question}
        hidden={{ id, question: asked, ...(back === null ? {} : { back }) }}
        values={choice?.listed === true ? {} : (known ?? suggested ?? {})}
        seen={answerMark(known)}
      >
        {choice?.list}
      </QuestionForm>
    </div>
  );
}

function upOf(
  { application, questions }: ApplicationDetail,
  number: number,
  back: string | null,
): { readonly href: string; readonly name: string } {
  if (application.status !== 'draft')
    return { href: `/applications/${application.id}`, name: 'Your application' };
  if (back !== null) return { href: `/apply/${application.id}/check`, name: 'Back to your answers' };
  const before: Question | undefined = questions[number - 2];
  return before === undefined
    ? { href: `/apply/${application.id}`, name: 'All questions' }
    : { href: `/apply/${application.id}/${before.id}`, name: 'Back' };
}

function Promises({ detail }: { readonly detail: ApplicationDetail }) {
  return (
    <ul className="mt-6 grid gap-3">
      {detail.admission.obligations.map((obligation) => (
        <li key={obligation.id} className="border-s-2 border-seal ps-4">
          <span className="font-medium">{obligation.title}.</span>{' '}
          <span className="text-muted">{obligation.text}</span>
        </li>
      ))}
    </ul>
  );
}

/** The list to choose from, and whether the answer is one of it: then the address above stays empty. */
async function repositoriesFor(current: string) {
  const ctx = await pageContext();
  const found = await listMaintained({
    ctx,
    input: { userToken: await sessionHostToken(ctx) },
  });
  return {
    listed: found.some((repository) => repository.repository.uri === current),
    list: <RepositoryChoice repositories={found} current={current} />,
  };
}
