import { readText } from '#core/text/typed/index.ts';
import type { TextRules } from '#core/text/typed/index.ts';
import type { FieldProblem } from './explained-error.ts';

/** Reads a submitted form field by field, and collects all problems, so that they are reported together. */
export class FieldReader {
  readonly #problems: FieldProblem[] = [];

  /** → the text as it is kept; empty where it can't be taken, and then there is a problem. */
  text(field: string, typed: string, rules: TextRules): string {
    const read = readText(typed, rules);
    if (read.ok) return read.text;
    this.refuse(field, read.code, read.message);
    return '';
  }

  /** → the choice, or null where it is none of them: then there is a problem, `message`. */
  choice<const T extends string>(
    field: string,
    sent: string,
    choices: readonly T[],
    message: string,
  ): T | null {
    const found = choices.find((choice) => choice === sent);
    if (found !== undefined) return found;
    this.refuse(field, sent === '' ? 'MISSING' : 'INVALID', message);
    return null;
  }

  /** Only the first problem of a field is reported. */
  refuse(field: string, code: string, message: string): void {
    if (this.#problems.some((problem) => problem.field === field)) return;
    this.#problems.push({ field, code, message });
  }

  get problems(): readonly FieldProblem[] {
    return this.#problems;
  }
}
