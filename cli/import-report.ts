/** What an import says on the error stream. */
import { formatDiagnostic } from '#core/policy/index.ts';
import type { Diagnostic } from '#core/policy/index.ts';
import { formatImportNote } from '../lib/policy-tools/signpath/index.ts';
import type { Imported } from '../lib/policy-tools/signpath/index.ts';

const linesNamedMax = 8;

/** One file's notes, then what validation still says about the file that came out. */
export function importReport(file: string, { path, notes, remaining }: Imported): string {
  const lines = [`${file} → ${path}`, ...notes.map((note) => `  ${formatImportNote(note)}`)];
  if (remaining.length > 0) {
    lines.push(`  ${path} is not ready yet, it needs:`);
    lines.push(...grouped(remaining).map((line) => `  ${line}`));
  } else {
    lines.push(
      `  ${path} is valid by itself; \`countersign validate\` checks it against the rest of the repository.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The same message at many lines is said once. */
function grouped(diagnostics: readonly Diagnostic[]): string[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const key = JSON.stringify([diagnostic.rule, diagnostic.message, diagnostic.fix]);
    groups.set(key, [...(groups.get(key) ?? []), diagnostic]);
  }
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const named = rest.slice(0, linesNamedMax).map(({ line }) => line);
    const more = rest.length > linesNamedMax ? ` and ${rest.length - linesNamedMax} more` : '';
    return [
      formatDiagnostic(first),
      ...(rest.length > 0 ? [`  also in lines ${named.join(', ')}${more}`] : []),
    ];
  });
}

export function importSummary(all: readonly Imported[]): string {
  const notes = all.flatMap((imported) => imported.notes);
  const count = (level: string): number => notes.filter((note) => note.level === level).length;
  const open = all.filter(({ remaining }) => remaining.length > 0).length;
  const parts = [
    `${all.length} ${all.length === 1 ? 'file' : 'files'} imported`,
    `${count('left-out')} left out`,
    `${count('changed')} changed`,
    `${count('note')} notes`,
    ...(open > 0 ? [`${open} not ready yet`] : []),
  ];
  return `${parts.join(', ')}\n`;
}
