/**
 * Workflow commands: lines of a step's output that the runner acts on (docs.github.com, "Workflow commands for GitHub Actions"). What
 * the portal or the signer says is somebody else's text: it becomes the data of a command, or a line that is none.
 */
import { plain } from '../../cli/plain.ts';

export type AnnotationKind = 'error' | 'warning' | 'notice';

/** The runner drops what is beyond: of each kind in a step, and of each message (actions/runner, ExecutionContext.cs). */
export const annotationsMax = 10;
const messageCharactersMax = 4096;
const titleCharactersMax = 200;

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** At most `max` UTF-16 units, without half a character at the end. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

export function annotation(kind: AnnotationKind, title: string, message: string): string {
  const shown = cut(plain(message), messageCharactersMax);
  return `::${kind} title=${property(cut(plain(title), titleCharactersMax))}::${data(shown)}`;
}

/** Hides a secret in every line that follows; of several lines, each. */
export const masks = (secret: string): readonly string[] =>
  secret
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .map((line) => `::add-mask::${data(line)}`);

/**
 * Text → one line that the runner takes for no command: those begin with `::`, and the older ones have `##[` anywhere.
 */
export function logLine(text: string): string {
  const line = plain(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('##[', '# #[');
  return line.replace(/^(\s*):(?=:)/, '$1: ');
}
