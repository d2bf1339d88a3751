/** What was found in an artifact, file by file, for replays of later policies. */
import { z } from 'zod';
import { formatTypes } from '../../generated/format-types.ts';
import { earlierForm, hex64 } from './event.ts';

/** What users start, what they start to install others, and what programs load. */
const kinds = ['program', 'installer', 'library', 'other'] as const;

/** What a file says about itself, kept for replays of later policies. Decides nothing by itself. */
export interface FileFacts {
  readonly type: (typeof formatTypes)[number];
  /** It carries a signature. */
  readonly signed: boolean;
  /** null: the format tells none. */
  readonly kind: (typeof kinds)[number] | null;
  /** By the format's names, `ProductName` or `Id`; null: they can't be read, or contradict one another. */
  readonly texts: Readonly<Record<string, string>> | null;
}

const factsSchema: z.ZodType<FileFacts, FileFacts> = z.object({
  type: z.enum(formatTypes),
  signed: z.boolean({ error: 'true or false' }),
  kind: z.enum(kinds).nullable(),
  texts: z.record(z.string(), z.string()).nullable(),
});

/** A file or folder of an artifact, with what was read of it. */
export interface InspectedFile {
  /** Outermost container first; each step is a path inside its container. Empty: the artifact itself. */
  readonly path: readonly string[];
  readonly type: 'file' | 'directory';
  readonly sizeBytes: number;
  readonly sha256: string | null;
  /** What was read from the file; null: nothing, or it wasn't recorded. */
  readonly facts: FileFacts | null;
}

/** Before formats were several, `pe` stood for `facts`: what was read of Windows programs alone, first without their kind. */
function withFacts(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { pe, ...rest } = members;
  if ('facts' in members || pe === undefined) return members;
  if (typeof pe !== 'object' || pe === null) return { ...rest, facts: pe };
  const { signed, kind = null, version } = pe as Readonly<Record<string, unknown>>;
  return { ...rest, facts: { type: 'pe', signed, kind, texts: version } };
}

export const inspectedFileSchema: z.ZodType<InspectedFile, InspectedFile> = earlierForm(
  z.object({
    sizeBytes: z
      .int({ error: 'a number of bytes' })
      .nonnegative('a number of bytes')
      .describe('Its size, unpacked'),
    path: z
      .array(z.string(), { error: 'a list of at most 64' })
      .max(64, 'a list of at most 64')
      .describe('Path in the artifact, outermost container first; empty: the artifact itself'),
    type: z.enum(['file', 'directory'], { error: 'file or directory' }).describe('What it is'),
    sha256: hex64.nullable().describe('Its octets; null: of a folder'),
    facts: factsSchema
      .nullable()
      .describe(
        'Its format, whether it is signed, program, installer or library, and what it says of itself',
      ),
  }),
  withFacts,
);

/** More than the signer lists of one artifact. */
export const inspectedFilesMax = 100_000;
