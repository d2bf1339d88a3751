/** What installers install: tables and cabinets that name each other, read as `contents` of a configuration does. */
import { createHash } from 'node:crypto';
import { UnpackBudget, defaultUnpackLimits } from '#core/formats/archive/index.ts';
import { cab, mszip, stored } from '#core/formats/cab/cab.fixture.ts';
import { filledInstaller, someDirectories } from '#core/formats/msi/contents/contents.fixture.ts';
import { msiContainer } from '#core/formats/msi/contents/index.ts';
import { streamName } from '#core/formats/msi/names.ts';
import { memorySource } from '#core/formats/random-access.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

const two = {
  media: [
    [1, 1, '#a.cab'],
    [2, 3, '#b.cab'],
  ],
  cabinets: {
    'a.cab': [{ type: stored, files: [{ name: 'F1', content: 'program' }] }],
    'b.cab': [
      {
        type: mszip,
        files: [
          { name: 'F2', content: 'tool'.repeat(2000) },
          { name: 'F3', content: '' },
        ],
      },
    ],
  },
} as const;
const equal = [
  { key: 'A', name: 'w.dll', content: 'same', directory: 'App' },
  { key: 'B', name: 'W.DLL', content: 'same', directory: 'App' },
];

export const installersFuzz: FuzzedFormat = {
  name: 'msi-contents',
  async seeds() {
    const shared = [
      {
        type: mszip,
        files: [
          { name: 'A', content: 'same' },
          { name: 'B', content: '', offset: 0, sizeBytes: 4 },
        ],
      },
    ];
    return [
      await filledInstaller(),
      await filledInstaller({ options: { version: 4 }, database: { wide: true, codePage: 65001 } }),
      await filledInstaller(two),
      await filledInstaller({ files: equal, cabinets: { 'product.cab': shared } }),
      await filledInstaller({
        files: equal.map((file) => ({ ...file, directory: 'Bin' })),
        directories: { ...someDirectories, Bin: ['App', 'BIN|bin:source'] },
        media: [],
        cabinets: {},
        streams: [{ name: streamName('MergeModule.CABinet'), content: cab(shared) }],
      }),
    ];
  },
  /** No digest is about the contents alone, so that what is held to be the same is the whole file: it must not be read in two ways. */
  async read(bytes) {
    const source = memorySource(bytes);
    const budget = () => new UnpackBudget(defaultUnpackLimits);
    const files: string[] = [];
    for await (const { path, issues, content } of msiContainer.open(source, budget())) {
      const hash = createHash('sha256');
      for await (const chunk of content) hash.update(chunk);
      files.push(`${path} ${issues.map(({ code }) => code).join()} ${hash.digest('hex')}`);
    }
    // What can be opened, can be built again, and then nothing has changed but what was asked for.
    const [first] = files;
    if (first !== undefined && files.every((line) => line.split(' ').at(-2) === '')) {
      await rebuilt(source, budget, files.length);
    }
    return { digest: createHash('sha256').update(bytes).digest('hex'), meaning: files.join('\n') };
  },
};

const added = Buffer.from('changed');

async function rebuilt(
  source: ReturnType<typeof memorySource>,
  budget: () => UnpackBudget,
  count: number,
): Promise<void> {
  /** The first file alone. */
  const changed = new Set<string>();
  const chunks: Uint8Array[] = [];
  const rewriting = msiContainer.rewrite(source, budget(), {
    added: () => Promise.resolve([]),
    replace({ path }) {
      if (changed.size > 0) return null;
      changed.add(path);
      return { sizeBytes: added.length, content: once };
    },
  });
  for await (const chunk of rewriting) chunks.push(Uint8Array.from(chunk));
  const after = memorySource(Buffer.concat(chunks));
  const paths: string[] = [];
  for await (const { path, content } of msiContainer.open(after, budget())) {
    for await (const _chunk of content);
    paths.push(path);
  }
  if (paths.length !== count) throw new Error(`${paths.length} files in place of ${count}`);
  const budgets = { before: budget(), after: budget() };
  await msiContainer.checkOthers?.(source, after, budgets, changed);
}

async function* once(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(added);
}
