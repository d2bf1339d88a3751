/** What every record of a field of a policy file has, wherever it lies: in lib/core/policy, or with a provider of origins. */
import type { JsonValue } from '../json/index.ts';
import type { Measure } from './measures.ts';

/** A fragment of JSON Schema 2020-12; its `description` is what editors show. */
export type JsonSchema = Readonly<Record<string, JsonValue>>;

export interface FieldRecord {
  /** Its place, steps separated by spaces. `*` is one step, `**` at the end any number. */
  readonly path: string;
  /**
   * Written into the file of `schemas/` by `npm run generate`. Left out where the path is a pattern, and for kinds whose schemas are
   * written by hand.
   */
  readonly schema?: JsonSchema;
  /** How a change of it is judged. */
  readonly measure: Measure;
  /** Its row in a form; left out: it is changed in the YAML editor alone. */
  readonly form?: FormRow;
  /** Its row in docs/policy/reference.md, in Markdown; left out: another row tells of it. */
  readonly reference?: {
    readonly meaning: string;
    /** Who holds to it. */
    readonly enforcedBy: string;
  };
}

/** Rules of the linter that are about one field by itself. */
export type AdviceRule =
  | 'lint.any-ref'
  | 'lint.approvers-not-told'
  | 'lint.builds-without-origin'
  | 'lint.host-requests'
  | 'lint.host-unknown-allowed'
  | 'lint.reruns-allowed'
  | 'lint.self-hosted-runner'
  | 'lint.unprotected-tags';

/** What is allowed but probably not intended. */
export interface Advice {
  readonly rule: AdviceRule;
  /** Keys and list indexes from the root of the file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

/** A form's row, in the words of whoever reads it. */
export interface FormRow {
  readonly label: string;
  /** What it means for what gets signed. */
  readonly hint: string;
  readonly kind: 'text' | 'textarea' | 'number' | 'lines' | 'choice' | 'checkboxes';
  /** Values and what they are called; `certificates`, `openpgpKeys`, `rawKeys`, `artifacts`, `approvers` are the project's own, `categories` those of projects. */
  readonly options?:
    | readonly (readonly [value: string, label: string])[]
    | 'certificates'
    | 'openpgpKeys'
    | 'rawKeys'
    | 'artifacts'
    | 'approvers'
    | 'categories';
  /** Of choices: the values are written as true and false, not as texts. */
  readonly boolean?: true;
  /** Left empty, the line goes away. */
  readonly optional: boolean;
  /** Only offered where the file has this already: what a form can't make whole it doesn't begin. */
  readonly needs?: readonly (string | number)[];
  /** Only offered where the foundation lets projects bring their own certificates, or the file says it already. */
  readonly ownCertificates?: true;
}
