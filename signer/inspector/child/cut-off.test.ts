/** Files of every format that the signer opens or signs, cut off at every 64th byte: each is refused, at a place and with what to do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultUnpackLimits } from '#core/formats/archive/index.ts';
import { cab } from '#core/formats/cab/cab.fixture.ts';
import { catalog, flat } from '#core/formats/catalog/catalog.fixture.ts';
import { installer } from '#core/formats/msi/msi.fixture.ts';
import { nupkg } from '#core/formats/nuget/nuget.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { tar } from '#core/formats/tar/tar.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import { configuration } from '../inspector.fixture.ts';
import { inspect } from './inspect.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-cut-off-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const closed = { ok: false, words: 'there is none' };
async function refusalsOf(bytes: Uint8Array, root: RootElement) {
  const work = await mkdtemp(join(folder, 'work-'));
  const file = join(work, 'given');
  await writeFile(file, bytes);
  const message = {
    operation: 'inspect',
    file,
    isCopied: false,
    digest: null,
    folder: work,
    configuration: configuration(root),
    locations: {},
    upstream: null,
    limits: defaultUnpackLimits,
    unpackers: { nsis: closed, inno: closed, '7z': closed },
  } as const;
  const { findings, signTargets } = await inspect(message, () =>
    Promise.reject(new Error('nothing is unpacked')),
  );
  return { refusals: failures(findings), signed: signTargets.length };
}

const sign = { method: 'authenticode' } as const;
const program = buildProgram();
const content = Buffer.from(Array.from({ length: 3000 }, (_none, index) => (index * 7919) % 251));
const programIn = { type: 'pe', path: '*.exe', sign } as const;
const manifest = 'Manifest-Version: 1.0\r\n\r\n';
/** `lostMax`: so many bytes at its end say nothing, and are made anew. */
const file = (type: string, bytes: Uint8Array, root: RootElement, lostMax = 0) => ({
  type,
  bytes,
  root,
  lostMax,
});
const files = [
  file('pe', program, { type: 'pe', sign }),
  file('msi', await installer(), { type: 'msi', sign }, 512),
  file('cab', cab([{ files: [{ name: 'a.exe', content: program }] }]), { type: 'cab', sign }),
  file('nuget', nupkg([{ name: 'lib/a.dll', content }]), { type: 'nuget', sign: { method: 'nuget' } }),
  file(
    'jar',
    zip([
      { name: 'META-INF/MANIFEST.MF', content: manifest },
      { name: 'a/B.class', content },
    ]),
    { type: 'jar', sign: { method: 'jar' } },
  ),
  file('zip', zip([{ name: 'a.exe', content: program }]), { type: 'zip', contents: [programIn] }),
  file('zip', zip([{ name: 'a.exe', content: program }], { zip64: true }), {
    type: 'zip',
    contents: [programIn],
  }),
  file('tar', tar({ name: 'a.exe', content: program }), { type: 'tar', contents: [programIn] }),
  file('tar.gz', gzipSync(tar({ name: 'a.exe', content: Buffer.concat([program, content]) })), {
    type: 'tar.gz',
    contents: [programIn],
  }),
  file('catalog', catalog([flat('a.txt', content), flat('b.txt', program)]), { type: 'catalog', sign }),
];

test.each(files)('$type', async ({ bytes, root, lostMax }) => {
  for (let size = 64; size < bytes.length - lostMax; size += 64) {
    const { refusals, signed } = await refusalsOf(bytes.subarray(0, size), root);
    const [first] = refusals;
    expect([size, signed, first?.fix ?? null]).toEqual([size, 0, expect.any(String)]);
    expect(`${size}: ${first?.message} ${first?.found}`).toMatch(/byte \d+/);
  }
});
