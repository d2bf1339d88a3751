import { streamRange, type UnpackBudget } from '../archive/index.ts';
import type { Container } from '../container.ts';
import { readGzip, readGzipHeader, writeGzip } from '../gzip/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import type { FormatId } from '../recognise/index.ts';
import { readTar } from './read-tar.ts';
import { rewriteTar } from './rewrite-tar.ts';

type Unpack = (source: RandomAccessSource, budget: UnpackBudget) => AsyncIterable<Uint8Array>;
type Pack = (source: RandomAccessSource, tar: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

function tarIn(recognisedAs: FormatId, unpack: Unpack, pack: Pack): Container {
  return {
    recognisedAs,
    takesAdditions: true,
    async *open(source, budget) {
      for await (const record of readTar(unpack(source, budget), budget)) {
        if (record.kind !== 'entry') continue;
        const { path, type, issues, offset, body } = record;
        yield { path, type, issues, offset, content: body };
      }
    },
    rewrite(source, budget, changes) {
      const tar = rewriteTar(unpack(source, budget), budget, {
        replace(entry) {
          const replacement = changes.replace(entry);
          if (replacement === null) return null;
          return { sizeBytes: replacement.sizeBytes, content: replacement.content() };
        },
        added: (entry) => changes.added(entry),
      });
      return pack(source, tar);
    },
  };
}

export const tarContainer = tarIn(
  'tar',
  (source) => streamRange(source),
  (_, tar) => tar,
);

/** The gzip header's name, time and comment are kept. */
export const tarGzipContainer = tarIn(
  'gzip',
  (source, budget) => readGzip(source, budget.limits),
  async function* (source, tar) {
    yield* writeGzip(await readGzipHeader(source), tar);
  },
);
