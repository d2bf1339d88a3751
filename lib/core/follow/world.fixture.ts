/** A container in memory: what its lists say before and after some of its files are signed. */
import { createHash } from 'node:crypto';
import { parseSha256Hex } from '../ids/index.ts';
import { failures, type Finding } from '../wire/finding/index.ts';
import { figuresOf, type Figures } from './index.ts';
import { judgeLists, type ListToJudge } from './judge.ts';
import { followFormats } from './registry.ts';
import { rewriteList, type FieldChange } from './rewrite.ts';
import type { FollowFormatId } from './follow.ts';

type Content = string | Uint8Array;
const bytesOf = (content: Content): Uint8Array => Buffer.from(content);

export const hex = (algorithm: string, content: Content): string =>
  createHash(algorithm).update(content).digest('hex');
export const base64 = (algorithm: string, content: Content): string =>
  createHash(algorithm).update(content).digest('base64');

export const figures = (content: Content): Figures =>
  figuresOf(bytesOf(content).length, async function* () {
    yield await Promise.resolve(bytesOf(content));
  });

export interface World {
  readonly files: Readonly<Record<string, Content>>;
  /** What becomes of those that signing changes. */
  readonly signed: Readonly<Record<string, Content>>;
  /** Lists among the files. */
  readonly lists: Readonly<Record<string, FollowFormatId>>;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  /** Rules that refused. */
  readonly refused: readonly string[];
  /** New contents of lists, by path. */
  readonly written: Readonly<Record<string, string>>;
  readonly changes: readonly FieldChange[];
}

/** The artifact’s own program, before and after. */
export const program = 'MZ program';
export const signedProgram = 'MZ program with its signature';

export async function follow({ files, signed, lists }: World): Promise<Outcome> {
  const known = Object.entries(files).map(([path, content]) => ({
    path,
    changes: path in signed,
    figures: figures(content),
  }));
  const toJudge = Object.entries(lists).map(([place, id]): ListToJudge => {
    const content = bytesOf(files[place] ?? '');
    const sha256 = parseSha256Hex(hex('sha256', content));
    const read = () => Promise.resolve(content);
    return { place, path: [place], sha256, policy: null, format: followFormats[id], read };
  });
  const { findings, changing } = await judgeLists(known, toJudge);
  const after = new Map(Object.entries(signed));
  const written: Record<string, string> = {};
  const changes: FieldChange[] = [];
  const refused = failures(findings).map(({ rule }) => rule);
  for (const { place, fields } of refused.length > 0 ? [] : changing) {
    const changed = fields.flatMap(({ of }) => of);
    const rewritten = await rewriteList({
      format: followFormats[lists[place] ?? 'checksums'],
      name: place.slice(place.lastIndexOf('/') + 1),
      bytes: bytesOf(files[place] ?? ''),
      expected: fields,
      files: new Map(
        changed.map((path) => [
          path,
          { before: figures(files[path] ?? ''), after: figures(after.get(path) ?? '') },
        ]),
      ),
    });
    after.set(place, rewritten.bytes);
    written[place] = Buffer.from(rewritten.bytes).toString('utf8');
    changes.push(...rewritten.changes);
  }
  return { findings, refused, written, changes };
}

/** One list beside one program that gets signed. */
export const followOne = (id: FollowFormatId, list: string, content: Content, others: World['files'] = {}) =>
  follow({
    files: { 'app.exe': program, ...others, [list]: content },
    signed: { 'app.exe': signedProgram },
    lists: { [list]: id },
  });

/** A list with every value of the program replaced by that of the signed one. */
export function afterSigning(content: string): string {
  let text = content.replaceAll(/(size"?: ?)10\b/g, `$1${signedProgram.length}`);
  for (const algorithm of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b512']) {
    text = text
      .replaceAll(hex(algorithm, program), hex(algorithm, signedProgram))
      .replaceAll(hex(algorithm, program).toUpperCase(), hex(algorithm, signedProgram).toUpperCase())
      .replaceAll(base64(algorithm, program), base64(algorithm, signedProgram));
  }
  return text;
}
