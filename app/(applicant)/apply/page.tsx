import type { Metadata } from 'next';
import Link from 'next/link';
import { findConditions } from '../../../lib/applications/index.ts';
import { ActionForm } from '../../_components/action-form.tsx';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { startForm } from './actions.ts';
import { Conditions } from './_conditions/conditions.tsx';
import { isSignedIn } from './find-application.ts';

export const metadata: Metadata = { title: 'Apply' };

/** All conditions are here, before anybody types a word. */
export default async function ApplyPage() {
  const conditions = await findConditions(await pageContext());
  if (conditions === null) {
    return (
      <div className="page">
        <PageTitle title="Apply for a certificate" />
        <Empty title="This foundation takes no applications here">Ask it how projects can join.</Empty>
      </div>
    );
  }
  const { admission } = conditions;
  return (
    <div className="page">
      <PageTitle title="Apply for a certificate" lead={admission.summary} />
      <div className="mt-8 grid items-start gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Conditions admission={admission} />
        <aside aria-label="Start" className="card p-6 lg:sticky lg:top-6">
          <h2 className="text-xl">Start</h2>
          <p className="mt-2 text-muted">
            About twenty minutes, one question to a page. Every answer is saved; come back when you like.
            {admission.answerDays === undefined
              ? ''
              : ` A reviewer answers within ${admission.answerDays} days.`}
          </p>
          {(await isSignedIn()) ? (
            <ActionForm
              id="start"
              action={startForm}
              hidden={{}}
              fields={[]}
              buttons={[{ label: 'Start an application', pending: 'Starting…', intent: 'start' }]}
            />
          ) : (
            <Link className="button mt-5" href="/sign-in?to=%2Fapply">
              Sign in to start
            </Link>
          )}
          <p className="mt-4 text-sm">
            <Link className="link inline-flex min-h-6 items-center" href="/applications">
              Your applications
            </Link>
          </p>
        </aside>
      </div>
    </div>
  );
}
