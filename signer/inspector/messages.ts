/** The requests and answers between daemon and child: plain JSON. */
import type { ArtifactEntry, ElementLocations } from '#core/artifact/index.ts';
import type { FileKind } from '#core/formats/kind/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import type { UnpackLimits } from '#core/formats/archive/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';

/** Name of the child's own copy of the artifact, in the request's folder. */
export const artifactCopy = 'artifact';

export interface InspectMessage {
  readonly operation: 'inspect';
  readonly file: string;
  /** Where leaves are written, under names made by the child. */
  readonly folder: string;
  readonly configuration: ArtifactConfiguration;
  readonly locations: ElementLocations;
  readonly limits: UnpackLimits;
}

export interface EmbedMessage {
  readonly operation: 'embed';
  readonly file: string;
  readonly sha256: Sha256Hex;
  /** Base64 of the DER ContentInfo. */
  readonly pkcs7: string;
  readonly outputFile: string;
}

export interface RepackMessage {
  readonly operation: 'repack';
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly folder: string;
  readonly configuration: ArtifactConfiguration;
  readonly limits: UnpackLimits;
  readonly replacements: readonly Replacement[];
  readonly outputFile: string;
}

export interface Replacement {
  /** Path in the artifact, outermost container first, as the inspection gave it. */
  readonly path: readonly string[];
  readonly file: string;
  readonly sha256: Sha256Hex;
}

export type Message = InspectMessage | EmbedMessage | RepackMessage;

export interface LeafAnswer {
  readonly path: readonly string[];
  /** File name in the request's folder. */
  readonly file: string;
  /** `CompiledElement.index` of the element that expects it. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** null: no Windows program. */
  readonly program: ProgramFacts | null;
  readonly content: Content;
}

/** What a file was found to be, by its bytes, and what became of what is inside. */
export interface Content {
  /** Names of the formats in which other files, or nothing readable, are inside; empty: a file to be scanned as it is. */
  readonly formats: readonly string[];
  /** Files found inside, at any depth; each is among `inside`, except for empty ones and copies of others. */
  readonly files: number;
  /** Every byte belongs to a container that was opened from its first byte to its last, and all inside it could be. */
  readonly covered: boolean;
  /** What could not be opened, the first few. */
  readonly closed: readonly Closed[];
  readonly closedCount: number;
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
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly content: Content;
}

/** A file inside a leaf that nobody declared: scanned, never signed. */
export interface InsideAnswer {
  /** The leaf's path; its last step goes on as `leaf.zip!/folder/inner.exe`. */
  readonly path: readonly string[];
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** As in `Content`. */
  readonly covered: boolean;
}

/** What a program says of itself, for trying out later policies; nothing is decided by it now. */
export interface ProgramFacts {
  readonly signed: boolean;
  /** What it is by its content; which kinds are signed depends on the project's program. */
  readonly kind: FileKind;
  /** Texts of the version resource by name; null where its languages disagree or it can't be read. */
  readonly version: Readonly<Record<string, string>> | null;
}

export interface SignTargetAnswer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index` of the element that asks for the signature. */
  readonly element: number;
  readonly unsignedSha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly kind: FileKind;
  /** Why it is of that kind, a sentence's end. */
  readonly kindBecause: string;
  readonly authenticodeSha256: Sha256Hex;
  /** Base64 of the DER SpcIndirectDataContent. */
  readonly spcIndirectData: string;
}

export interface InspectAnswer {
  readonly sha256: Sha256Hex;
  readonly sha512: string;
  readonly sizeBytes: number;
  readonly unpackedSizeBytes: number;
  readonly findings: readonly Finding[];
  readonly tree: readonly ArtifactEntry[];
  readonly leaves: readonly LeafAnswer[];
  readonly containers: readonly ContainerAnswer[];
  readonly inside: readonly InsideAnswer[];
  readonly signTargets: readonly SignTargetAnswer[];
}

export interface EmbedAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Digest of the signed file, computed again from its bytes. */
  readonly authenticodeSha256: Sha256Hex;
  /** The signature as read back from the signed file. */
  readonly pkcs7: string;
}

export interface RepackAnswer {
  readonly sha256: Sha256Hex;
  readonly sha512: string;
  readonly sizeBytes: number;
  readonly replaced: number;
  /** Entries of all rewritten containers whose content was compared and is the same as before. */
  readonly unchanged: number;
}

export interface AnswerFailure {
  readonly ok: false;
  /** INPUT: the file isn't what was inspected; IO: disk; MEMORY: out of it; DEFECT: anything else. */
  readonly code: 'INPUT' | 'IO' | 'MEMORY' | 'DEFECT';
  readonly message: string;
}
