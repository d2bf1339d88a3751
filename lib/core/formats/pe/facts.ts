/** What a Windows program states about itself, kept so that a later policy can be evaluated against it. */
import type { FileKind } from '../kind/index.ts';
import { PeVersionError, readPeVersion, type PeVersion } from './version/index.ts';
import type { PeLayout } from './layout.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { factTextMax, type FactName, type FileFacts } from '../format.ts';

/** Those that an artifact configuration can require. */
export const programFactNames: readonly FactName[] = [
  { name: 'ProductName', words: 'Product name' },
  { name: 'ProductVersion', words: 'Product version' },
  { name: 'FileVersion', words: 'File version' },
  { name: 'CompanyName', words: 'Company' },
  { name: 'LegalCopyright', words: 'Copyright' },
  { name: 'OriginalFilename', words: 'Original file name' },
];

/** A version resource that can't be read is no error here: nothing requires it. */
export async function programFacts(
  source: RandomAccessSource,
  layout: PeLayout,
  kind: FileKind,
): Promise<FileFacts> {
  const signed = layout.certificateTable !== null;
  try {
    return { type: 'pe', signed, kind, texts: agreedTexts(await readPeVersion(source, layout)) };
  } catch (error) {
    if (error instanceof PeVersionError) return { type: 'pe', signed, kind, texts: null };
    throw error;
  }
}

/** Texts that all languages agree on; null where any two disagree. */
function agreedTexts(version: PeVersion): Readonly<Record<string, string>> | null {
  const agreed: Record<string, string> = {};
  const tables = version.resources.flatMap((resource) => resource.tables);
  for (const { name } of programFactNames) {
    const stated = tables.map(
      ({ strings }) => [...strings].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null,
    );
    const [first = null] = stated;
    if (stated.some((text) => text !== first)) return null;
    if (first !== null) agreed[name] = first.slice(0, factTextMax);
  }
  return agreed;
}
