/** A folder with artifacts, and an inspector that works on them. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import type { ArtifactConfiguration, RootElement } from '#core/generated/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { buildProcess } from '../../scripts/processes/build.ts';
import { processes } from '../../scripts/processes/list.ts';
import { createInspector, pieceAt, type Inspection, type Inspector, type InspectorLimits } from './index.ts';

export const program = buildProgram();
/** A DER value is all that embedding asks for. */
export const pkcs7 = Uint8Array.from([0x30, 0x03, 0x02, 0x01, 0x05]);
export const sign = { method: 'authenticode' } as const;
export const anyFiles = { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } } as const;
export const signedPrograms = {
  type: 'pe',
  path: '**/*.exe',
  matches: { min: 0, max: 'unbounded' },
  sign,
} as const;
export const inTar: RootElement = { type: 'tar', contents: [anyFiles] };
export const inZip: RootElement = { type: 'zip', contents: [anyFiles] };
export const inTgz: RootElement = { type: 'tar.gz', contents: [anyFiles] };

export const configuration = (root: RootElement): ArtifactConfiguration => ({
  apiVersion: 'countersign/v1',
  kind: 'ArtifactConfiguration',
  root,
});

export const sha256 = (bytes: Uint8Array): Sha256Hex =>
  parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

/** What an answer names: a file, or a piece of one. */
export async function leafBytes(path: string): Promise<Uint8Array> {
  const piece = pieceAt(path);
  if (piece === null) return readFile(path);
  return (await readFile(piece.file)).subarray(piece.start, piece.start + piece.sizeBytes);
}

export const failed = ({ findings }: Inspection): readonly string[] =>
  findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule);

export interface Bench {
  readonly folder: string;
  readonly inspector: Inspector;
  save(bytes: Uint8Array): Promise<string>;
  inspect(bytes: Uint8Array, root: RootElement, limits?: Partial<InspectorLimits>): Promise<Inspection>;
  close(): Promise<void>;
}

/**
 * Built from the sources as they are now, in a second: each of the dozens of children that a test starts takes a sixth of the
 * time then. sandbox.test.ts covers that children start from their sources, too.
 */
async function buildInspector(folder: string): Promise<string> {
  const target = join(folder, 'dist');
  for (const name of ['inspector', 'inspector-lockdown'] as const)
    await buildProcess(name, processes[name], target);
  await writeFile(join(target, 'package.json'), '{ "type": "module" }');
  return target;
}

export async function openBench(): Promise<Bench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-inspector-')));
  const workDir = join(folder, 'work');
  const builtIn = await buildInspector(folder);
  const newInspector = (limits: Partial<InspectorLimits> = {}): Inspector =>
    createInspector({ workDir, limits, builtIn });
  const shared = newInspector();
  let files = 0;
  const save = async (bytes: Uint8Array) => {
    files += 1;
    const file = join(folder, `artifact-${files}`);
    await writeFile(file, bytes);
    return file;
  };
  return {
    folder,
    inspector: shared,
    save,
    async inspect(bytes, root, limits = {}) {
      const limited = newInspector(limits);
      try {
        return await limited.inspect({
          file: await save(bytes),
          folder: 'request',
          configuration: configuration(root),
        });
      } finally {
        await limited.end('request');
      }
    },
    async close() {
      for (const name of ['first', 'request', 'embed', 'subject', 'rebuild']) await shared.end(name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
