import type { FieldProblem } from '../../../lib/platform/http/index.ts';

/** What a form's action answers where it did not do what was asked: shown with and without JavaScript alike. */
export interface FormState {
  readonly error: FormError | null;
  /** Field name → texts as they were sent: an error loses none. Files are never among them. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** What hidden fields are from now on, such as a mark of what has been shown now. */
  readonly hidden?: Readonly<Record<string, string>>;
}

export interface FormError {
  /** Of the explained error, where it is one. */
  readonly code?: string;
  readonly message: string;
  readonly fix: string;
  /** What is wrong with which field; empty where it isn't about one. */
  readonly fields?: readonly FieldProblem[];
  /** Of a fault: what the operators find it by. */
  readonly reference?: string;
}

export type FormAction = (before: FormState, form: FormData) => Promise<FormState>;

export const nothingSent: FormState = { error: null, values: {} };

/** What the portal takes of one form, in bytes; the same as serverActions.bodySizeLimit in next.config.mjs. */
export const formBytesMax = 512 * 1024;

/** What a form sent, without files and without what the framework adds. */
export function valuesOf(form: FormData): FormState['values'] {
  const values: Record<string, string[]> = {};
  for (const [name, value] of form) {
    if (typeof value === 'string' && !name.startsWith('$')) (values[name] ??= []).push(value);
  }
  return values;
}
