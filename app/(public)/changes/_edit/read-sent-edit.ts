import type { Kind } from '#core/generated/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { parsePolicyFile, parseRepositoryPath } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { listCertificates, type PublishedCertificate } from '../../../../lib/certificates/index.ts';
import { editPolicyFile, editsOfForm, policyForm } from '../../../../lib/policy-tools/edit/index.ts';
import type { FormChoices, FormField, FormValues } from '../../../../lib/policy-tools/edit/index.ts';
import { readEditableFile } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';

export interface SentEdit {
  /** The file's new text; null where a field can't be taken. */
  readonly content: string | null;
  readonly errors: ReadonlyMap<string, string>;
  /** As they were sent, to be shown again. */
  readonly fields: readonly FormField[] | null;
  readonly text: string | null;
}

/** What a form sent → the file's new text. Text sent as text is taken as it is, whatever it is. */
export async function readSentEdit(input: {
  readonly ctx: Context;
  readonly path: string;
  readonly number: number | null;
  readonly sent: FormValues;
}): Promise<SentEdit> {
  const { ctx, path, number, sent } = input;
  const content = sent.get('content')?.[0];
  if (content !== undefined) return { content, text: content, fields: null, errors: new Map() };
  const form = await openForm({ ctx, path, number });
  // Somebody made the file unreadable meanwhile, or there never was one: the text is all there is to edit.
  if (form === null) return { content: null, text: '', fields: null, errors: new Map() };
  const { edits, errors } = editsOfForm(form.kind, form.value, sent);
  const fields = form.fields.map((field) => ({ ...field, values: valuesOf(field, sent) }));
  if (errors.size > 0) return { content: null, text: null, fields, errors };
  const edited = editPolicyFile({ path, text: form.text, kind: form.kind }, edits);
  return { content: edited.ok ? edited.text : form.text, text: null, fields, errors };
}

const valuesOf = (field: FormField, sent: FormValues): readonly string[] => {
  const values = sent.get(field.name) ?? field.values;
  return field.kind === 'checkboxes' ? values.filter((value) => value !== '') : values.slice(-1);
};

export interface OpenForm {
  readonly kind: Kind;
  readonly text: string;
  readonly value: JsonValue;
  readonly fields: readonly FormField[];
}

/** The guided form of a file as it stands; null where it has none, or its text can't be read. */
export async function openForm(input: {
  readonly ctx: Context;
  readonly path: string;
  readonly number: number | null;
}): Promise<OpenForm | null> {
  const { ctx, number, path } = input;
  const { text, snapshot } = await readEditableFile({ ctx, input: { number, path } });
  if (text === null) return null;
  const parsed = parsePolicyFile({ path: input.path, bytes: new TextEncoder().encode(text) });
  if (!parsed.ok) return null;
  const value = parsed.document.value as unknown as JsonValue;
  const { kind } = parsed.document.value;
  const fields = policyForm(kind, value, await choicesOf(ctx, snapshot, input.path));
  return fields.length === 0 ? null : { kind, text, value, fields };
}

async function choicesOf(ctx: Context, snapshot: PolicySnapshot, path: string): Promise<FormChoices> {
  const place = parseRepositoryPath(path);
  const slug = place.ok && place.path !== null && 'project' in place.path ? place.path.project : null;
  const project = slug === null ? undefined : snapshot.projects.get(slug);
  const ownCertificates = snapshot.foundation.value.projectCertificates === 'allowed';
  const none = { certificates: [], openpgpKeys: [], rawKeys: [], artifacts: [], approvers: [] };
  if (project === undefined) return { ...none, ownCertificates };
  const keys = await listCertificates({ ctx, input: { project: project.slug } });
  const people = snapshot.people as ReadonlyMap<string, { value: { name: string } }>;
  return {
    certificates: [
      ...new Set([...project.policies.values()].map((policy) => policy.value.certificate)),
    ].sort(),
    openpgpKeys: ownKeys(keys, 'openpgp'),
    rawKeys: ownKeys(keys, 'raw'),
    artifacts: [...project.artifacts.keys()].sort(),
    approvers: project.project.value.team.approvers.map((handle) => [
      handle,
      people.get(handle)?.value.name ?? handle,
    ]),
    ownCertificates,
  };
}

/** Each name once, though a key has successors. Revoked ones sign nothing. */
function ownKeys(
  records: readonly PublishedCertificate[],
  purpose: 'openpgp' | 'raw',
): readonly (readonly [string, string])[] {
  const names = new Map(
    records.flatMap((one): (readonly [string, string])[] =>
      one.purpose !== purpose || one.own === null || one.name === null || one.revocation !== null
        ? []
        : [[one.name, one.own.serves === 'test' ? `${one.name} (for tests)` : one.name]],
    ),
  );
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}
