import type { DraftCheck } from '../../../../lib/policy-changes/index.ts';
import { DiffView } from '../../../_components/diff-view.tsx';
import { plural } from '../../../_components/format.ts';
import { Notice } from '../../../_components/notice.tsx';
import { PlanView } from '../_view/plan-view.tsx';
import { ProblemList } from '../_view/problem-list.tsx';

/** What an edit would come to: problems, or its meaning and how many signatures it takes, and the difference. */
export function Preview({ draft }: { readonly draft: DraftCheck }) {
  const { problems, notices, plan, required, files, unchanged } = draft;
  return (
    <section aria-labelledby="preview" className="rounded-xl border border-rule bg-surface p-5 sm:p-7">
      <h2 id="preview" className="text-2xl">
        What it would mean
      </h2>
      {unchanged ? <p className="mt-4">Nothing is changed yet.</p> : null}
      {problems.length === 0 ? null : (
        <>
          <Notice
            tone="failed"
            title={`This would be no valid policy: ${plural(problems.length, 'problem')}`}
          >
            Fix them before you propose it.
          </Notice>
          <ProblemList items={problems} caption="Problems" />
        </>
      )}
      {plan === null || unchanged ? null : <PlanView plan={plan} />}
      {required === null || unchanged ? null : (
        <p className="mt-5">
          {required.needed === 1
            ? 'Two policy maintainers have to sign it, where more than one can: nothing else proves who wrote it. Of commits that somebody signed with an SSH key, one who did not write them is enough.'
            : `${required.needed} policy maintainers have to sign it, and not only whoever wrote it.`}
        </p>
      )}
      {notices.length === 0 ? null : (
        <>
          <h3 className="mt-6 text-lg">Worth a second look</h3>
          <ProblemList items={notices} caption="What the linter says" />
        </>
      )}
      {files.length === 0 ? null : <DiffView files={files} />}
    </section>
  );
}
