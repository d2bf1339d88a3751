/** What a container’s own writer does wrong, the comparison behind it finds. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultUnpackLimits } from '#core/formats/archive/index.ts';
import { filledInstaller } from '#core/formats/msi/contents/contents.fixture.ts';
import { msiContainer } from '#core/formats/msi/contents/index.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { rebuild } from './rebuild.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-rebuild-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const path = 'Widget Maker/widget program.exe';
const content = Buffer.from('program, signed');
const digest = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

async function rebuildInstaller(outputName: string) {
  const [before, replacement] = [await filledInstaller(), `${folder}/replacement`];
  await writeFile(`${folder}/before`, before);
  await writeFile(replacement, content);
  return rebuild({
    operation: 'rebuild',
    type: 'msi',
    file: `${folder}/before`,
    sha256: digest(before),
    replacements: [{ path, file: replacement, sha256: digest(content) }],
    additions: [],
    outputFile: `${folder}/${outputName}`,
    limits: defaultUnpackLimits,
  });
}

test('an installer of which more than its files changed is refused, although each of them is as it should be', async () => {
  await expect(rebuildInstaller('right')).resolves.toMatchObject({ unchanged: expect.any(Number) as number });
  const rewrite = msiContainer.rewrite.bind(msiContainer);
  const other = memorySource(await filledInstaller({ database: { properties: { ProductName: 'Other' } } }));
  const wrong = vi
    .spyOn(msiContainer, 'rewrite')
    .mockImplementation((_source, budget, changes) => rewrite(other, budget, changes));
  try {
    await expect(rebuildInstaller('wrong')).rejects.toMatchObject({ code: 'NOT_REWRITABLE' });
  } finally {
    wrong.mockRestore();
  }
});
