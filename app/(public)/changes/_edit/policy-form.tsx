import type { FormField } from '../../../../lib/core/policy-edit/index.ts';

/** The inputs of a guided form; the form around them and its buttons are the caller's. */
export function PolicyForm(props: {
  readonly fields: readonly FormField[];
  /** By field name. */
  readonly errors: Readonly<Record<string, string>>;
}) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-7">
      {props.fields.map((field) => (
        <Field key={field.name} field={field} error={props.errors[field.name] ?? null} />
      ))}
    </div>
  );
}

export const fieldId = (name: string): string => `field-${name.replaceAll('.', '-')}`;

function Field({ field, error }: { readonly field: FormField; readonly error: string | null }) {
  const id = fieldId(field.name);
  const described = error === null ? `${id}-hint` : `${id}-hint ${id}-error`;
  const about = (
    <>
      <p id={`${id}-hint`} className="text-sm break-words text-muted">
        {field.hint}
      </p>
      {error === null ? null : (
        <p id={`${id}-error`} className="mt-1 font-medium text-fail">
          {error}
        </p>
      )}
    </>
  );
  if (field.kind === 'choice' || field.kind === 'checkboxes') {
    return (
      <fieldset
        id={id}
        aria-describedby={described}
        className={error === null ? '' : 'border-s-4 border-fail ps-4'}
      >
        <legend className="font-medium">{field.label}</legend>
        {about}
        {/* An empty one tells "none of them" from "not asked". */}
        <input type="hidden" name={field.name} value="" />
        <div className="mt-1 flex flex-wrap gap-x-6">
          {field.options.map(([value, label]) => (
            <label key={value} className="inline-flex min-h-9 items-center gap-2.5">
              <input
                type={field.kind === 'choice' ? 'radio' : 'checkbox'}
                name={field.name}
                value={value}
                defaultChecked={field.values.includes(value)}
                className="h-5 w-5 shrink-0 accent-[var(--accent)]"
              />
              <span className="min-w-0 break-words">{label}</span>
            </label>
          ))}
        </div>
      </fieldset>
    );
  }
  const [value = ''] = field.values;
  const shared = {
    id,
    name: field.name,
    defaultValue: value,
    'aria-describedby': described,
    'aria-invalid': error !== null,
    autoComplete: 'off',
    className: `field mt-2 ${error === null ? '' : 'border-fail!'}`,
  };
  return (
    <div className={error === null ? '' : 'border-s-4 border-fail ps-4'}>
      <label htmlFor={id} className="block font-medium">
        {field.label}
        {field.optional ? <span className="font-normal text-muted"> (optional)</span> : null}
      </label>
      {about}
      {field.kind === 'lines' || field.kind === 'textarea' ? (
        <textarea
          {...shared}
          rows={Math.max(3, Math.min(10, value.split('\n').length + 1))}
          spellCheck={false}
        />
      ) : (
        <input
          {...shared}
          type="text"
          {...(field.kind === 'number' ? { inputMode: 'numeric' as const } : {})}
        />
      )}
    </div>
  );
}
