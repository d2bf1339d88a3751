'use client';

import { useEffect, useRef } from 'react';
import type { WebhookFormState } from './actions.ts';

/** What was added or rotated, with its secret, once. */
export function NewSecret({
  made,
  title,
}: {
  readonly made: WebhookFormState['made'];
  readonly title: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (made !== null) box.current?.focus();
  }, [made]);
  if (made === null) return null;
  return (
    <div ref={box} tabIndex={-1} role="status" className="mt-4 rounded-xl bg-pass-soft p-4 sm:p-5">
      <p className="font-semibold text-pass">{title}</p>
      {made.secret === null ? (
        <p className="mt-1">Send it a test from its page.</p>
      ) : (
        <>
          <p className="mt-1">
            Copy its secret now: it is not shown again. Your receiver checks with it that messages come from
            this portal.
          </p>
          <pre
            className="code-block mt-3 wrap-anywhere select-all"
            tabIndex={0}
            aria-label="The secret of the webhook"
          >
            <code id="new-secret">{made.secret}</code>
          </pre>
        </>
      )}
    </div>
  );
}
