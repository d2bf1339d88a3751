import type { Metadata } from 'next';
import { isError } from '../../../lib/core/error-class/index.ts';
import {
  EmergencyStopError,
  prepareStop,
  whatIsStopped,
  type StopQuestion,
} from '../../../lib/emergency-stop/index.ts';
import { listProjects } from '../../../lib/projects/index.ts';
import { ActionForm } from '../../_components/action-form.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { stopForm } from './actions.ts';

export const metadata: Metadata = { title: 'Emergency stop' };

const everything = '*';

export default async function EmergencyStopPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const query = await searchParams;
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name] : '');
  const ctx = await pageContext();
  const asked = {
    what: text('what'),
    action: text('action') === 'lift' ? 'lift' : 'stop',
    reason: text('reason'),
  } as const;
  const question = asked.what === '' ? null : await ask(ctx, asked);
  const stopped = await whatIsStopped({ ctx });
  return (
    <div className="page *:max-w-4xl">
      <PageTitle
        title="Emergency stop"
        lead="One person’s signed word freezes a project’s signing, or everybody’s, within seconds, releases at work included."
      />
      {text('done') === 'sent' ? (
        <Notice tone="passed" title="The signer has it">
          Within seconds it says below, and in the service state, what is stopped.
        </Notice>
      ) : null}
      <p className="mt-6 font-medium" role="status">
        {stopped ?? 'Nothing is stopped.'}
      </p>
      <section aria-labelledby="what" className="pt-8">
        <h2 id="what" className="text-2xl">
          1. Say what
        </h2>
        <StopFields
          projects={(await allProjects(ctx)).map(
            ({ slug, project }) => [slug, project.project.value.name] as const,
          )}
          asked={asked}
        />
      </section>
      {question === null ? null : 'error' in question ? (
        <div role="alert" className="mt-6 rounded-lg bg-fail-soft p-4 text-fail">
          <p className="font-semibold">{question.error}</p>
          <p className="mt-1 text-ink">{question.fix}</p>
        </div>
      ) : (
        <SignAndSend question={question} />
      )}
      <p className="mt-12 text-sm text-muted">
        When this website is down: <code>npm run emergency-stop</code> on the signer’s host does the same.
      </p>
    </div>
  );
}

async function allProjects(ctx: Awaited<ReturnType<typeof pageContext>>) {
  return listProjects({ ctx });
}

async function ask(
  ctx: Awaited<ReturnType<typeof pageContext>>,
  asked: { readonly what: string; readonly action: 'stop' | 'lift'; readonly reason: string },
): Promise<StopQuestion | { readonly error: string; readonly fix: string }> {
  try {
    const project = asked.what === everything ? null : asked.what;
    return await prepareStop({ ctx, input: { project, action: asked.action, reason: asked.reason } });
  } catch (error) {
    if (isError(error, EmergencyStopError)) return { error: error.message, fix: error.fix };
    throw error;
  }
}

function StopFields({
  projects,
  asked,
}: {
  readonly projects: readonly (readonly [slug: string, name: string])[];
  readonly asked: { readonly what: string; readonly action: string; readonly reason: string };
}) {
  return (
    <form method="get" action="/emergency-stop" className="mt-4 grid gap-4">
      <div>
        <label htmlFor="stop-what" className="block font-medium">
          What
        </label>
        <select id="stop-what" name="what" defaultValue={asked.what} required className="field mt-1">
          <option value="">Choose…</option>
          {projects.map(([slug, name]) => (
            <option key={slug} value={slug}>
              {name}
            </option>
          ))}
          <option value={everything}>Everybody’s signing</option>
        </select>
      </div>
      <fieldset>
        <legend className="font-medium">Do what</legend>
        <div className="mt-1 flex flex-wrap gap-x-6">
          {(
            [
              ['stop', 'Stop it'],
              ['lift', 'Let it go on'],
            ] as const
          ).map(([value, words]) => (
            <label key={value} className="inline-flex min-h-9 items-center gap-2.5">
              <input
                type="radio"
                name="action"
                value={value}
                defaultChecked={asked.action === value}
                className="h-5 w-5 accent-[var(--accent)]"
              />
              {words}
            </label>
          ))}
        </div>
      </fieldset>
      <div>
        <label htmlFor="stop-reason" className="block font-medium">
          Why
        </label>
        <p id="stop-reason-hint" className="text-sm text-muted">
          A sentence or two; everybody reads it.
        </p>
        <input
          id="stop-reason"
          name="reason"
          type="text"
          required
          maxLength={500}
          defaultValue={asked.reason}
          aria-describedby="stop-reason-hint"
          className="field mt-1"
        />
      </div>
      <div>
        <button type="submit" className="button button-quiet">
          Write the statement
        </button>
      </div>
    </form>
  );
}

function SignAndSend({ question }: { readonly question: StopQuestion }) {
  const { statement, speakers } = question;
  return (
    <>
      <section aria-labelledby="sign" className="pt-10">
        <h2 id="sign" className="text-2xl">
          2. Sign it
        </h2>
        <p className="mt-2 text-muted">
          Within 15 minutes, with the SSH key that the policy lists for you. It counts from{' '}
          {speakers.join(', ')}.
        </p>
        <pre className="code-block mt-3" tabIndex={0}>
          <code>{command(statement)}</code>
        </pre>
      </section>
      <section aria-labelledby="send" className="pt-10">
        <h2 id="send" className="text-2xl">
          3. Send it
        </h2>
        <ActionForm
          id="stop"
          action={stopForm}
          hidden={{ statement }}
          fields={[
            {
              ...{ kind: 'textarea', name: 'signature', label: 'Signature', required: true, rows: 7 },
              ...{ hint: 'What the command printed, from BEGIN to END.', charactersMax: 16_384, code: true },
            },
          ]}
          buttons={[{ label: 'Send', pending: 'Sending…', intent: 'stop' }]}
        />
      </section>
    </>
  );
}

const command = (statement: string): string =>
  `printf %s '${statement.replaceAll("'", `'\\''`)}' | ssh-keygen -Y sign -n countersign-stop -f ~/.ssh/id_ed25519`;
