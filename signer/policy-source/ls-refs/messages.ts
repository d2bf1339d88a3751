/** The command `ls-refs` of Git protocol v2 (gitprotocol-v2): its request, and what it answers. */
import { isUtf8 } from 'node:buffer';
import { LsRefsError } from './error.ts';
import { delimiterPacket, flushPacket, packet, packetsOf } from './pkt-line.ts';

export type ObjectFormat = 'sha1' | 'sha256';

const objectDigits: Readonly<Record<ObjectFormat, number>> = { sha1: 40, sha256: 64 };

/** The format whose objects have names as long as this one. */
export const formatOf = (object: string): ObjectFormat =>
  object.length === objectDigits.sha256 ? 'sha256' : 'sha1';

/** A prefix also matches longer names: the answer may have more than what was asked for. */
export function lsRefsRequest(names: readonly string[], format: ObjectFormat): Buffer {
  return Buffer.concat([
    packet('command=ls-refs\n'),
    // What a host takes it for where nothing is said; one from before this capability refuses the whole line.
    ...(format === 'sha1' ? [] : [packet(`object-format=${format}\n`)]),
    delimiterPacket,
    ...names.map((name) => packet(`ref-prefix ${name}\n`)),
    flushPacket,
  ]);
}

/** Whatever was not asked for is refused: peeled tags, targets of symbolic refs, unborn branches, an error's text. */
export function refsOf(answer: Buffer, format: ObjectFormat): ReadonlyMap<string, string> {
  const refs = new Map<string, string>();
  for (const [at, line] of packetsOf(answer).entries()) {
    const [, object = '', name = ''] =
      /^([0-9a-f]+) ([^\s\0]+)\n?$/.exec(isUtf8(line) ? line.toString('utf8') : '') ?? [];
    if (object.length !== objectDigits[format])
      throw new LsRefsError('REF', `line ${at + 1} of the answer is no ref of an object of ${format}`);
    if (refs.has(name)) throw new LsRefsError('REF', `line ${at + 1} of the answer repeats a ref`);
    refs.set(name, object);
  }
  return refs;
}
