/** The daemon's side of the inspector: prepares folders, starts a child for each operation and checks its answers. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactEntry, ElementLocations } from '#core/artifact/index.ts';
import type { FileFacts, Options, ReadBack, Subject } from '#core/formats/format.ts';
import type { ToldKind } from '#core/formats/kind/index.ts';
import { failures, type Finding } from '#core/wire/finding/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { InspectorError, type InspectorErrorCode } from './inspector-error.ts';
import { defaultInspectorLimits, type InspectorLimits } from './limits.ts';
import {
  artifactCopy,
  type AnswerFailure,
  type Content,
  type Message,
  type FileAddition,
  type FileReplacement,
  type KnownFile,
  type RebuildAnswer,
  type SubjectAnswer,
} from './messages.ts';
import { parseEmbedAnswer, parseInspectAnswer, parseRebuildAnswer, parseSubjectAnswer } from './protocol.ts';
import { childCommand, inspectorProgram, type ChildFiles } from './sandbox/command.ts';
import { probeFences } from './sandbox/probe.ts';
import { outOfMemory, runChild } from './sandbox/run-child.ts';

export interface InspectorOptions {
  /** Each request gets its own folder under this one, which is created if missing. */
  readonly workDir: string;
  readonly limits?: Partial<InspectorLimits>;
  /** `required` refuses to work where the system provides no network namespace. Default: preferred. */
  readonly networkNamespace?: 'required' | 'preferred';
  /** Folder of a built inspector. Default: the one beside this process, or the sources where it runs from sources. */
  readonly builtIn?: string;
}

interface Operation {
  /** Name of the request's folder under workDir, for example the request id. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

export interface Leaf {
  /** Outermost container first; empty where the artifact is a single file. */
  readonly path: readonly string[];
  /** Where its bytes are on disk, for scanning and signing. */
  readonly file: string;
  /** `CompiledElement.index`: which element of the configuration expects it. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly facts: FileFacts | null;
  readonly content: Content;
}

/** A container that the configuration declares: opened, and scanned as a whole too. */
export interface InspectedContainer {
  readonly path: readonly string[];
  readonly file: string;
  /** `CompiledElement.index`. */
  readonly element: number;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly facts: FileFacts | null;
  readonly content: Content;
}

/** A file inside a leaf that nobody declared. */
export interface InsideFile {
  readonly path: readonly string[];
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly covered: boolean;
}

export interface SignTarget {
  readonly path: readonly string[];
  readonly leafFile: string;
  /** `CompiledElement.index`: which element of the configuration asks for the signature. */
  readonly element: number;
  readonly unsignedSha256: Sha256Hex;
  readonly sizeBytes: number;
  /** By content; the file's name may make it stricter. */
  readonly kind: ToldKind;
  /** Of the first round; null: it depends on what is signed inside. */
  readonly subject: Subject | null;
}

export interface Inspection {
  /** True if no finding failed. Only then are there sign targets. */
  readonly ok: boolean;
  /** The signer's own copy, whose digests these are. Repack this one, not the file in the store. */
  readonly artifactFile: string;
  readonly sha256: Sha256Hex;
  readonly sha512: string;
  readonly sizeBytes: number;
  readonly unpackedSizeBytes: number;
  readonly findings: readonly Finding[];
  readonly tree: readonly ArtifactEntry[];
  readonly leaves: readonly Leaf[];
  /** The artifact itself, where it is one, among them. */
  readonly containers: readonly InspectedContainer[];
  readonly inside: readonly InsideFile[];
  readonly signTargets: readonly SignTarget[];
}

export interface SignedFile {
  readonly signedFile: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** From the finished file's bytes. */
  readonly readBack: ReadBack;
}

export interface Inspector {
  /** Hashes, unpacks and checks an artifact. Its problems are findings; failures are InspectorError. */
  inspect(
    input: Operation & {
      readonly file: string;
      readonly configuration: ArtifactConfiguration;
      /** Policy lines of the configuration's elements, for findings. */
      readonly locations?: ElementLocations;
      /** Where signatures of upstream are verified: DER roots, and the time. Left out: none holds. */
      readonly upstream?: { readonly roots: readonly Uint8Array[]; readonly now: Date } | null;
    },
  ): Promise<Inspection>;
  /** The subject of a signature of the file as it is now. */
  subject(input: Operation & KnownFile & { readonly sign: Options }): Promise<Subject>;
  /**
   * Embeds a signature in a file, or writes the one beside it; the result is read back and differs from the file only where
   * the format allows.
   */
  embed(
    input: Operation & KnownFile & { readonly sign: Options; readonly signature: Uint8Array },
  ): Promise<SignedFile>;
  /** Rebuilds a container around changed files and with new ones; everything else stays byte for byte, which is verified. */
  rebuild(
    input: Operation &
      KnownFile & {
        readonly replacements: readonly FileReplacement[];
        readonly additions?: readonly FileAddition[];
      },
  ): Promise<RebuildAnswer & { readonly outputFile: string }>;
  /** Removes the folder of a request. */
  discard(folder: string): Promise<void>;
  /** Which fences are active on this machine, for the log and the health page. */
  sandbox(): Promise<{ readonly networkNamespace: boolean; readonly memoryLimit: boolean }>;
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export function createInspector(options: InspectorOptions): Inspector {
  const limits: InspectorLimits = { ...defaultInspectorLimits, ...options.limits };
  const run = async <Result>(
    message: Message,
    files: ChildFiles,
    parse: (value: unknown) => { readonly ok: true; readonly result: Result } | AnswerFailure,
    signal: AbortSignal | undefined,
  ): Promise<Result> => {
    const fences = await probeFences();
    if (fences.namespaces === null && options.networkNamespace === 'required') {
      throw new InspectorError(
        'INSPECTOR_SANDBOX',
        'no network namespace: allow unshare(1) (user namespaces) for the signer, or configure `preferred`',
      );
    }
    const value = await runChild(
      childCommand(inspectorProgram(options.builtIn), fences, limits, files),
      message,
      limits,
      signal,
    );
    return resultOf(value, parse, limits);
  };
  const freshFolder = async (folder: string) => {
    const parent = requestFolder(options.workDir, folder);
    await mkdir(parent, { recursive: true, mode: 0o700 });
    return realpath(await mkdtemp(join(parent, 'op-')));
  };

  return {
    async inspect({ file, folder, configuration, locations = {}, upstream = null, signal }) {
      const artifact = await realFile(file);
      const work = await freshFolder(folder);
      const message: Message = {
        operation: 'inspect',
        file: artifact,
        folder: work,
        configuration,
        locations,
        upstream:
          upstream === null ? null : { roots: upstream.roots.map(toBase64), now: upstream.now.toISOString() },
        limits,
      };
      const answer = await run(
        message,
        { read: [artifact], write: [`${work}/`] },
        parseInspectAnswer,
        signal,
      );
      const inWork = <One extends { readonly file: string }>(file: One): One => ({
        ...file,
        file: join(work, file.file),
      });
      return {
        ...answer,
        ok: failures(answer.findings).length === 0,
        artifactFile: join(work, artifactCopy),
        leaves: answer.leaves.map(inWork),
        containers: answer.containers.map(inWork),
        inside: answer.inside.map(inWork),
        signTargets: answer.signTargets.map(({ file: name, subject, ...target }) => ({
          ...target,
          leafFile: join(work, name),
          subject: subject === null ? null : subjectOf(subject),
        })),
      };
    },

    async subject({ type, file, sha256, sign, signal }) {
      const known = { type, file: await realFile(file), sha256 };
      const message: Message = { operation: 'subject', ...known, sign };
      return subjectOf(await run(message, { read: [known.file], write: [] }, parseSubjectAnswer, signal));
    },

    async embed({ type, file, sha256, sign, signature, folder, signal }) {
      const known = { type, file: await realFile(file), sha256 };
      const work = await freshFolder(folder);
      const outputFile = join(work, 'signed');
      const message: Message = {
        operation: 'embed',
        ...known,
        sign,
        outputFile,
        signature: toBase64(signature),
      };
      const files = { read: [known.file], write: [`${work}/`] };
      const answer = await run(message, files, parseEmbedAnswer, signal);
      const { sha256: signedSha256, sizeBytes } = answer;
      const readBack = { signature: bytesOf(answer.signature), subject: subjectOf(answer.subject) };
      return { signedFile: outputFile, sha256: signedSha256, sizeBytes, readBack };
    },

    async rebuild({ type, file, sha256, replacements, additions = [], folder, signal }) {
      const known = { type, file: await realFile(file), sha256 };
      const work = await freshFolder(folder);
      const outputFile = join(work, 'rebuilt');
      const real = <Change extends FileReplacement>(changes: readonly Change[]): Promise<readonly Change[]> =>
        Promise.all(changes.map(async (change) => ({ ...change, file: await realFile(change.file) })));
      const changes = { replacements: await real(replacements), additions: await real(additions) };
      const message: Message = { operation: 'rebuild', ...known, limits, ...changes, outputFile };
      const read = [...changes.replacements, ...changes.additions].map((change) => change.file);
      const files = { read: [known.file, ...read], write: [`${work}/`] };
      return { ...(await run(message, files, parseRebuildAnswer, signal)), outputFile };
    },

    async discard(folder) {
      await rm(requestFolder(options.workDir, folder), { recursive: true, force: true });
    },

    async sandbox() {
      const fences = await probeFences();
      return { networkNamespace: fences.namespaces !== null, memoryLimit: fences.prlimit !== null };
    },
  };
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const subjectOf = ({ digest, content }: SubjectAnswer): Subject => ({ digest, content: bytesOf(content) });

function requestFolder(workDir: string, folder: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(folder)) {
    throw new InspectorError(
      'INSPECTOR_IO',
      `not a folder name: ${JSON.stringify(folder)}; use the request's id`,
    );
  }
  return join(workDir, folder);
}

async function realFile(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (cause) {
    throw new InspectorError('INSPECTOR_IO', `no file ${file}`, '', { cause });
  }
}

const failureCodes: Record<AnswerFailure['code'], InspectorErrorCode> = {
  INPUT: 'INSPECTOR_INPUT',
  IO: 'INSPECTOR_IO',
  MEMORY: 'INSPECTOR_MEMORY',
  DEFECT: 'INSPECTOR_CRASHED',
};

function resultOf<Result>(
  value: unknown,
  parse: (value: unknown) => { readonly ok: true; readonly result: Result } | AnswerFailure,
  limits: InspectorLimits,
): Result {
  let answer: { readonly ok: true; readonly result: Result } | AnswerFailure;
  try {
    answer = parse(value);
  } catch (cause) {
    throw new InspectorError('INSPECTOR_PROTOCOL', "the inspector's answer doesn't match the protocol", '', {
      cause,
    });
  }
  if (answer.ok) return answer.result;
  if (answer.code === 'MEMORY') throw outOfMemory(limits.memoryMebibytes, answer.message);
  throw new InspectorError(failureCodes[answer.code], `the inspector refused: ${answer.message}`);
}
