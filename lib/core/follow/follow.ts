/**
 * The port of files that state digests or sizes of other files: lists of checksums, manifests of updaters and package managers,
 * bills of materials. Signing a file makes what they state of it false, so the signer writes those values anew. All that is
 * known of such a format stands in its folder; `registry.ts` has one record for each that a configuration can name.
 *
 * A format only finds the fields. Which file one is about, whether it held that file's value before, and what it becomes, is the same
 * for all (`resolve.ts`, `judge.ts`, `rewrite.ts`). Everything here reads hostile bytes, in the inspector's process alone.
 */
import { CodedError } from '#core/error/index.ts';
import type { Follows } from '../generated/index.ts';

export type FollowFormatId = Follows['format'];

/** A place in the file, in bytes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How a field names the file that it is about. */
export interface FileName {
  readonly text: string;
  /**
   * `path`: from the list's folder or the container's top; `url`: the last part of an address; `beside`: a file in the list's own
   * folder; `label`: a name that may be that of a file, and may be something else.
   */
  readonly as: 'path' | 'url' | 'beside' | 'label';
}

/** What is known of the content of a file; each figure is computed when it is asked for. */
export interface Figures {
  readonly sizeBytes: number;
  digest(algorithm: DigestAlgorithm): Promise<Uint8Array>;
  /** electron-builder's map of its blocks, as JSON. */
  blockMap(): Promise<string>;
}

/** By their names in Node’s crypto. */
export type DigestAlgorithm =
  | 'md5'
  | 'sha1'
  | 'sha224'
  | 'sha256'
  | 'sha384'
  | 'sha512'
  | 'sha3-224'
  | 'sha3-256'
  | 'sha3-384'
  | 'sha3-512'
  | 'blake2b512';

/** A kind of value: what it must be for a file, written as the old one is written. */
export interface StatedValue {
  /** For people: `SHA-512`. */
  readonly what: string;
  /** No longer relied on for telling files apart. */
  readonly weak: boolean;
  /** Whether the bytes of the field state it of this file. */
  holds(written: Uint8Array, file: Figures): Promise<boolean>;
  /** The field's new bytes, in the spelling of the old ones. */
  write(old: Uint8Array, file: Figures): Promise<Uint8Array>;
}

interface Field extends Span {
  /** From 1. */
  readonly line: number;
  /** For people: `files[0].sha512`. */
  readonly label: string;
}

/** States something of one file. */
export interface PlainField extends Field {
  readonly kind: 'plain';
  readonly name: FileName;
  readonly value: StatedValue;
}

/** States of a file what nobody here can write anew: a signature with somebody's key. Such a file must not change. */
export interface FixedField extends Field {
  readonly kind: 'fixed';
  readonly name: FileName;
  /** Goes on after "it states". */
  readonly what: string;
  readonly fix: string;
}

/** Computed from other fields of the same list. */
export interface DerivedField extends Field {
  readonly kind: 'derived';
  /** All files that it is about. */
  readonly names: readonly FileName[];
  /** Indexes of the fields that it is computed from; null: some file of it has no such field. */
  readonly from: readonly number[] | null;
  /** Their texts, in that order → its own. */
  compute(texts: readonly string[]): string;
  readonly what: string;
}

export type FollowField = PlainField | FixedField | DerivedField;

export interface FollowFormat {
  readonly id: FollowFormatId;
  /** With its article: `a list of checksums`. */
  readonly one: string;
  /** At the beginning of a sentence: `Lists of checksums`. */
  readonly many: string;
  /** Names that tools give such files, and that say enough for people to be told of them; null: names tell nothing. */
  readonly fileNames: RegExp | null;
  readonly sizeBytesMax: number;
  /** Bytes of the file, its name without folders → every field that states something of a file. Throws FollowError. */
  read(bytes: Uint8Array, name: string): readonly FollowField[];
}

/** Why a list can’t be read, or not be written anew. */
export class FollowError extends CodedError<'FOLLOW'> {
  static override readonly errorName = 'FollowError';
  readonly line: number | null;
  readonly fix: string;
  constructor(message: string, line: number | null, fix: string) {
    super('FOLLOW', message);
    this.line = line;
    this.fix = fix;
  }
}
