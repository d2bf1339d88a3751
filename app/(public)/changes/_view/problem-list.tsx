import type { Diagnostic } from '#core/policy/index.ts';
import { StateIcon } from '../../../_components/state-icon.tsx';

/** What the validator or the linter says, by file and line, with what to do about it. */
export function ProblemList(props: {
  readonly items: readonly (Diagnostic & { readonly severity?: string })[];
  readonly caption: string;
}) {
  return (
    <ul aria-label={props.caption} className="card mt-4 divide-y divide-rule">
      {props.items.map((item) => (
        <li
          key={`${item.file}:${item.line}:${item.column}:${item.rule}:${item.message}`}
          className="flex gap-3 px-5 py-4"
        >
          <span className={`mt-0.5 shrink-0 ${item.severity === undefined ? 'text-fail' : 'text-wait'}`}>
            <StateIcon state={item.severity === undefined ? 'failed' : 'waiting'} size={20} />
          </span>
          <div className="min-w-0">
            <p className="break-words">{item.message}</p>
            <p className="mt-1 text-sm break-words text-muted">{item.fix}</p>
            <p className="mt-1 text-[0.8125rem] text-muted">
              <code className="wrap-anywhere">
                {item.file}:{item.line}:{item.column}
              </code>{' '}
              <code>{item.rule}</code>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
