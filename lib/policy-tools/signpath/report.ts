/** Parts of a SignPath file that have no equivalent, or another meaning, in ours. */
import type { SignpathSource } from './source.ts';

export interface ImportNote {
  /**
   * left-out: the output lacks it. changed: the output is stricter or looser.
   * note: the output means the same; worth a look.
   */
  readonly level: 'left-out' | 'changed' | 'note';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What SignPath's file contains. */
  readonly what: string;
  readonly why: string;
  /** What to do about it. */
  readonly todo: string;
}

/** Collects notes while a file is converted. */
export class Report {
  readonly notes: ImportNote[] = [];
  readonly #source: SignpathSource;

  constructor(source: SignpathSource) {
    this.#source = source;
  }

  add(level: ImportNote['level'], offset: number, what: string, why: string, todo: string): void {
    this.notes.push({ level, file: this.#source.file, ...this.#source.locate(offset), what, why, todo });
  }

  addAt(
    level: ImportNote['level'],
    place: { readonly line: number; readonly column: number },
    what: string,
    why: string,
    todo: string,
  ): void {
    const { line, column } = place;
    this.notes.push({ level, file: this.#source.file, line, column, what, why, todo });
  }

  /** Notes by their position in the file. */
  inOrder(): readonly ImportNote[] {
    return [...this.notes].sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

/** Note → `file:line:column: left out: what. Why. What to do.`, the form that editors turn into links. */
export function formatImportNote(note: ImportNote): string {
  const level = note.level === 'left-out' ? 'left out' : note.level;
  return `${note.file}:${note.line}:${note.column}: ${level}: ${note.what}. ${note.why} ${note.todo}`;
}
