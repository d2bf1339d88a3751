import { unsupported, type BodyProblem, type FormatWords } from '../format.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';

/** What of an element signed by Authenticode this version can't do. `type`, `words`: of its format. */
export function authenticodeProblems(
  type: string,
  words: FormatWords,
  body: { readonly verify?: unknown; readonly sign?: AuthenticodeSign },
): BodyProblem[] {
  const problems: BodyProblem[] = [];
  if (body.verify !== undefined) {
    const what = `verify the signature of ${type} files before it signs anything`;
    const fix = `Remove \`verify\`; where upstream signed ${words.one}, remove \`sign\` too, and it stays as it is.`;
    problems.push(unsupported(['verify'], what, fix));
  }
  const { existingSignature = 'refuse', hashAlgorithm = 'sha256' } = body.sign ?? {};
  if (existingSignature !== 'refuse') {
    const what = `sign ${type} files that are signed already (${existingSignature})`;
    const fix = `Write \`existingSignature: refuse\` and submit ${words.many} unsigned.`;
    problems.push(unsupported(['sign', 'existingSignature'], what, fix));
  }
  if (hashAlgorithm !== 'sha256') {
    const what = `sign ${type} files with ${hashAlgorithm}`;
    problems.push(unsupported(['sign', 'hashAlgorithm'], what, 'Write sha256, or remove the line.'));
  }
  return problems;
}
