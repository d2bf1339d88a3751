/** The requests and answers between daemon and child: plain JSON, one line each. */
import type { ArtifactEntry, ElementLocations } from '#core/artifact/index.ts';
import type { DetectedType } from '#core/formats/detected-type/index.ts';
import type { ExistingSignature } from '#core/formats/existing-signature.ts';
import type { FileFacts, FormatType, Options } from '#core/formats/format.ts';
import type { ExpectedField, FieldChange, FollowFormatId } from '#core/follow/index.ts';
import type { ToldKind } from '#core/formats/kind/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
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

/** `Subject` as JSON. */
export interface SubjectAnswer {
  readonly digest: string;
  /** Base64. */
  readonly content: string;
}

export interface LeafAnswer {
  readonly path: readonly string[];
  /** File name in the request's folder. */
  readonly file: string;
  /** `CompiledElement.index` of the element that expects it. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** null: the format is unknown, or the file doesn't conform to it. */
  readonly facts: FileFacts | null;
  /** That it brought along; null: they were not read. */
  readonly signatures: readonly ExistingSignature[] | null;
  readonly content: Content;
}

/** What a file is, by its bytes, and the outcome for what is inside. */
export interface Content {
  readonly detected: DetectedType;
  /** Names of formats found that contain other files or can't be read; empty: a file to be scanned as it is. */
  readonly formats: readonly string[];
  /** Files found inside, at any depth; each is among `inside`, except for empty ones and copies of others. */
  readonly files: number;
  /** Every byte belongs to a container that was opened from first byte to last, with everything inside. */
  readonly covered: boolean;
  /** Other programs that opened it or something inside, with their versions: they don’t account for every byte. */
  readonly openedBy: readonly string[];
  /** Programs inside, at any depth and copies too; empty where nobody asks for them. */
  readonly programs: readonly ProgramInside[];
  readonly programCount: number;
  /** The first few things that could not be opened. */
  readonly closed: readonly Closed[];
  readonly closedCount: number;
}

/** A program or installer inside a file. */
export interface ProgramInside {
  /** `outer.zip!/inner.exe` */
  readonly place: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** `unsigned`: it carries no signature. `upstream`: all that it carries lead to a root of upstream. `other`: it is signed, and not so. */
  readonly signature: 'unsigned' | 'upstream' | 'other';
  /** What is known of the signature, as a sentence; null: nothing. */
  readonly about: string | null;
}

export interface Closed {
  /** `outer.zip!/inner.7z`, or empty for the file itself. */
  readonly place: string;
  readonly format: string;
  /** A sentence. */
  readonly message: string;
  readonly fix: string;
}

/** A container that the configuration declares; the artifact itself where it is one. */
export interface ContainerAnswer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index` of the element that expects it. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** As of a leaf. */
  readonly facts: FileFacts | null;
  readonly signatures: readonly ExistingSignature[] | null;
  readonly content: Content;
}

/** A file inside a leaf that nobody declared: scanned, never signed. */
export interface InsideAnswer extends InsidePlace {
  /** The leaf's path; its last step continues as `leaf.zip!/folder/inner.exe`. */
  readonly path: readonly string[];
  readonly file: string;
}

/** Where a file inside a leaf is: one that is scanned, a copy of one, or an empty one. */
export interface InsidePlace {
  /** The leaf's path. */
  readonly within: readonly string[];
  /** From the leaf on, a step for each container. */
  readonly inner: readonly string[];
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly detected: DetectedType;
  /** As in `Content`. */
  readonly covered: boolean;
}

export interface SignTargetAnswer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index` of the element that asks for the signature. */
  readonly element: number;
  readonly unsignedSha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly kind: ToldKind;
  /** Of the first round; null: it depends on what is signed inside. */
  readonly subject: SubjectAnswer | null;
}

/** A list with fields that signing makes false. */
export interface FollowAnswer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index` of the element that says that it follows. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** At least one. */
  readonly fields: readonly ExpectedField[];
}

export interface InspectAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly unpackedSizeBytes: number;
  readonly findings: readonly Finding[];
  readonly tree: readonly ArtifactEntry[];
  readonly leaves: readonly LeafAnswer[];
  readonly containers: readonly ContainerAnswer[];
  readonly inside: readonly InsideAnswer[];
  /** Files inside leaves that are among `inside` in another place, and empty ones: for reports alone. */
  readonly copies: readonly InsidePlace[];
  readonly signTargets: readonly SignTargetAnswer[];
  readonly follows: readonly FollowAnswer[];
}

export interface EmbedAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Computed again from the signed file's bytes. */
  readonly subject: SubjectAnswer;
  /** Base64, as read back from the signed file. */
  readonly signature: string;
}

export interface RebuildAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Entries whose content was compared and is unchanged. */
  readonly unchanged: number;
}

export interface FollowedAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Read back from the new list, in the order of `fields`. */
  readonly changes: readonly FieldChange[];
}

export interface AnswerFailure {
  readonly ok: false;
  /** INPUT: the file isn't the inspected one; IO: disk; MEMORY: out of memory; DEFECT: anything else. */
  readonly code: 'INPUT' | 'IO' | 'MEMORY' | 'DEFECT';
  readonly message: string;
}
