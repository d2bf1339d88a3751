/**
 * The code of a package (SPDX 2.3, section 7.9): SHA-1 of the SHA-1 digests of its files, in lower-case hexadecimal, sorted and joined, without
 * the files that it excludes. It says the same as the checksums of those files together, and follows them.
 */
import { createHash } from 'node:crypto';
import { FollowError, type DerivedField, type FileName, type Span } from '../follow.ts';

/** A file of the document. */
export interface SpdxFile {
  readonly id: string;
  readonly name: FileName;
  /** Index of its SHA-1 among the document’s fields; null: there is none. */
  readonly sha1: number | null;
}

interface Code extends Span {
  readonly line: number;
  readonly label: string;
  readonly excluded: readonly string[];
  readonly files: readonly SpdxFile[];
}

export function verificationCode({ start, end, line, label, excluded, files }: Code): DerivedField {
  const left = new Set(excluded.map(plainPath));
  const counted = files.filter(({ name }) => !left.has(plainPath(name.text)));
  const from = counted.flatMap(({ sha1 }) => (sha1 === null ? [] : [sha1]));
  return {
    kind: 'derived',
    start,
    end,
    line,
    label,
    names: counted.map(({ name }) => name),
    from: from.length === counted.length ? from : null,
    what: 'verification code',
    compute: (digests) =>
      createHash('sha1')
        .update(
          [...digests]
            .map((digest) => digest.toLowerCase())
            .sort()
            .join(''),
        )
        .digest('hex'),
  };
}

const codesTimesFilesMax = 2_000_000;

/** Every code is over files that are looked for among all: what is multiplied so stays bounded. */
export function requireFewCodes(codes: number, filesAndRelationships: number): void {
  if (codes * filesAndRelationships > codesTimesFilesMax)
    throw new FollowError(
      `it has ${codes} verification codes for ${filesAndRelationships} files and relationships`,
      null,
      'Leave out the verification codes of packages, or split the document.',
    );
}

const plainPath = (path: string): string => path.replace(/^(?:\.\/)+/, '');
