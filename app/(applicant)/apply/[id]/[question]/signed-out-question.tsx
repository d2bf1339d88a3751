import { applicationQuestions, findQuestion } from '../../../../../lib/applications/questions/index.ts';
import { findConditions } from '../../../../../lib/applications/index.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { QuestionForm } from '../../_question/question-form.tsx';
import { answerForm } from '../../actions.ts';

/**
 * The session ended while somebody wrote, and their browser runs no scripts: the same form again, with what they typed,
 * so that signing in elsewhere and sending again is all they have to do. It shows nothing of the application.
 */
export async function SignedOutQuestion(props: { readonly id: string; readonly question: string }) {
  const { id, question: asked } = props;
  const conditions = await findConditions(await pageContext());
  const questions = ['executables', 'components'].flatMap((program) =>
    conditions === null
      ? []
      : applicationQuestions(conditions.admission, { program: { program } }, conditions.builders),
  );
  const question = findQuestion(questions, asked);
  return (
    <div className="page *:max-w-2xl">
      <PageTitle title={question?.title ?? 'Your answer'} />
      <Notice tone="waiting" title="You have been signed out">
        <a className="link" href="/sign-in" target="_blank" rel="noreferrer">
          Sign in in another tab
        </a>
        , come back here and send this again.
      </Notice>
      {question === null ? null : (
        <QuestionForm
          action={answerForm}
          question={question}
          hidden={{ id, question: asked }}
          values={{}}
          seen="none"
        />
      )}
    </div>
  );
}
