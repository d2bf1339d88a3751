/** Problems of a configuration file, with place and fix. */
import { CodedError } from '#core/error/index.ts';

export interface ConfigurationProblem {
  /** From 1; null where the file itself is the problem. */
  readonly line: number | null;
  readonly column: number | null;
  /** One plain sentence: member and value. Holds no password that stood in an address, and nothing of secret members. */
  readonly message: string;
  readonly fix: string;
}

/** The file can't be used, and none of it was. `message` lists every problem as `file:line:column: what. Fix.` */
export class ConfigurationError extends CodedError<'CONFIGURATION_INVALID'> {
  static override readonly errorName = 'ConfigurationError';
  readonly file: string;
  readonly problems: readonly ConfigurationProblem[];
  constructor(file: string, problems: readonly ConfigurationProblem[], cause?: unknown) {
    super('CONFIGURATION_INVALID', problems.map((problem) => describe(file, problem)).join('\n'), {
      cause,
      context: { file, problems: problems.length },
    });
    this.file = file;
    this.problems = problems;
  }
}

function describe(file: string, { line, column, message, fix }: ConfigurationProblem): string {
  const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${message} ${fix}`;
}

const problemsMax = 50;

/** In the file's order; beyond 50 the last says how many were left out. */
export function inOrder(problems: readonly ConfigurationProblem[]): readonly ConfigurationProblem[] {
  const sorted = [...problems].sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
  const rest = sorted[problemsMax];
  if (rest === undefined) return sorted;
  const { line, column } = rest;
  const message = `${sorted.length - problemsMax} more problems follow.`;
  return [...sorted.slice(0, problemsMax), { line, column, message, fix: 'Fix the ones above first.' }];
}
