import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { stopReasonCharactersMax } from '#core/approval/index.ts';
import { isError } from '#core/error/index.ts';
import { EmergencyStopError, everything, prepareStop } from '../../../lib/emergency-stop/index.ts';
import type { StopQuestion, StopWords } from '../../../lib/emergency-stop/index.ts';
import { listProjects } from '../../../lib/projects/index.ts';
import { readSigners } from '../../../lib/platform/signers/index.ts';
import { ActionForm } from '../../_components/action-form.tsx';
import { CodeBlock } from '../../_components/code-block.tsx';
import { Command } from '../../_components/keep-words.tsx';
import { RadioGroup, Select } from '../../_components/form/choice-fields.tsx';
import { GetForm } from '../../_components/form/get-form.tsx';
import { SubmitButton } from '../../_components/form/submit-button.tsx';
import { TextField } from '../../_components/form/text-fields.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { stopForm } from './actions.ts';
import { InForce } from './in-force.tsx';

type Query = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** A longer list is no help to somebody in a hurry, and costs every reader. */
const choicesMax = 300;
const slugCharactersMax = 64;

const nothing: StopWords = { what: '', action: '', reason: '', at: '' };
const names = ['what', 'action', 'reason', 'at'] as const;

/** The choice in the address; null: none yet. */
function wordsOf(query: Awaited<Query>): StopWords | null {
  if (names.every((name) => query[name] === undefined)) return null;
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name] : '');
  return { what: text('what'), action: text('action'), reason: text('reason'), at: text('at') };
}

/** Once for the title and the page. */
const prepare = cache(
  async (
    what: string,
    action: string,
    reason: string,
    at: string,
  ): Promise<StopQuestion | EmergencyStopError> =>
    prepareStop({ ctx: await pageContext(), input: { what, action, reason, at } }).catch((error: unknown) => {
      if (isError(error, EmergencyStopError)) return error;
      throw error;
    }),
);

const ask = ({ what, action, reason, at }: StopWords) => prepare(what, action, reason, at);

export async function generateMetadata(props: { readonly searchParams: Query }): Promise<Metadata> {
  const words = wordsOf(await props.searchParams);
  const wrong = words !== null && 'message' in (await ask(words));
  return { title: `${wrong ? 'Error: ' : ''}Emergency stop` };
}

export default async function EmergencyStopPage(props: { readonly searchParams: Query }) {
  const query = await props.searchParams;
  const ctx = await pageContext();
  const words = wordsOf(query);
  const question = words === null ? null : await ask(words);
  if (words !== null && question !== null && 'statement' in question && question.at !== words.at) {
    // The time is in the address: an error when the signature is sent leaves the statement as it was signed.
    redirect(`/emergency-stop?${new URLSearchParams({ ...words, at: question.at }).toString()}#sign`);
  }
  const { stops, signers } = await readSigners(ctx);
  const projects = await listProjects({ ctx });
  return (
    <div className="page *:max-w-4xl">
      <PageTitle
        title="Emergency stop"
        lead="One person’s signed statement stops signing for a project, or for everybody, within seconds, including releases in progress."
      />
      {query['done'] === 'sent' ? (
        <Notice tone="passed" title="Sent to the signer">
          Within seconds what is stopped is shown below, and in the service state.
        </Notice>
      ) : null}
      <InForce stops={stops} signers={signers} />
      <p className="mt-6 max-w-prose text-muted">
        An approver of a project can stop that project; a policy maintainer can stop everything, and lift what
        was stopped here or by command line. It takes the SSH key that the policy lists for them, and no
        sign-in. What was stopped on a signer’s host is lifted on that host. Everybody else{' '}
        <Link className="link" href="/report">
          reports the problem
        </Link>
        .
      </p>
      <section aria-labelledby="what" className="pt-8">
        <h2 id="what" className="text-2xl">
          1. Choose what to stop or resume
        </h2>
        <StopFields
          projects={projects.map(({ slug, project }) => [slug, project.project.value.name] as const)}
          words={words ?? nothing}
          error={question !== null && 'message' in question ? question : null}
        />
      </section>
      {question !== null && 'statement' in question ? <SignAndSend question={question} /> : null}
      <p className="mt-12 text-sm text-muted">
        When this website is down:{' '}
        <Command>npm run emergency-stop -- --config FILE --everything --reason TEXT</Command> on any signer’s
        host, with the signer’s own configuration file, does the same.
      </p>
    </div>
  );
}

/** Neither the action nor its scope is preselected. */
function StopFields(props: {
  readonly projects: readonly (readonly [slug: string, name: string])[];
  readonly words: StopWords;
  readonly error: EmergencyStopError | null;
}) {
  const { words, error } = props;
  return (
    <GetForm
      id="stop-words"
      to="/emergency-stop"
      values={{ what: [words.what], action: [words.action], reason: [words.reason] }}
      error={error === null ? null : { message: error.message, fix: error.fix, fields: error.fields }}
    >
      {props.projects.length > choicesMax ? (
        <TextField
          name="what"
          label="Whose signing"
          hint={
            <>
              The project’s short name, as in the address of its page, or <code>{everything}</code> for all
              projects.
            </>
          }
          required
          charactersMax={slugCharactersMax}
          value={words.what}
          autoComplete="off"
        />
      ) : (
        <Select
          name="what"
          label="Whose signing"
          required
          value={words.what}
          options={[['', 'Choose…'], ...props.projects, [everything, 'All projects']]}
        />
      )}
      <RadioGroup
        name="action"
        label="What should happen"
        required
        inline
        value={words.action}
        choices={[
          { value: 'stop', label: 'Stop signing' },
          { value: 'lift', label: 'Resume signing' },
        ]}
      />
      <TextField
        name="reason"
        label="Reason"
        hint="A sentence or two. It is public."
        required
        charactersMax={stopReasonCharactersMax}
        value={words.reason}
        autoComplete="off"
      />
      <div>
        <SubmitButton label="Show what to sign" pending="Show what to sign" quiet />
      </div>
    </GetForm>
  );
}

function SignAndSend({ question }: { readonly question: StopQuestion }) {
  const { statement, signatories } = question;
  return (
    <>
      <section aria-labelledby="sign" className="pt-10">
        <h2 id="sign" className="text-2xl">
          2. Sign it
        </h2>
        <p className="mt-2 text-muted">
          Within 15 minutes, with the SSH key that the policy lists for you. It counts from{' '}
          {signatories.join(', ')}. After that, begin again with step 1.
        </p>
        <CodeBlock>{command(statement)}</CodeBlock>
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
              kind: 'textarea',
              name: 'signature',
              label: 'Signature',
              required: true,
              rows: 7,
              hint: 'What the command printed, from BEGIN to END.',
              charactersMax: 16_384,
              code: true,
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
