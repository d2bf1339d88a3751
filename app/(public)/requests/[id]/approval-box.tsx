import Link from 'next/link';
import { isError } from '#core/error/index.ts';
import { ApprovalsError, readStatements } from '../../../../lib/approvals/index.ts';
import { changesSinceLastRelease } from '../../../../lib/inspection-reports/index.ts';
import { isOnTeam } from '../../../../lib/platform/auth/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { list } from '#core/text/list/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import type { RequestDetail } from '../../../../lib/requests/index.ts';
import { CodeBlock } from '../../../_components/code-block.tsx';
import { plural } from '../../../_components/format.ts';
import { ChangesSummary } from '../../../_components/report/changes-summary.tsx';
import { ApprovalForm } from './approval-form.tsx';

interface Props {
  readonly ctx: Context;
  readonly request: RequestDetail;
}

async function findQuestion({ ctx, request }: Props) {
  return readStatements({ ctx, input: { id: request.id } }).catch((error: unknown) => {
    // The signer may have moved on between two reads; the trace below says where to.
    if (isError(error, ApprovalsError)) return null;
    throw error;
  });
}

type Question = NonNullable<Awaited<ReturnType<typeof findQuestion>>>;

/** What the maintainers are asked, the exact text, the command that signs it, and where to submit it. */
export async function ApprovalBox({ ctx, request }: Props) {
  const question = await findQuestion({ ctx, request });
  const approve = question?.statements.approve ?? null;
  if (question === null || approve === null) return null;
  const { deny } = question.statements;
  const changes = await changesSinceLastRelease({ ctx, input: { id: request.id } });
  const standing = standingOf(ctx, question);
  return (
    <section
      id="approval"
      aria-labelledby="approval-title"
      className={`mb-12 rounded-xl border-2 bg-surface p-6 sm:p-8 ${standing === 'asked' ? 'border-seal' : 'border-rule'}`}
    >
      <h2 id="approval-title" className="text-2xl">
        {standing === 'asked' ? 'Do you approve this release?' : 'Waiting for its approvers'}
      </h2>
      <p className="mt-2 text-muted">
        {plural(question.quorum, 'approval')} of {namesOf(question)} needed. <Standing standing={standing} />
      </p>
      {changes === null ? null : <ChangesSummary request={request.id} changes={changes} />}
      {standing === 'asked' ? (
        <>
          <h3 className="mt-6 text-lg">1. Sign the statement</h3>
          <Statement name="To approve" statement={approve} open />
          <Statement name="To deny" statement={deny} open={false} />
          <h3 className="mt-8 text-lg">2. Submit the signature</h3>
          <ApprovalForm requestId={request.id} statements={{ approve, deny }} />
        </>
      ) : standing === 'submitter' ? (
        <>
          <Statement name="To deny" statement={deny} open={false} />
          <ApprovalForm requestId={request.id} statements={{ approve: null, deny }} />
        </>
      ) : (
        <>
          <Statement name="The statement that approves" statement={approve} open={false} />
          <Statement name="The statement that denies" statement={deny} open={false} />
          <HandIn ctx={ctx} request={request} statements={{ approve, deny }} />
        </>
      )}
    </section>
  );
}

/** What the reader may do about it: sign; as its submitter only deny; nothing. Nobody knows of somebody who isn't signed in. */
type ReadersStanding = 'asked' | 'submitter' | 'not-an-approver' | 'unknown';

function standingOf({ actor }: Context, { approvers }: Question): ReadersStanding {
  if (actor.kind !== 'person') return actor.kind === 'public' ? 'unknown' : 'not-an-approver';
  const found = approvers.find(({ handle }) => handle === actor.handle);
  if (found === undefined) return 'not-an-approver';
  return found.counts ? 'asked' : 'submitter';
}

const namesOf = ({ approvers }: Question): string =>
  list(
    approvers.map(({ name }) => name),
    'or',
  );

function Standing({ standing }: { readonly standing: ReadersStanding }) {
  switch (standing) {
    case 'asked':
      return 'You sign the statement below with your own SSH key; a password or a click here counts for nothing.';
    case 'submitter':
      return 'You can’t approve it, because you submitted it: another approver has to. You can deny it.';
    case 'not-an-approver':
      return 'You can’t approve it: the policy doesn’t name you among its approvers.';
    case 'unknown':
      return 'They sign the statement below with their own SSH keys.';
  }
}

/** What an approver signed counts whoever brings it here. */
function HandIn({
  ctx,
  request,
  statements,
}: Props & { readonly statements: { readonly approve: string; readonly deny: string } }) {
  if (isOnTeam(ctx.actor, parseProjectSlug(request.project))) {
    return (
      <>
        <h3 className="mt-8 text-lg">Submit what an approver has signed</h3>
        <ApprovalForm requestId={request.id} statements={statements} />
      </>
    );
  }
  return (
    <p className="mt-4">
      {ctx.actor.kind === 'public' ? (
        <>
          If you are one of them,{' '}
          <Link className="link" href="/sign-in">
            sign in
          </Link>{' '}
          to submit your decision here, or send it through the API.
        </>
      ) : (
        'Only members of the project’s team can submit decisions here.'
      )}
    </p>
  );
}

/** For the project’s team while the signer asks for no approval: a denial still ends the request. */
export async function DenialBox({ ctx, request }: Props) {
  if (!isOnTeam(ctx.actor, parseProjectSlug(request.project))) return null;
  const question = await findQuestion({ ctx, request });
  if (question === null) return null;
  const { deny } = question.statements;
  return (
    <section
      aria-labelledby="denial-title"
      className="mb-12 rounded-xl border border-rule bg-surface p-6 sm:p-8"
    >
      <h2 id="denial-title" className="text-2xl">
        Deny this request
      </h2>
      <p className="mt-2 text-muted">
        {namesOf(question)} can end this request at any time before the file is released, also while the
        signer works or waits for something. One denial is enough. It is signed with the approver’s own SSH
        key.
      </p>
      {/* Not in something that is closed: without scripts, what is wrong with an answer would be told where nobody sees it. */}
      <Statement name="The statement to sign" statement={deny} open={false} />
      <ApprovalForm requestId={request.id} statements={{ approve: null, deny }} />
    </section>
  );
}

function Statement(props: { readonly name: string; readonly statement: string; readonly open: boolean }) {
  return (
    <details open={props.open} className="mt-3">
      <summary className="inline-flex min-h-8 items-center font-medium">
        <span className="link">{props.name}</span>
      </summary>
      <p className="mt-2 text-sm text-muted">This is the text that is signed:</p>
      <CodeBlock className="mt-1">{pretty(props.statement)}</CodeBlock>
      <p className="mt-3 text-sm text-muted">
        This command signs it, in its exact form, and prints the signature:
      </p>
      <CodeBlock className="mt-1">{command(props.statement)}</CodeBlock>
    </details>
  );
}

/** For reading only; the command carries the canonical text. */
const pretty = (statement: string): string => JSON.stringify(JSON.parse(statement), null, 2);

/** `'` ends a shell's quoted text; canonical statements hold none, and a quoted one would still be safe. */
const command = (statement: string): string =>
  `printf %s '${statement.replaceAll("'", `'\\''`)}' | ssh-keygen -Y sign -n countersign-approval -f ~/.ssh/id_ed25519`;
