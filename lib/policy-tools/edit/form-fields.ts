/** Which fields of each kind a form offers: those whose records have a form row. All others need the YAML editor. */
import type { Kind } from '#core/generated/index.ts';
import type { FormRow } from '#core/field-record/index.ts';
import type { ProviderName } from '#core/origin/index.ts';
import { policyFields, type DocumentPath } from '#core/policy/index.ts';

export interface FieldSpec extends FormRow {
  readonly path: DocumentPath;
  /** Offered only for origins of this provider; null: for every file. */
  readonly provider: ProviderName | null;
}

/** Kinds that have a form. */
const kinds: readonly Kind[] = ['SigningPolicy', 'Project', 'Person'];

export const formFields: Readonly<Partial<Record<Kind, readonly FieldSpec[]>>> = Object.fromEntries(
  kinds.map((kind) => [
    kind,
    policyFields[kind].flatMap(({ path, provider = null, form }) =>
      form === undefined ? [] : [{ ...form, path: path.split(' '), provider }],
    ),
  ]),
);
