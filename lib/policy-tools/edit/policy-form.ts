import type { Kind } from '#core/generated/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { providerIn } from '#core/origin/index.ts';
import type { DocumentPath } from '#core/policy/index.ts';
import type { PolicyEdit } from './edit-policy-file.ts';
import { projectCategories } from '../project-category/index.ts';
import { formFields } from './form-fields.ts';
import type { FieldSpec } from './form-fields.ts';

/** What the project has to choose from. */
export interface FormChoices {
  readonly certificates: readonly string[];
  /** Keys of the project's own, as the foundation has made them: name and label. */
  readonly openpgpKeys: readonly (readonly [value: string, label: string])[];
  readonly rawKeys: readonly (readonly [value: string, label: string])[];
  readonly artifacts: readonly string[];
  /** Handle and name. */
  readonly approvers: readonly (readonly [value: string, label: string])[];
  /** Whether the foundation allows `publisher: project` in policies. */
  readonly ownCertificates: boolean;
}

export interface FormField {
  /** Name in the form: `value.` and its path with dots. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly kind: FieldSpec['kind'];
  readonly optional: boolean;
  readonly options: readonly (readonly [value: string, label: string])[];
  /** One text; for checkboxes, one for each that is checked. */
  readonly values: readonly string[];
}

/** What a browser sent, by field. */
export type FormValues = ReadonlyMap<string, readonly string[]>;

/** Whether files of a kind have a form; the structure of the others doesn't fit a list of fields. */
export const hasForm = (kind: Kind): boolean => formFields[kind] !== undefined;

/** A document → the fields of its form with their present values. */
export function policyForm(kind: Kind, value: JsonValue, choices: FormChoices): readonly FormField[] {
  return specsFor(kind, value)
    .filter(
      (spec) =>
        spec.ownCertificates !== true || choices.ownCertificates || valueAt(value, spec.path) !== undefined,
    )
    .map((spec) => {
      const values = textsOf(spec, valueAt(value, spec.path));
      return {
        name: nameOf(spec.path),
        label: spec.label,
        hint: spec.hint,
        kind: spec.kind,
        optional: spec.optional,
        options: withPresent(optionsOf(spec, choices), spec, values),
        values,
      };
    });
}

/** Submitted values and a document → its edits. Fields that weren't sent are left unchanged. */
export function editsOfForm(
  kind: Kind,
  value: JsonValue,
  sent: FormValues,
): { readonly edits: readonly PolicyEdit[]; readonly errors: ReadonlyMap<string, string> } {
  const edits: PolicyEdit[] = [];
  const errors = new Map<string, string>();
  for (const spec of specsFor(kind, value)) {
    const name = nameOf(spec.path);
    const texts = sent.get(name);
    if (texts === undefined) continue;
    const before = valueAt(value, spec.path);
    if (same(textsOf(spec, before), cleaned(spec, texts))) continue;
    const parsed = parseTexts(spec, cleaned(spec, texts));
    if (parsed.ok) edits.push({ path: spec.path, value: parsed.value });
    else errors.set(name, parsed.message);
  }
  return { edits, errors };
}

function specsFor(kind: Kind, value: JsonValue): readonly FieldSpec[] {
  return (formFields[kind] ?? []).filter(
    ({ needs, provider }) =>
      (needs === undefined || valueAt(value, needs) !== undefined) &&
      (provider === null || provider === providerIn(value)),
  );
}

/** Never collides with other names in a form. */
const nameOf = (path: DocumentPath): string => `value.${path.join('.')}`;

function valueAt(value: JsonValue | undefined, path: DocumentPath): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    const members = found as Readonly<Record<string, JsonValue>>;
    found = Object.hasOwn(members, step) ? members[step] : undefined;
  }
  return found;
}

function textsOf(spec: FieldSpec, value: JsonValue | undefined): readonly string[] {
  const list = Array.isArray(value) ? value.map(String) : null;
  if (spec.kind === 'checkboxes') return list ?? [];
  if (spec.kind === 'lines') return [(list ?? []).join('\n')];
  if (value === undefined || value === null || typeof value === 'object') return [''];
  return [String(value)];
}

function cleaned(spec: FieldSpec, texts: readonly string[]): readonly string[] {
  // Checkboxes of which none is checked send only the field's own empty value.
  if (spec.kind === 'checkboxes') return texts.filter((text) => text !== '');
  // An empty value before the choices says that the field was in the form: the last value is the one chosen.
  const text = texts.at(-1) ?? '';
  const lines = text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trim());
  if (spec.kind === 'lines') return [lines.filter((line) => line !== '').join('\n')];
  return [spec.kind === 'textarea' ? lines.join(' ').replaceAll(/ +/g, ' ').trim() : text.trim()];
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);

type Parsed =
  | { readonly ok: true; readonly value: JsonValue | undefined }
  | { readonly ok: false; readonly message: string };

function parseTexts(spec: FieldSpec, texts: readonly string[]): Parsed {
  const [text = ''] = texts;
  if (spec.kind === 'checkboxes') return { ok: true, value: [...texts] };
  if (spec.kind === 'lines') {
    const lines = text === '' ? [] : text.split('\n');
    if (lines.length === 0 && spec.optional) return { ok: true, value: undefined };
    return { ok: true, value: lines };
  }
  if (text === '') {
    return spec.optional
      ? { ok: true, value: undefined }
      : { ok: false, message: `Enter ${spec.label.toLowerCase()}` };
  }
  if (spec.boolean === true && (text === 'true' || text === 'false'))
    return { ok: true, value: text === 'true' };
  if (spec.kind !== 'number') return { ok: true, value: text };
  if (!/^\d{1,9}$/.test(text)) return { ok: false, message: `${spec.label} must be a whole number` };
  return { ok: true, value: Number(text) };
}

function optionsOf(spec: FieldSpec, choices: FormChoices): FormField['options'] {
  const { options = [] } = spec;
  if (options === 'approvers') return choices.approvers;
  if (options === 'categories') return projectCategories;
  if (options === 'openpgpKeys' || options === 'rawKeys') return choices[options];
  if (options === 'certificates' || options === 'artifacts') {
    return choices[options].map((name) => [name, name] as const);
  }
  return options;
}

/** A value that is no longer available is offered while it is set: a form must not change what it can't show. */
function withPresent(
  options: FormField['options'],
  spec: FieldSpec,
  values: readonly string[],
): FormField['options'] {
  if (spec.kind !== 'choice' && spec.kind !== 'checkboxes') return [];
  const known = new Set(options.map(([value]) => value));
  const others = values
    .filter((value) => value !== '' && !known.has(value))
    .map((value) => [value, value] as const);
  const none = spec.kind === 'choice' && spec.optional ? [['', 'Not set'] as const] : [];
  return [...none, ...options, ...others];
}
