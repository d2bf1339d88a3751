/** The daemon's side of the inspector: what can be asked of a request's child, and its checked answers. */
import { link, realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ElementLocations } from '#core/artifact/index.ts';
import type { Options, ReadBack, Subject } from '#core/formats/format.ts';
import { failures } from '#core/wire/finding/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { follow, type FollowedList, type FollowInput } from './follow-list.ts';
import type { Inspection } from './inspection.ts';
import { defaultInspectorLimits, type InspectorLimits } from './limits.ts';
import type { RebuildAnswer, SubjectAnswer } from './answers.ts';
import { artifactCopy, type FileAddition, type FileReplacement, type KnownFile } from './messages.ts';
import { parseEmbedAnswer, parseInspectAnswer, parseRebuildAnswer, parseSubjectAnswer } from './protocol.ts';
import { realFile } from './real-file.ts';
import { probeFences } from './sandbox/probe.ts';
import { codeFolder, requestFolder, Sessions, type SessionOptions } from './session.ts';
import { makeCompiledCode, type CodeMaker } from './compiled-code.ts';
import { inspectorProgram } from './sandbox/command.ts';
import { describeMachine, probeMachine, unpackersHere } from './unpackers/index.ts';

export interface InspectorOptions {
  /** Each request gets its own folder under this one, which is created if missing, and a child of its own. */
  readonly workDir: string;
  readonly limits?: Partial<InspectorLimits>;
  /** A child waits, started and without having seen anything, for the next request. Default: none does. */
  readonly keepsSpare?: boolean;
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
      /** What its bytes are known to hash to, of a file that nobody else writes to; left out: the child computes it. */
      readonly digest?: { readonly sha256: Sha256Hex; readonly sizeBytes: number };
      readonly configuration: ArtifactConfiguration;
      /** Policy lines of the configuration's elements, for findings. */
      readonly locations?: ElementLocations;
      /** Where signatures of upstream are verified: DER roots, and the time. Left out: none holds. */
      readonly upstream?: { readonly roots: readonly Uint8Array[]; readonly now: Date } | null;
    },
  ): Promise<Inspection>;
  /** The subject of a signature of the file as it is now. */
  subject(
    input: Operation & KnownFile & { readonly sign: Options; readonly name: string | null },
  ): Promise<Subject>;
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
  /** Writes anew what a list states of changed files, exactly in these fields; everything else stays byte for byte, which is verified. */
  follow(input: FollowInput): Promise<FollowedList>;
  /** Ends the child of a request; its folder stays → whether it is proved that nothing of it is left, with a file open to write. */
  end(folder: string): Promise<boolean>;
  /** Ends the child of a request and removes its folder, and all that the child wrote. */
  discard(folder: string): Promise<void>;
  /** Ends the child that waits for a request. */
  close(): Promise<void>;
  /** Which fences are active on this machine, for the log and the health page. */
  sandbox(): Promise<{ readonly networkNamespace: boolean; readonly memoryLimit: boolean }>;
  /** What opens installers on this machine, or why nothing does, in one line; for the log and the health page. */
  unpacking(): Promise<string>;
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export function createInspector(options: InspectorOptions): Inspector {
  let compiled: string | null = null;
  const limits: InspectorLimits = { ...defaultInspectorLimits, ...options.limits };
  const sessions = new Sessions(
    { ...options, compiled: () => (compiled === null ? null : { mode: 'take', file: compiled }) },
    limits,
  );
  const inspector = inspectorOf(options, limits, sessions);
  if (options.keepsSpare !== true) return inspector;
  const folder = codeFolder(options.workDir);
  sessions.prepare(async () => {
    if (inspectorProgram(options.builtIn).script === null) return;
    // Without it, children compile what they need.
    compiled = await makeCompiledCode(folder, (workDir) => codeMaker({ ...options, workDir }, limits)).catch(
      () => null,
    );
  });
  return {
    ...inspector,
    async close() {
      await inspector.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function codeMaker(options: InspectorOptions, limits: InspectorLimits): CodeMaker {
  let made: string | null = null;
  const compiled: SessionOptions['compiled'] = (work) => ({
    mode: 'make',
    file: (made = join(work, 'compiled')),
  });
  const sessions = new Sessions({ ...options, compiled }, limits);
  const inspector = inspectorOf(options, limits, sessions);
  const sign = { method: 'authenticode' } as const;
  const configuration: ArtifactConfiguration = {
    apiVersion: 'countersign/v1',
    kind: 'ArtifactConfiguration',
    root: { type: 'pe', sign },
  };
  return {
    async tryOut(folder, { file, sha256, sizeBytes }) {
      await inspector.inspect({ folder, file, digest: { sha256, sizeBytes }, configuration });
      // An empty SEQUENCE: what is embedded is compared by its bytes.
      const signature = Uint8Array.of(0x30, 0);
      await inspector.embed({ folder, type: 'pe', file, sha256, sign, signature });
    },
    async finish(folder) {
      await sessions.finish(folder);
      return made;
    },
    discard: (folder) => inspector.discard(folder),
  };
}

function inspectorOf(options: InspectorOptions, limits: InspectorLimits, sessions: Sessions): Inspector {
  return {
    async inspect({ file, digest, folder, configuration, locations = {}, upstream = null, signal }) {
      const artifact = await realFile(file);
      const request = await realpath(requestFolder(options.workDir, folder)).catch(() => null);
      const isOwn = request !== null && artifact.startsWith(request + sep);
      let isCopied = false;
      const { result, work } = await sessions.run({
        folder,
        signal,
        reads: () => (isCopied ? [] : [artifact]),
        parse: parseInspectAnswer,
        message: async (into) => ({
          operation: 'inspect',
          file: artifact,
          isCopied: (isCopied = isOwn && (await linked(artifact, join(into, artifactCopy)))),
          digest: digest ?? null,
          folder: into,
          configuration,
          locations,
          upstream:
            upstream === null
              ? null
              : { roots: upstream.roots.map(toBase64), now: upstream.now.toISOString() },
          limits,
          unpackers: unpackersHere(await probeMachine()),
        }),
      });
      const inWork = <One extends { readonly file: string }>(one: One): One => ({
        ...one,
        file: join(work, one.file),
      });
      return {
        ...result,
        ok: failures(result.findings).length === 0,
        artifactFile: join(work, artifactCopy),
        leaves: result.leaves.map(inWork),
        containers: result.containers.map(inWork),
        inside: result.inside.map(inWork),
        follows: result.follows.map(inWork),
        signTargets: result.signTargets.map(({ file: name, subject, ...target }) => ({
          ...target,
          leafFile: join(work, name),
          subject: subject === null ? null : subjectOf(subject),
        })),
      };
    },

    async subject({ type, file, sha256, sign, name, folder, signal }) {
      const known = { type, file: await realFile(file), sha256 };
      const { result } = await sessions.run({
        folder,
        signal,
        reads: () => [known.file],
        parse: parseSubjectAnswer,
        message: () => ({ operation: 'subject', ...known, sign, name }),
      });
      return subjectOf(result);
    },

    async embed({ type, file, sha256, sign, signature, folder, signal }) {
      const known = { type, file: await realFile(file), sha256 };
      const { result, work } = await sessions.run({
        folder,
        signal,
        reads: () => [known.file],
        parse: parseEmbedAnswer,
        message: (into) => ({
          operation: 'embed',
          ...known,
          sign,
          outputFile: join(into, signedName),
          signature: toBase64(signature),
        }),
      });
      const { sha256: signedSha256, sizeBytes } = result;
      const readBack = { signature: bytesOf(result.signature), subject: subjectOf(result.subject) };
      return { signedFile: join(work, signedName), sha256: signedSha256, sizeBytes, readBack };
    },

    async rebuild({ type, file, sha256, replacements, additions = [], folder, signal }) {
      const known = { type, file: await realFile(file), sha256 };
      const real = <Change extends FileReplacement>(changes: readonly Change[]): Promise<readonly Change[]> =>
        Promise.all(changes.map(async (change) => ({ ...change, file: await realFile(change.file) })));
      const changes = { replacements: await real(replacements), additions: await real(additions) };
      const { result, work } = await sessions.run({
        folder,
        signal,
        reads: () => [known, ...changes.replacements, ...changes.additions].map((one) => one.file),
        parse: parseRebuildAnswer,
        message: (into) => ({
          operation: 'rebuild',
          ...known,
          limits,
          ...changes,
          outputFile: join(into, rebuiltName),
        }),
      });
      return { ...result, outputFile: join(work, rebuiltName) };
    },

    follow: (input) => follow(sessions, input),

    end: (folder) => sessions.end(folder),

    async discard(folder) {
      const parent = requestFolder(options.workDir, folder);
      await sessions.discard(folder);
      await rm(parent, { recursive: true, force: true });
    },

    close: () => sessions.close(),

    async sandbox() {
      const fences = await probeFences();
      return { networkNamespace: fences.namespaces !== null, memoryLimit: fences.prlimit !== null };
    },

    async unpacking() {
      return describeMachine(await probeMachine());
    },
  };
}

const signedName = 'signed';
const rebuiltName = 'rebuilt';

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const subjectOf = ({ digest, content }: SubjectAnswer): Subject => ({ digest, content: bytesOf(content) });

/**
 * A second name for what the signer fetched into the request's own folder: the child reads, and may write, what it would
 * otherwise copy there. false: the file system can't, or not across its borders.
 */
async function linked(file: string, name: string): Promise<boolean> {
  return link(file, name).then(
    () => true,
    () => false,
  );
}
