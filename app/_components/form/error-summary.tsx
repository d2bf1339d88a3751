'use client';

import { useEffect, useRef } from 'react';
import { fieldId } from './form-context.ts';
import type { FormError } from './form-state.ts';

const mark = 'Error: ';

/** What is wrong, at the top of the form: it takes the focus, its links lead to the fields, and the title says so, too. */
export function ErrorSummary(props: {
  /** Id of the form. */
  readonly form: string;
  readonly error: FormError;
  /** Names of fields that nobody sees: no link leads there. */
  readonly hidden?: readonly string[];
}) {
  const { form, error, hidden = [] } = props;
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    summary.current?.focus();
    const markTitle = (): void => {
      if (!document.title.startsWith(mark)) document.title = `${mark}${document.title}`;
    };
    markTitle();
    // Next.js may write the page's own title after this: when the form reloads its own page.
    const titles = new MutationObserver(markTitle);
    titles.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => {
      titles.disconnect();
      if (document.title.startsWith(mark)) document.title = document.title.slice(mark.length);
    };
  }, [error]);
  const fields = error.fields ?? [];
  return (
    <div
      ref={summary}
      tabIndex={-1}
      role="alert"
      // Without scripts the browser itself goes there.
      autoFocus
      aria-labelledby={`${form}-problem`}
      className="min-w-0 basis-full rounded-lg border-2 border-fail bg-fail-soft p-4 break-words"
    >
      <h2 id={`${form}-problem`} className="text-lg text-fail">
        There is a problem
      </h2>
      {fields.length === 0 ? (
        <p className="mt-2 font-medium">{error.message}</p>
      ) : (
        <ul className="mt-2 grid gap-1">
          {fields.map(({ field, message }) => (
            <li key={field}>
              {hidden.includes(field) ? (
                message
              ) : (
                <a
                  className="inline-block min-h-6 font-medium text-fail underline"
                  href={`#${fieldId(form, field)}`}
                >
                  {message}
                </a>
              )}
            </li>
          ))}
        </ul>
      )}
      {error.fix === '' ? null : <p className="mt-2">{error.fix}</p>}
      {error.code === 'NOT_SIGNED_IN' ? (
        <p className="mt-2">
          <a
            className="inline-block min-h-6 font-medium text-fail underline"
            href="/sign-in"
            target="_blank"
            rel="noopener"
          >
            Sign in, in a new tab
          </a>
        </p>
      ) : null}
      {error.reference === undefined ? null : (
        <p className="mt-2 text-sm">
          Reference for the operators: <code>{error.reference}</code>
        </p>
      )}
    </div>
  );
}
