import type { ReactNode } from 'react';
import type { FormField } from '../../../../lib/core/policy-edit/index.ts';
import { FocusHere } from './focus-here.tsx';
import { fieldId, PolicyForm } from './policy-form.tsx';

export interface EditValues {
  readonly title: string;
  readonly description: string;
  /** The guided form's fields; null where the text is edited. */
  readonly fields: readonly FormField[] | null;
  /** By field name. */
  readonly errors: Readonly<Record<string, string>>;
  readonly error: { readonly message: string; readonly fix: string } | null;
}

/** One file being changed: by fields or as text, looked at as often as wanted, then proposed. */
export function EditForm(props: {
  readonly values: EditValues;
  readonly hidden: Readonly<Record<string, string>>;
  readonly action: (form: FormData) => Promise<void>;
  /** The editor of the text; null in the guided form. */
  readonly editor: ReactNode;
  /** What it would mean; null until somebody asked. */
  readonly preview: ReactNode;
  /** What the last button says. */
  readonly propose: string;
  /** Adding to a change asks for no reason: the change has one. */
  readonly withDescription: boolean;
}) {
  const { values, preview } = props;
  const problems = Object.entries(values.errors);
  return (
    <form action={props.action} className="mt-8 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-8">
      {Object.entries(props.hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {values.error === null ? null : (
        <FocusHere>
          <div role="alert" className="max-w-3xl rounded-lg bg-fail-soft p-4 text-fail">
            <p className="font-semibold">{values.error.message}</p>
            <p className="mt-1 text-ink">{values.error.fix}</p>
            {problems.length === 0 ? null : (
              <ul className="mt-2 grid gap-1">
                {problems.map(([name, message]) => (
                  <li key={name}>
                    <a className="inline-block min-h-6 underline" href={`#${fieldId(name)}`}>
                      {message}
                    </a>
                  </li>
                ))}
              </ul>
            )}
          </div>
        </FocusHere>
      )}
      {preview === null ? null : values.error === null ? <FocusHere>{preview}</FocusHere> : preview}
      {values.fields === null ? null : (
        <div className="max-w-3xl min-w-0">
          <PolicyForm fields={values.fields} errors={values.errors} />
        </div>
      )}
      {props.editor}
      <div className="grid max-w-3xl min-w-0 gap-5 border-t border-rule pt-6">
        <div>
          <label htmlFor="title" className="block font-medium">
            What changes, in one line
          </label>
          <input
            id="title"
            name="title"
            type="text"
            maxLength={120}
            defaultValue={values.title}
            autoComplete="off"
            className="field mt-2"
          />
        </div>
        {props.withDescription ? (
          <div>
            <label htmlFor="description" className="block font-medium">
              Why <span className="font-normal text-muted">(optional)</span>
            </label>
            <p id="description-hint" className="text-sm text-muted">
              For the policy maintainers who have to accept it, and for everybody who reads it later.
            </p>
            <textarea
              id="description"
              name="description"
              rows={4}
              maxLength={10_000}
              defaultValue={values.description}
              aria-describedby="description-hint"
              className="field mt-2"
            />
          </div>
        ) : null}
        <div className="flex flex-wrap gap-3">
          <button type="submit" name="intent" value="look" className="button button-quiet">
            See what it means
          </button>
          <button type="submit" name="intent" value="propose" className="button">
            {props.propose}
          </button>
        </div>
      </div>
    </form>
  );
}
