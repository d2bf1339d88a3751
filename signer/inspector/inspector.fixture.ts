/** A folder with artifacts, and an inspector that works on them. */
import { createHash } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import type { ArtifactConfiguration, RootElement } from '#core/generated/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { createInspector, type Inspection, type Inspector, type InspectorLimits } from './index.ts';

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

export const failed = ({ findings }: Inspection): readonly string[] =>
  findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule);

export interface Bench {
  readonly folder: string;
  readonly inspector: Inspector;
  save(bytes: Uint8Array): Promise<string>;
  inspect(bytes: Uint8Array, root: RootElement, limits?: Partial<InspectorLimits>): Promise<Inspection>;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-inspector-')));
  const workDir = join(folder, 'work');
  let files = 0;
  const save = async (bytes: Uint8Array) => {
    files += 1;
    const file = join(folder, `artifact-${files}`);
    await writeFile(file, bytes);
    return file;
  };
  return {
    folder,
    inspector: createInspector({ workDir }),
    save,
    async inspect(bytes, root, limits = {}) {
      const limited = createInspector({ workDir, limits });
      return limited.inspect({
        file: await save(bytes),
        folder: 'request',
        configuration: configuration(root),
      });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
