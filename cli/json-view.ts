/** What --json prints: one document, whose members stay as docs/guides/command.md describes them. */
import { describeFailure } from './describe-failure.ts';
import { CliError } from './error.ts';
import { ClientError, type FindingView, type Reasons, type RequestView } from './client/index.ts';

/** As JSON that a terminal takes for nothing else: what it would obey or not show is escaped, as JSON has it. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );

const reasonJson = ({ rule, message, expected, found, fix, policy, path }: FindingView) => ({
  rule,
  message,
  expected,
  found,
  fix,
  policy:
    policy === null || policy === undefined
      ? null
      : { file: policy.file, line: policy.line, column: policy.column },
  path: path ?? [],
});

export function requestJson(
  view: RequestView,
  { reasons, total }: Reasons,
  { portalUrl, file }: { readonly portalUrl: string; readonly file: string | null },
) {
  const { release } = view;
  return {
    version: 1,
    id: view.id,
    url: new URL(`/requests/${encodeURIComponent(view.id)}`, portalUrl).href,
    status: view.status,
    outcome: view.outcome ?? null,
    summary: view.summary,
    artifact: view.artifact?.name ?? null,
    reasons: reasons.map(reasonJson),
    reasonCount: total,
    release:
      release === null || release === undefined
        ? null
        : { name: release.name, sha256: release.sha256, sizeBytes: release.sizeBytes },
    /** Where it was written to. */
    file,
  };
}

export function failureJson(error: unknown) {
  const { text, status } = describeFailure(error);
  const code = error instanceof CliError || error instanceof ClientError ? error.code : 'FAULT';
  const problem = error instanceof ClientError ? error.problem : null;
  return {
    version: 1,
    error: {
      code,
      exitStatus: status,
      message: text,
      problem:
        problem === null
          ? null
          : {
              status: problem.status,
              code: problem.code,
              detail: problem.detail,
              fix: problem.fix,
              findings: problem.findings.map(reasonJson),
            },
    },
  };
}
