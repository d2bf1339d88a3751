/** The demo project's package in small: what its configuration expects, quick to build and unlike any other. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import type { BuildOptions } from '../../build-system/index.ts';

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

export const demoRun = {
  repository: {
    id: '900100200',
    ownerId: '900100',
    uri: 'https://github.com/countersign-demo/esbuild-windows',
  },
  workflow: '.github/workflows/release.yml',
  ref: 'refs/tags/v1.0.0',
  commit: '5f1d3c2b7a9e48d6c0b1a2f3e4d5c6b7a8f90123',
  trigger: 'push',
} satisfies BuildOptions['run'];

/** A package as the demo project's configuration expects it, unlike any other by its `mark`; null leaves a file out. */
export async function packageWith(
  mark: string,
  change: Readonly<Record<string, Uint8Array | string | null>> = {},
): Promise<Uint8Array> {
  const files: Record<string, Uint8Array | string | null> = {
    'package/esbuild.exe': buildProgram({ overlay: new TextEncoder().encode(mark) }),
    'package/package.json': '{}',
    'package/README.md': `# ${mark}`,
    ...change,
  };
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files))
    if (content !== null) pack.entry({ name, mtime: new Date(0) }, Buffer.from(content));
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}
