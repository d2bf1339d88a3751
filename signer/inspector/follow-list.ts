/** The daemon’s side of lists that follow signatures: one is written anew by the request’s child. */
import { join } from 'node:path';
import type { ExpectedField, FieldChange } from '#core/follow/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { FollowMessage } from './messages.ts';
import { parseFollowedAnswer } from './protocol.ts';
import { realFile } from './real-file.ts';
import type { Sessions } from './session.ts';

/** A list with fields that signing makes false, as the inspection found it. */
export interface FollowingList {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index`. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** At least one. */
  readonly fields: readonly ExpectedField[];
}

export interface FollowInput extends Omit<FollowMessage, 'operation' | 'outputFile'> {
  /** Name of the request’s folder. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

export interface FollowedList {
  readonly outputFile: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** In the order of the fields. */
  readonly changes: readonly FieldChange[];
}

const followedName = 'followed';

export async function follow(
  sessions: Sessions,
  { file, files, sha256, name, format, fields, folder, signal }: FollowInput,
): Promise<FollowedList> {
  const list = await realFile(file);
  const real = async <One extends { readonly file: string }>(one: One): Promise<One> => ({
    ...one,
    file: await realFile(one.file),
  });
  const changed = await Promise.all(
    files.map(async ({ path, before, after }) => ({
      path,
      before: await real(before),
      after: await real(after),
    })),
  );
  const { result, work } = await sessions.run({
    folder,
    signal,
    reads: () => [list, ...changed.flatMap(({ before, after }) => [before.file, after.file])],
    parse: parseFollowedAnswer,
    message: (into) => ({
      operation: 'follow',
      file: list,
      sha256,
      name,
      format,
      fields,
      files: changed,
      outputFile: join(into, followedName),
    }),
  });
  return { ...result, outputFile: join(work, followedName) };
}
