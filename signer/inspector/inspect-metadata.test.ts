/** Sets, directories and metadata restrictions, from the configuration to the finding. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { versionProgram } from '#core/formats/pe/version/version.fixture.ts';
import { offsets, withField } from '#core/formats/pe/program.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { configuration, failed, openBench, program, sign, type Bench } from './inspector.fixture.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const widget = versionProgram({ '040904b0': { ProductName: 'Widget', ProductVersion: '1.2.3' } });
const plugin = versionProgram({ '040904b0': { ProductName: 'Widget plugin', ProductVersion: '1.2.3' } });

const release = configuration({
  type: 'zip',
  contents: [
    {
      type: 'directory',
      path: 'widget-${version}',
      contents: [
        {
          type: 'set',
          include: [
            { path: 'widget.exe' },
            {
              path: 'plugins/*.dll',
              matches: { min: 0, max: 'unbounded' },
              metadata: { productName: 'Widget plugin' },
            },
          ],
          each: { type: 'pe', metadata: { productName: 'Widget', productVersion: '${version}.*' }, sign },
        },
      ],
    },
  ],
});
const versioned = { ...release, parameters: [{ name: 'version', default: '1.2' }] };
const locations = {
  '/root/contents/0/contents/0/include/0': { file: 'windows.yaml', line: 9, column: 13 },
};

async function inspect(first: Uint8Array, second: Uint8Array = plugin) {
  const bytes = zip([
    { name: 'widget-1.2/widget.exe', content: first },
    { name: 'widget-1.2/plugins/a.dll', content: second },
  ]);
  const file = await bench.save(bytes);
  return bench.inspector.inspect({ file, folder: 'request', configuration: versioned, locations });
}

describe('metadata restrictions', () => {
  test('pass programs that match, each include with its own restrictions', async () => {
    const inspection = await inspect(widget);
    expect(failed(inspection)).toEqual([]);
    expect(inspection.signTargets.map(({ path, element }) => [path, element])).toEqual([
      [['widget-1.2/widget.exe'], 1],
      [['widget-1.2/plugins/a.dll'], 2],
    ]);
    const passed = inspection.findings.filter(({ rule }) => rule === 'pe.metadata');
    expect(passed.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass', 'pass']);
  });

  test('refuse another product, with the policy line, what was found and a fix; nothing is signed', async () => {
    const inspection = await inspect(plugin, widget);
    expect(failed(inspection)).toEqual(['pe.metadata', 'pe.metadata']);
    expect(inspection.signTargets).toEqual([]);
    expect(inspection.findings.find(({ outcome }) => outcome === 'fail')).toMatchObject({
      message: 'The program states ProductName "Widget plugin"; "Widget" is required.',
      expected: 'ProductName "Widget"',
      found: '"Widget plugin"',
      policy: { file: 'windows.yaml', line: 9, column: 13 },
      path: ['widget-1.2/widget.exe'],
      fix: 'Set ProductName in the program’s version resource, or change `metadata.productName`.',
    });
  });

  test('refuse programs without a version resource, or with a broken one', async () => {
    expect(failed(await inspect(program))).toEqual(['pe.metadata']);
    const broken = withField(widget, offsets('pe32+').certificateDirectory - 16, 0x9000);
    expect(failed(await inspect(broken))).toEqual(['pe.version-resource']);
  });

  test('require nothing of programs without restrictions', async () => {
    const broken = withField(widget, offsets('pe32+').certificateDirectory - 16, 0x9000);
    expect(failed(await bench.inspect(broken, { type: 'pe', sign }))).toEqual([]);
  });
});

test('a missing directory is refused with a finding that says so', async () => {
  const file = await bench.save(zip([{ name: 'widget.exe', content: widget }]));
  const inspection = await bench.inspector.inspect({ file, folder: 'request', configuration: versioned });
  expect(failed(inspection)).toEqual(['artifact.unexpected', 'artifact.directory', 'artifact.count']);
});
