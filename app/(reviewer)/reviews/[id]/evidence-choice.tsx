'use client';

import { Notes } from '../../../_components/form/field-frame.tsx';
import { useField } from '../../../_components/form/form-context.ts';

/** What a judgement rests on: any of the evidence, behind a summary that opens where some is ticked or missing. */
export function EvidenceChoice(props: {
  readonly id: string;
  readonly title: string;
  readonly evidence: readonly { readonly id: number; readonly title: string; readonly value: string }[];
}) {
  const name = `evidence.${props.id}`;
  const field = useField({ name, hint: false, given: [] });
  return (
    <details
      open={field.values.length > 0 || field.problem !== null}
      className={field.problem === null ? 'min-w-0' : 'min-w-0 border-s-4 border-fail ps-4'}
    >
      <summary className="link inline-flex min-h-6 items-center text-sm">
        Evidence that it rests on<span className="sr-only"> ({props.title})</span>
      </summary>
      <Notes field={field} label={props.title} hint={null} />
      <div
        className="mt-2 grid max-h-64 gap-1 overflow-y-auto rounded-lg border border-rule p-3"
        tabIndex={0}
        role="group"
        aria-label={`Evidence for ${props.title}`}
        aria-describedby={field.around['aria-describedby']}
      >
        {props.evidence.map((one, index) => (
          <label key={one.id} className="flex min-h-6 cursor-pointer items-start gap-2 text-sm">
            <input
              id={index === 0 ? field.id : `${field.id}-${index + 1}`}
              type="checkbox"
              name={name}
              value={one.id}
              defaultChecked={field.values.includes(String(one.id))}
              aria-invalid={field.around['aria-invalid']}
              className="mt-0.5 h-4 w-4 shrink-0 accent-[var(--accent)]"
            />
            <span className="min-w-0 break-words">
              {one.title}: <span className="text-muted">{one.value}</span>
            </span>
          </label>
        ))}
      </div>
    </details>
  );
}
