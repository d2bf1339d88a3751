/**
 * The text of a workflow file as plain values. It is a stranger's, and GitHub reads it with another parser: what two parsers could
 * take for different things isn't read at all.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import { CodedError } from '#core/error/index.ts';
import { composeOne, keyName, plainTextOf } from '../../../yaml/index.ts';

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
    const read = plainTextOf(bytes, kibibytesMax);
    if ('problem' in read) return read.problem;
    const document = composeOne(read.text);
    return typeof document === 'string' ? document : { value: plain(document.contents) };
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
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
