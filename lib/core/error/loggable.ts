/** What a program gives to its log → what may stand there: a sentence and texts are bounded, and say nothing that opens something, as errors do. */
import { describeError, hidden, secretName, text } from './describe-error.ts';

const messageCharactersMax = 10_000;
const valueCharactersMax = 2_000;

/** The arguments of a method of the log: a text, or members (`err`: what was thrown) and a text. Values in lists and in objects stay as they are. */
export function loggable(given: readonly unknown[]): unknown[] {
  const [first, ...rest] = given;
  if (first instanceof Error) return loggable([{ err: first }, ...rest]);
  const words = rest.map(sentence);
  if (typeof first !== 'object' || first === null) return [sentence(first), ...words];
  const members = Object.fromEntries(
    Object.entries(first).map(([name, value]) => [name, member(name, value)]),
  );
  // A log without a sentence takes the error's own, as it was thrown.
  if (words.length === 0 && members['err'] instanceof Error)
    words.push(describeError(members['err']).message);
  return [members, ...words];
}

const sentence = (value: unknown): unknown =>
  typeof value === 'string' ? text(value, messageCharactersMax) : value;

function member(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return secretName.test(name) ? hidden : text(value, valueCharactersMax);
}
