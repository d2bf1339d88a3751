/**
 * The text of a workflow file as plain values. It is a stranger's, and GitHub reads it with another parser: what two parsers could
 * take for different things isn't read at all.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import { CodedError } from '#core/error/index.ts';
import { composeOne, findHiddenCharacter, keyName } from '../../../yaml/index.ts';

const kibibytesMax = 128;

/** Ends reading from any depth; never leaves this file. */
class Unreadable extends CodedError<'WORKFLOW_UNREADABLE'> {
  static override readonly errorName = 'Unreadable';
  constructor(problem: string) {
    super('WORKFLOW_UNREADABLE', problem);
  }
}

/** Bytes → the document's value, or why it isn't read. In time linear in the file. */
export function readWorkflowText(bytes: Uint8Array): { readonly value: unknown } | string {
  try {
    const document = composeOne(decode(bytes));
    return typeof document === 'string' ? document : { value: plain(document.contents) };
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.byteLength > kibibytesMax * 1024) throw new Unreadable(`it is larger than ${kibibytesMax} KiB`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable('it is not UTF-8');
  }
  const hidden = findHiddenCharacter(text);
  if (hidden < 0) return text;
  // Some of them end a line to GitHub's parser, and hide what follows in a comment from ours.
  const code = (text.codePointAt(hidden) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new Unreadable(`character U+${code} at ${hidden} hides what follows, or ends a line`);
}

/** No deeper than the scan lets through. */
function plain(node: unknown): unknown {
  if (node === null) return null;
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(plain);
  if (!isMap(node)) throw new Unreadable('it has an alias (`*`), which is not followed');
  const object = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw new Unreadable('a key of it is not a text');
    const name = keyName(key);
    if (name === '<<') throw new Unreadable('it has a merge key (`<<`)');
    object[name] = plain(value);
  }
  return object;
}
