import { isWarning, type Finding } from '#core/wire/finding/index.ts';
import { formatTimesIn } from './format.ts';
import { PolicyLink } from './policy-link.tsx';
import { StateIcon } from './state-icon.tsx';

const marks = {
  pass: ['passed', 'text-pass', 'Passed'],
  fail: ['failed', 'text-fail', 'Failed'],
  info: ['not-reached', 'text-muted', 'Note'],
  warning: ['waiting', 'text-wait', 'Warning'],
} as const;

/** One finding: its outcome, what was expected and found, how to fix it, and which rule says so. */
export function FindingItem(props: {
  readonly finding: Finding;
  readonly project: string;
  readonly commit: string | null;
}) {
  const { finding, project, commit } = props;
  const [state, tone, word] = marks[isWarning(finding) ? 'warning' : finding.outcome];
  const failed = finding.outcome === 'fail';
  const facts = [
    ['Expected', finding.expected],
    ['Found', finding.found],
    ['In', finding.path.length === 0 ? null : finding.path.join(' › ')],
    ['SHA-256', finding.sha256 ?? null],
  ].filter((fact): fact is [string, string] => fact[1] !== null);
  return (
    <div className={`min-w-0 rounded-lg border bg-surface p-4 ${failed ? 'border-fail' : 'border-rule'}`}>
      <div className="flex gap-2.5">
        <span className={`mt-0.5 shrink-0 ${tone}`}>
          <StateIcon state={state} size={20} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="break-words">
            <span className="sr-only">{word}: </span>
            {formatTimesIn(finding.message)}
          </p>
          {facts.length === 0 ? null : (
            <dl className="facts mt-2 gap-y-1! text-sm! sm:grid-cols-[5.5rem_minmax(0,1fr)]!">
              {facts.map(([label, text]) => (
                <div key={label} className="contents">
                  <dt>{label}</dt>
                  <dd className="hash">{text}</dd>
                </div>
              ))}
            </dl>
          )}
          {finding.fix === null ? null : (
            <p className="mt-2.5 rounded-md bg-sunken px-3 py-2 break-words">
              <strong className="font-semibold">How to fix it:</strong> {finding.fix}
            </p>
          )}
          <p className="mt-2 flex flex-wrap items-baseline gap-x-4 text-[0.8125rem] text-muted">
            <code>{finding.rule}</code>
            {finding.policy === null ? (
              <span>a rule of the signer itself</span>
            ) : (
              <PolicyLink
                project={project}
                file={finding.policy.file}
                line={finding.policy.line}
                commit={commit}
              />
            )}
          </p>
        </div>
      </div>
    </div>
  );
}
