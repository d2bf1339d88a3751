/** What is suggested for files that nobody has described, by the real inspector: it is tried, and gets signed inside and outside. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filledInstaller } from '#core/formats/msi/contents/contents.fixture.ts';
import { nupkg } from '#core/formats/nuget/nuget.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { examineUnknown } from './index.ts';
import { failed, openBench, program, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

async function suggested(bytes: Uint8Array, name: string) {
  const { suggestion, inspection } = await examineUnknown(bench.inspector, {
    file: await bench.save(bytes),
    name,
    folder: 'unknown',
    upstreamRoots: null,
    now: new Date(),
  });
  expect(failed(inspection)).toEqual([]);
  const signed = inspection.signTargets.map(({ path }) => path.join(' › ')).sort();
  return { text: suggestion?.text ?? '', signed };
}

const manifest = (more: string): string => `Manifest-Version: 1.0\r\n${more}\r\n`;
const jar = (more = '') =>
  zip([
    { name: 'META-INF/MANIFEST.MF', content: manifest(more) },
    { name: 'A.class', content: 'x' },
  ]);
const files = [
  { key: 'Main', name: 'widget.exe', content: program },
  { key: 'Note', name: 'read.txt', content: 'Read me.' },
];

describe('of an unknown file', () => {
  test('what an installer installs is signed in it, and then the installer', async () => {
    const installer = await filledInstaller({ files });
    const alone = await suggested(installer, 'widget.msi');
    expect(alone.signed).toEqual(['', 'Widget Maker/widget.exe']);
    expect(alone.text).toMatch(/^root:\n {2}type: msi\n/m);
    const inside = await suggested(zip([{ name: 'w/widget.msi', content: installer }]), 'w.zip');
    expect(inside.signed).toEqual(['w/widget.msi', 'w/widget.msi › Widget Maker/widget.exe']);
  });

  test('an installer whose contents can’t be listed, or that has nothing to sign in it, is signed as a whole', async () => {
    const beside = await filledInstaller({ files, media: [[1, 2, 'product.cab']] });
    const idle = await filledInstaller({ files: files.slice(1) });
    for (const installer of [beside, idle]) {
      const { text, signed } = await suggested(zip([{ name: 'widget.msi', content: installer }]), 'w.zip');
      expect(signed).toEqual(['widget.msi']);
      expect(text.match(/contents:/g)).toHaveLength(1);
    }
  });

  test('Java archives and packages in an archive are signed by their own formats, those of others aren’t', async () => {
    const archive = zip([
      { name: 'widget.exe', content: buildProgram() },
      { name: 'widget-core.jar', content: jar() },
      { name: 'lib/other.jar', content: jar('Implementation-Vendor: Others\r\n') },
      { name: 'Widget.1.2.0.nupkg', content: nupkg() },
    ]);
    const { signed, text } = await suggested(archive, 'widget-1.2.0.zip');
    expect(signed).toEqual(['Widget.1.2.0.nupkg', 'widget-core.jar', 'widget.exe']);
    expect(text).toContain('sign: { method: jar }');
    expect(text).toContain('sign: { method: nuget }');
  });
});
