import { diffTexts } from '../../lib/policy-tools/text-diff/index.ts';
import type { DiffLine, TextDiff } from '../../lib/policy-tools/text-diff/index.ts';
import { plural } from './format.ts';
import { highlightYaml, withMarks } from './highlight-yaml.ts';
import type { Piece } from './highlight-yaml.ts';

export interface DiffFile {
  readonly path: string;
  /** null: the file is new. */
  readonly before: string | null;
  /** null: the file is gone. */
  readonly after: string | null;
}

/** More lines than this are collapsed until somebody opens them. */
const openLinesMax = 400;

/** Files side by side with what they were: line numbers, signs and words for screen readers, colours on top. */
export function DiffView({ files }: { readonly files: readonly DiffFile[] }) {
  return (
    <div className="mt-4 grid gap-5">
      {files.map((file) => (
        <FileDiff key={file.path} file={file} />
      ))}
    </div>
  );
}

function FileDiff({ file }: { readonly file: DiffFile }) {
  const diff = diffTexts(file.before, file.after);
  const what = file.before === null ? 'new' : file.after === null ? 'removed' : null;
  const lines = diff.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  return (
    <details open={lines <= openLinesMax} className="card min-w-0 overflow-clip">
      <summary className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
        <code className="min-w-0 text-[0.8125rem] font-semibold wrap-anywhere">{file.path}</code>
        {what === null ? null : <span className="text-sm text-muted">{what}</span>}
        <span className="ms-auto text-sm text-muted">
          {plural(diff.added, 'line')} added, {diff.removed} removed
        </span>
      </summary>
      {diff.tooLarge ? (
        <p className="border-t border-rule px-4 py-3 text-muted">Too much differs to show it line by line.</p>
      ) : (
        <Lines file={file} diff={diff} />
      )}
    </details>
  );
}

function Lines({ file, diff }: { readonly file: DiffFile; readonly diff: TextDiff }) {
  const before = highlightYaml(file.before ?? '');
  const after = highlightYaml(file.after ?? '');
  const piecesOf = (line: DiffLine): readonly Piece[] =>
    (line.after === null ? before[(line.before ?? 0) - 1] : after[line.after - 1]) ?? [];
  return (
    <div
      role="region"
      aria-label={`Changes of ${file.path}`}
      tabIndex={0}
      className="diff border-t border-rule"
    >
      <table>
        <thead className="sr-only">
          <tr>
            <th scope="col">Line before</th>
            <th scope="col">Line after</th>
            <th scope="col">Change</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        {diff.hunks.map((hunk, index) => (
          <tbody key={index}>
            {hunk.lines.map((line) => (
              <tr key={`${line.before ?? ''}:${line.after ?? ''}`} className={`diff-${line.kind}`}>
                <td className="diff-number">{line.before}</td>
                <td className="diff-number">{line.after}</td>
                <td className="diff-sign">
                  <span aria-hidden="true">{signs[line.kind]}</span>
                  <span className="sr-only">{words[line.kind]}</span>
                </td>
                <td>
                  <code>
                    {withMarks(piecesOf(line), line.parts).map((piece, at) =>
                      piece.changed ? (
                        <mark key={at} className={piece.classes}>
                          {piece.text}
                        </mark>
                      ) : (
                        <span key={at} className={piece.classes}>
                          {piece.text}
                        </span>
                      ),
                    )}
                  </code>
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

const signs = { same: ' ', removed: '−', added: '+' } as const;
const words = { same: '', removed: 'removed', added: 'added' } as const;
