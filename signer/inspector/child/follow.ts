/** Writes a list anew after the files that it lists were signed. */
import { figuresOf, followFormats, rewriteList, type Figures } from '#core/follow/index.ts';
import { readExactly } from '#core/formats/random-access.ts';
import type { FollowedAnswer } from '../answers.ts';
import type { FollowedChange, FollowMessage } from '../messages.ts';
import { digestOfFile, streamFile, withFile, writeFile } from './file-source.ts';
import { InputError, requireDigest } from './input-error.ts';

export async function follow(message: FollowMessage): Promise<FollowedAnswer> {
  const { file, sha256, name, fields, outputFile } = message;
  const format = followFormats[message.format];
  if (fields.length === 0) throw new InputError('there is nothing to write anew');
  requireDigest('the list', sha256, (await digestOfFile(file)).sha256);
  const bytes = await readList(file, format.sizeBytesMax);
  const files = new Map<string, { before: Figures; after: Figures }>();
  for (const { path, before, after } of message.files) {
    if (files.has(path)) throw new InputError('a file is named twice');
    files.set(path, { before: await figuresOfKnown(before), after: await figuresOfKnown(after) });
  }
  const { bytes: rewritten, changes } = await rewriteList({ format, name, bytes, expected: fields, files });
  return { ...(await writeFile(outputFile, only(rewritten))), changes };
}

export function readList(file: string, sizeBytesMax: number): Promise<Uint8Array> {
  return withFile(file, (source) => {
    if (source.size > sizeBytesMax) throw new InputError(`the list has ${source.size} bytes`);
    return readExactly(source, 0, source.size);
  });
}

/** Of a file whose digest the daemon knows. */
async function figuresOfKnown({ file, sha256 }: FollowedChange['before']): Promise<Figures> {
  const { sha256: found, sizeBytes } = await digestOfFile(file);
  requireDigest('a file that the list is about', sha256, found);
  return figuresOf(sizeBytes, () => streamFile(file), sha256);
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
