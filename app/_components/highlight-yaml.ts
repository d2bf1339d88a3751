/** YAML as pieces with a class each, for pages that highlight without a script. */
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { parser } from '@lezer/yaml';

export interface Piece {
  readonly text: string;
  /** Class names of the stylesheet; empty for plain text. */
  readonly classes: string;
}

const charactersMax = 64 * 1024;

/** Text → its lines as pieces. Beyond 64 KiB they are plain: colours are not worth the time. Never throws. */
export function highlightYaml(text: string): readonly (readonly Piece[])[] {
  if (text.length > charactersMax) {
    return text.split('\n').map((line) => [{ text: line, classes: '' }]);
  }
  const lines: Piece[][] = [[]];
  highlightCode(
    text,
    parser.parse(text),
    classHighlighter,
    (piece, classes) => lines.at(-1)?.push({ text: piece, classes }),
    () => lines.push([]),
  );
  return lines;
}

/** Pieces of a line and the parts of it that are marked → pieces cut at both kinds of borders. */
export function withMarks(
  pieces: readonly Piece[],
  parts: readonly { readonly text: string; readonly changed: boolean }[],
): readonly (Piece & { readonly changed: boolean })[] {
  const result: (Piece & { readonly changed: boolean })[] = [];
  let [index, used] = [0, 0];
  for (const part of parts) {
    let left = part.text.length;
    while (left > 0) {
      const piece = pieces[index];
      if (piece === undefined) {
        result.push({ text: part.text.slice(-left), classes: '', changed: part.changed });
        break;
      }
      const taken = Math.min(left, piece.text.length - used);
      result.push({
        text: piece.text.slice(used, used + taken),
        classes: piece.classes,
        changed: part.changed,
      });
      left -= taken;
      used += taken;
      if (used >= piece.text.length) [index, used] = [index + 1, 0];
    }
  }
  return result.filter((piece) => piece.text !== '');
}
