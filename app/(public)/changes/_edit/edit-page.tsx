import { headers } from 'next/headers';
import Link from 'next/link';
import { schemas } from '../../../../lib/core/generated/index.ts';
import { newPolicyFile } from '../../../../lib/core/policy-edit/index.ts';
import { mayChangeFile, readEditableFile } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { Notice } from '../../../_components/notice.tsx';
import { ChooseFile } from '../_view/choose-file.tsx';
import { askedFile } from '../_view/asked-file.ts';
import type { AskedFile, EditQuery } from '../_view/asked-file.ts';
import { checkText, editForm } from './actions.tsx';
import { EditForm } from './edit-form.tsx';
import { openForm } from './read-sent-edit.ts';

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
  const text = typeof query.q === 'string' ? query.q : '';
  const asked = askedFile(query);
  if (asked === null) return <ChooseFile ctx={ctx} number={number} here={here} text={text} />;
  if ('message' in asked) {
    return (
      <>
        <Notice tone="failed" title={asked.message}>
          {asked.fix}
        </Notice>
        <ChooseFile ctx={ctx} number={number} here={here} text={text} />
      </>
    );
  }
  if (ctx.actor.kind !== 'person' || !mayChangeFile(ctx.actor, asked.path)) {
    return (
      <Notice tone="failed" title="This file is not yours to change">
        The team of a project changes its files; policy maintainers change any.
      </Notice>
    );
  }
  return <EditFile {...props} asked={asked} />;
}

async function EditFile(props: {
  readonly ctx: Context;
  readonly number: number | null;
  readonly base: string;
  readonly here: string;
  readonly query: EditQuery;
  readonly asked: AskedFile;
}) {
  const { ctx, number, base, here, query, asked } = props;
  const { path, place } = asked;
  const [{ text }, form] = await Promise.all([
    readEditableFile({ ctx, input: { number, path } }),
    openForm({ ctx, number, path }),
  ]);
  const guided = form !== null && query.as !== 'yaml';
  const other = `${here}?file=${encodeURIComponent(path)}&as=${guided ? 'yaml' : 'form'}`;
  const start = {
    ...{ error: null, errors: {}, title: '', description: '', preview: null, turn: 0 },
    fields: guided ? form.fields : null,
    text: guided ? null : (text ?? newPolicyFile(place.kind) ?? ''),
  };
  const nonce = (await headers()).get('x-nonce') ?? '';
  return (
    <>
      <p className="mt-4">
        <code className="break-all">{path}</code>
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
              ? 'Edit it as YAML: everything the language has'
              : 'Edit it with a form: the usual things'}
          </Link>
        )}
        <Link className="link inline-block min-h-6" href={here}>
          Another file
        </Link>
        <a className="link inline-block min-h-6" href={schemaOf(place.kind)}>
          The schema
        </a>
      </p>
      <EditForm
        // A form that was opened as text must not take over the other's answers.
        key={`${path} ${String(guided)}`}
        path={path}
        start={start}
        hidden={{ path, base, number: number === null ? '' : String(number) }}
        action={editForm}
        check={checkText.bind(null, number)}
        schema={schemas[place.kind]}
        nonce={nonce}
        propose={number === null ? 'Propose the change' : 'Add it to the change'}
        withDescription={number === null}
      />
    </>
  );
}

function schemaOf(kind: keyof typeof schemas): string {
  const schema = schemas[kind];
  const id = '$id' in schema && typeof schema.$id === 'string' ? schema.$id : '';
  return `/schemas/${id.slice(id.lastIndexOf('/') + 1)}`;
}
