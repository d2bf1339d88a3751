import type { PeLayout } from '../layout.ts';
import { readExactly, type RandomAccessSource } from '../../random-access.ts';
import { openImage, type Image } from './image.ts';
import { parseVersionInfo, type VersionInfo } from './parse-version-info.ts';
import { versionResources } from './resource-tree.ts';

export interface PeVersion {
  /** Every version resource of the program; empty: it has none. */
  readonly resources: readonly (VersionInfo & {
    /** Windows language id of the resource, for example 0x0409. */
    readonly language: number;
  })[];
  /** Whether the Go linker wrote the program: Go embeds no version resource by itself. */
  readonly goProgram: boolean;
}

/**
 * Program with a layout that parsePe accepted → what it states about itself, in all languages. Reads at most a
 * few megabytes, whatever the program.
 * Rejects (PeVersionError): resources outside the sections, broken, ambiguous or endless ones.
 */
export async function readPeVersion(source: RandomAccessSource, layout: PeLayout): Promise<PeVersion> {
  const image = await openImage(source, layout);
  const resources = (await versionResources(image)).map(({ language, bytes }) => ({
    language,
    ...parseVersionInfo(bytes),
  }));
  return { resources, goProgram: resources.length === 0 && (await isGoProgram(image)) };
}

const goInfoMark = '\xff Go buildinf:';
const searchBytes = 64 * 1024;
const searchedSectionsMax = 16;

/**
 * The Go linker writes a section `.symtab`, which no other linker does, and its build info near the start of a
 * data section; builds that lack one usually have the other.
 */
async function isGoProgram({ source, sections }: Image): Promise<boolean> {
  if (sections.some(({ name }) => name === '.symtab')) return true;
  for (const { rawOffset, sizeBytes } of sections.slice(0, searchedSectionsMax)) {
    const length = Math.min(sizeBytes, searchBytes, source.size - rawOffset);
    if (rawOffset === 0 || length <= 0) continue;
    const bytes = Buffer.from(await readExactly(source, rawOffset, length));
    if (bytes.includes(goInfoMark, 0, 'latin1')) return true;
  }
  return false;
}
