import Link from 'next/link';
import { schemas } from '#core/generated/index.ts';
import { newPolicyFile } from '../../../../lib/policy-tools/edit/index.ts';
import { firstConfigurations } from '../../../../lib/policy-tools/first-configurations/index.ts';
import {
  checkDraft,
  mayChangeFile,
  readDraft,
  readEditableFile,
} from '../../../../lib/policy-changes/index.ts';
import type { SavedDraft } from '../../../../lib/policy-changes/index.ts';
import { acceptedPolicy } from '../../../../lib/platform/portal/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { nothingSent } from '../../../_components/form/form-state.ts';
import type { FormState } from '../../../_components/form/form-state.ts';
import { Command } from '../../../_components/keep-words.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { ChooseFile } from '../_view/choose-file.tsx';
import { askedFile, editAddress } from '../_view/asked-file.ts';
import type { AskedFile, EditQuery } from '../_view/asked-file.ts';
import { checkText, sendEdit } from './actions.ts';
import { EditForm } from './edit-form.tsx';
import { Preview } from './preview.tsx';
import { openForm, readSentEdit } from './read-sent-edit.ts';
import type { SentEdit } from './read-sent-edit.ts';
import { YamlEditor } from './yaml-editor.tsx';

/** Choosing a file, then changing it by form or as text. The same for a new change and for more of an open one. */
export async function EditPage(props: {
  readonly ctx: Context;
  readonly number: number | null;
  /** The commit that is edited: the policy in force, or the head of the change. */
  readonly base: string;
  readonly here: string;
  readonly query: EditQuery;
}) {
  const { ctx, number, here, query } = props;
  const found = typeof query.draft === 'string' ? await readDraft({ ctx, input: { id: query.draft } }) : null;
  // A draft belongs to one change, or to none: elsewhere it would be about other files.
  const draft = found?.number === number ? found : null;
  const asked = askedFile(draft === null ? query : { file: draft.path });
  if (asked === null || 'message' in asked) {
    const named = typeof query.file !== 'string';
    return (
      <>
        {asked === null || named ? null : (
          <Notice tone="failed" title={asked.message}>
            {asked.fix}
          </Notice>
        )}
        <ChooseFile ctx={ctx} number={number} here={here} query={query} wrong={named ? asked : null} />
      </>
    );
  }
  const isNew = (await acceptedPolicy(ctx))?.files.has(asked.path) !== true;
  if (ctx.actor.kind !== 'person' || !mayChangeFile(ctx.actor, asked.path, isNew)) {
    return (
      <Notice tone="failed" title="This file is not yours to change">
        The team of a project changes its files; policy maintainers change any.
      </Notice>
    );
  }
  return <EditFile {...props} asked={asked} draft={draft} />;
}

async function EditFile(props: {
  readonly ctx: Context;
  readonly number: number | null;
  readonly base: string;
  readonly here: string;
  readonly query: EditQuery;
  readonly asked: AskedFile;
  readonly draft: SavedDraft | null;
}) {
  const { ctx, number, base, here, query, asked, draft } = props;
  const { path, place } = asked;
  const [{ text }, form] = await Promise.all([
    readEditableFile({ ctx, input: { number, path } }),
    openForm({ ctx, number, path }),
  ]);
  const sent = draft === null ? null : await readSentEdit({ ctx, path, number, sent: draft.values });
  const guided = form !== null && (sent === null ? query.as !== 'yaml' : sent.fields !== null);
  const other = `${here}?file=${encodeURIComponent(path)}&as=${guided ? 'yaml' : 'form'}`;
  const typed = (name: string): string => draft?.values.get(name)?.at(-1) ?? '';
  const content = sent?.content ?? null;
  const changes = content === null ? null : [{ path, content }];
  const begin = beginWith(draft, sent);
  const start = typeof query.start === 'string' ? query.start : 'zip';
  return (
    <>
      <p className="mt-4">
        <code className="wrap-anywhere">{path}</code>
        {text === null ? <span className="text-muted"> (new)</span> : null}
      </p>
      <p className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-sm">
        {form === null ? (
          <span className="text-muted">
            {text === null ? 'A new file is written as YAML.' : 'This file is edited as YAML.'}
          </span>
        ) : (
          <Link className="link inline-block min-h-6" href={other}>
            {guided
              ? 'Edit it as YAML: everything the policy language has'
              : 'Edit it with a form: the common settings'}
          </Link>
        )}
        <Link className="link inline-block min-h-6" href={here}>
          Another file
        </Link>
        <a className="link inline-block min-h-6" href={schemaOf(place.kind)}>
          The schema
        </a>
      </p>
      {text === null && sent === null && place.kind === 'ArtifactConfiguration' ? (
        <Starts address={`${here}?file=${encodeURIComponent(path)}`} chosen={start} />
      ) : null}
      {place.kind === 'ArtifactConfiguration' ? (
        <TryItOut project={'project' in place ? place.project : null} />
      ) : null}
      <EditForm
        // Each answer shows its own values, and none that an earlier one left in the fields.
        key={`${path} ${start} ${String(guided)} ${draft?.id ?? ''} ${draft?.updatedAt.toISOString() ?? ''}`}
        values={{
          title: typed('title'),
          description: typed('description'),
          fields: guided ? (sent?.fields ?? form.fields) : null,
        }}
        begin={begin}
        address={editAddress(here, query)}
        hidden={{
          path,
          base: draft?.base ?? base,
          draft: draft?.id ?? '',
          number: number === null ? '' : String(number),
        }}
        action={sendEdit}
        editor={
          guided ? null : (
            <YamlEditor
              name="content"
              path={path}
              initial={sent?.text ?? text ?? newPolicyFile(place.kind, start) ?? ''}
              schema={schemas[place.kind]}
              check={checkText.bind(null, number)}
            />
          )
        }
        preview={
          changes === null ? null : <Preview draft={await checkDraft({ ctx, input: { changes, number } })} />
        }
        propose={number === null ? 'Propose the change' : 'Add it to the change'}
        withDescription={number === null}
      />
    </>
  );
}

/** What is submitted decides what a new configuration begins with. */
function Starts({ address, chosen }: { readonly address: string; readonly chosen: string }) {
  return (
    <details className="mt-4 max-w-3xl">
      <summary className="inline-flex min-h-8 items-center">
        <span className="link">Start from another kind of file</span>
      </summary>
      <ul className="mt-2 grid gap-1">
        {firstConfigurations.map(({ kind, label }) => (
          <li key={kind}>
            {kind === chosen ? (
              <span aria-current="true" className="font-medium">
                {label}
              </span>
            ) : (
              <Link
                className="link inline-block min-h-6"
                href={`${address}&start=${encodeURIComponent(kind)}`}
              >
                {label}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** From the file to a configuration: by the signer, or on one's own machine, where the file stays. */
function TryItOut({ project }: { readonly project: string | null }) {
  return (
    <p className="mt-2 max-w-3xl text-sm text-muted">
      With the file at hand:{' '}
      <Link
        className="link"
        href={project === null ? '/samples' : `/samples?for=${encodeURIComponent(project)}`}
      >
        have the signer look at a sample
      </Link>
      , or, on your own machine, <Command>countersign preflight FILE --suggest</Command> writes a
      configuration for it, and <Command>countersign preflight FILE --config CONFIG</Command> says what the
      signer would say of it.
    </p>
  );
}

/** What an earlier sending came to: the fields it was refused for, or why it could not be proposed. */
function beginWith(draft: SavedDraft | null, sent: SentEdit | null): FormState {
  if (draft === null || sent === null) return nothingSent;
  const values = Object.fromEntries(draft.values);
  if (sent.errors.size === 0) return { error: draft.error, values };
  const fields = [...sent.errors].map(([field, message]) => ({ field, code: 'INVALID', message }));
  return { error: { message: '', fix: 'Correct it, then send it again.', fields }, values };
}

function schemaOf(kind: keyof typeof schemas): string {
  const schema = schemas[kind];
  const id = '$id' in schema && typeof schema.$id === 'string' ? schema.$id : '';
  return `/schemas/${id.slice(id.lastIndexOf('/') + 1)}`;
}
