/** What the daemon asks of a request's child, and what the child asks back: plain JSON, one line each. */
import type { ElementLocations } from '#core/artifact/index.ts';
import type { FormatType, Options } from '#core/formats/format.ts';
import type { ExpectedField, FollowFormatId } from '#core/follow/index.ts';
import type { ArchiveIssue, UnpackLimits } from '#core/formats/archive/index.ts';
import type { UnpackedElsewhere } from '#core/formats/recognise/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';

/** Name of the child's own copy of the artifact, in the request's folder. */
export const artifactCopy = 'artifact';

export interface InspectMessage {
  readonly operation: 'inspect';
  readonly file: string;
  /** `artifactCopy` in the folder is the file already. */
  readonly isCopied: boolean;
  /** What the daemon hashed that file to as it copied it; null: it didn't. */
  readonly digest: { readonly sha256: Sha256Hex; readonly sizeBytes: number } | null;
  /** Where leaves are written, under names chosen by the child. */
  readonly folder: string;
  readonly configuration: ArtifactConfiguration;
  readonly locations: ElementLocations;
  /** null: the configuration verifies nothing. */
  readonly upstream: UpstreamRoots | null;
  readonly limits: UnpackLimits;
  readonly unpackers: UnpackersHere;
}

/** For each format that another program opens: that program with its version, or why there is none, as the end of a sentence. */
export type UnpackersHere = Readonly<
  Record<UnpackedElsewhere, { readonly ok: boolean; readonly words: string }>
>;

/**
 * In place of an answer to `inspect`: a file to be unpacked by another program, in a sandbox of its own. The operation goes on with the
 * message `unpacked`.
 */
export interface UnpackQuestion {
  readonly format: UnpackedElsewhere;
  /** File name in the request's folder. */
  readonly file: string;
  /** What is left of the request's limits. */
  readonly filesMax: number;
  readonly bytesMax: number;
}

export type UnpackedOutcome =
  | {
      readonly ok: true;
      /** `7-Zip 26.02` */
      readonly by: string;
      /** Folder with the files, flat and under numbers; the child may read it. */
      readonly folder: string;
      readonly files: readonly UnpackedFile[];
    }
  | { readonly ok: false; readonly issue: ArchiveIssue };

export interface UnpackedFile {
  /** Its path, as the program made it: for display alone. */
  readonly name: string;
  readonly file: string;
  readonly sizeBytes: number;
}

export interface UnpackedMessage {
  readonly operation: 'unpacked';
  readonly outcome: UnpackedOutcome;
}

/** Whom to trust where signatures of upstream are verified. */
export interface UpstreamRoots {
  /** DER certificates, Base64. */
  readonly roots: readonly string[];
  /** The daemon's clock when inspection began, ISO 8601. */
  readonly now: string;
}

/** A file of the artifact, or derived from one, in its current version. */
export interface KnownFile {
  readonly type: FormatType;
  readonly file: string;
  readonly sha256: Sha256Hex;
}

/** Asks for a signature's subject, for files whose content depends on what was signed inside them, or on an earlier round. */
export interface SubjectMessage extends KnownFile {
  readonly operation: 'subject';
  /** One of the format's rounds. */
  readonly sign: Options;
  /** Without folders; null: the artifact itself. */
  readonly name: string | null;
}

export interface EmbedMessage extends KnownFile {
  readonly operation: 'embed';
  readonly sign: Options;
  /** Base64, as the format's `assemble` made it. */
  readonly signature: string;
  readonly outputFile: string;
}

/** Rebuilds one container around changed files and with new ones. */
export interface RebuildMessage extends KnownFile {
  readonly operation: 'rebuild';
  readonly limits: UnpackLimits;
  readonly replacements: readonly FileReplacement[];
  readonly additions: readonly FileAddition[];
  readonly outputFile: string;
}

export interface FileReplacement {
  /** Path inside the container. */
  readonly path: string;
  readonly file: string;
  readonly sha256: Sha256Hex;
}

/** A file that the container doesn't have. */
export interface FileAddition extends FileReplacement {
  /** Path inside the container of the file behind which it is put. */
  readonly behind: string;
}

/** Writes anew what a list states of files that signing changed. */
export interface FollowMessage {
  readonly operation: 'follow';
  /** The list, as it was inspected. */
  readonly file: string;
  readonly sha256: Sha256Hex;
  /** Of the list, without folders. */
  readonly name: string;
  readonly format: FollowFormatId;
  /** Exactly these fields, as the inspection found them. */
  readonly fields: readonly ExpectedField[];
  readonly files: readonly FollowedChange[];
  readonly outputFile: string;
}

/** A file that a list states something of. */
export interface FollowedChange {
  /** Path inside the container. */
  readonly path: string;
  readonly before: Pick<KnownFile, 'file' | 'sha256'>;
  readonly after: Pick<KnownFile, 'file' | 'sha256'>;
}

export type Message = InspectMessage | SubjectMessage | EmbedMessage | RebuildMessage | FollowMessage;
export type Line = Message | UnpackedMessage;
