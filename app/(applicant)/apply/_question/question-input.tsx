import type { QuestionField } from '../../../../lib/core/application/index.ts';

interface Props {
  readonly field: QuestionField;
  /** The only field of its page: the page's heading asks already. */
  readonly alone: boolean;
  readonly value: string;
  readonly error: string | null;
}

const inputTypes = { text: 'text', url: 'url', email: 'email' } as const;

export function QuestionInput({ field, alone, value, error }: Props) {
  const { name, kind } = field;
  const hintId = field.hint === null ? null : `${name}-hint`;
  const errorId = error === null ? null : `${name}-error`;
  const described = [hintId, errorId].filter((id) => id !== null).join(' ');
  const around = {
    'aria-describedby': described === '' ? undefined : described,
    'aria-invalid': error === null ? undefined : true,
  };
  const notes = (
    <>
      {hintId === null ? null : (
        <p id={hintId} className="mt-1 text-[0.9375rem] text-muted">
          {field.hint}
        </p>
      )}
      {errorId === null ? null : (
        <p id={errorId} className="mt-1 font-medium text-fail">
          <span className="sr-only">Error: </span>
          {error}
        </p>
      )}
    </>
  );
  const frame = error === null ? '' : 'border-s-4 border-fail ps-4';
  if (kind === 'choice') {
    return (
      <fieldset className={frame} {...around}>
        <legend className={alone ? 'sr-only' : 'font-medium'}>{field.label}</legend>
        {notes}
        <div className="mt-3 grid gap-2.5">
          {field.options.map((option, index) => (
            <label
              key={option.value}
              className="flex min-h-11 cursor-pointer items-start gap-3 rounded-lg border border-rule bg-surface p-3 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input
                id={index === 0 ? name : undefined}
                type="radio"
                name={name}
                value={option.value}
                defaultChecked={value === option.value}
                className="mt-0.5 h-5 w-5 shrink-0 accent-[var(--accent)]"
              />
              <span>
                <span className={option.hint === null ? '' : 'font-medium'}>{option.label}</span>
                {option.hint === null ? null : (
                  <span className="mt-0.5 block text-[0.9375rem] text-muted">{option.hint}</span>
                )}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    );
  }
  if (kind === 'checkbox') {
    return (
      <div className={frame}>
        {notes}
        <label className="mt-2 flex min-h-11 cursor-pointer items-start gap-3">
          <input
            id={name}
            type="checkbox"
            name={name}
            value="yes"
            defaultChecked={value === 'yes'}
            className="mt-0.5 h-5 w-5 shrink-0 accent-[var(--accent)]"
            {...around}
          />
          <span className="font-medium">{field.label}</span>
        </label>
      </div>
    );
  }
  const shared = {
    id: name,
    name,
    defaultValue: value,
    className: `field mt-2 ${kind === 'keys' ? 'font-mono text-[0.8125rem]' : ''}`,
    ...(kind === 'keys' ? { spellCheck: false, autoComplete: 'off' } : {}),
    ...around,
  };
  return (
    <div className={frame}>
      <label htmlFor={name} className="font-medium">
        {field.label}
        {field.optional ? <span className="font-normal text-muted"> (optional)</span> : null}
      </label>
      {notes}
      {kind === 'textarea' || kind === 'keys' ? (
        <textarea rows={kind === 'keys' ? 4 : 7} {...shared} />
      ) : (
        <input type={inputTypes[kind]} autoComplete={autoComplete(field)} {...shared} />
      )}
    </div>
  );
}

/** WCAG 1.3.5: what is about the person is named, so that browsers can fill it in. */
function autoComplete({ kind, label }: QuestionField): string | undefined {
  if (kind === 'email') return 'email';
  return label === 'Your name' ? 'name' : undefined;
}
