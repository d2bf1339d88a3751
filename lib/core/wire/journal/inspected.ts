/** What was found in an artifact, file by file: later policies are tried out on it. */
import { z } from 'zod';
import type { FileFacts, FormatType } from '../../formats/format.ts';
import type { FileKind } from '../../formats/kind/index.ts';
import { earlierForm, hex64 } from './event.ts';

/** Types and kinds by name, here so that who reads a journal needn't load what reads files; one that is missing doesn't compile. */
const types: Readonly<Record<FormatType, null>> = {
  'tar.gz': null,
  tar: null,
  zip: null,
  pe: null,
  msi: null,
  cab: null,
  appx: null,
  msix: null,
  catalog: null,
  powershell: null,
  'windows-script': null,
  opc: null,
  nuget: null,
  jar: null,
  apk: null,
  rpm: null,
  deb: null,
  xml: null,
  'office-oxml': null,
  'office-binary': null,
  oci: null,
  file: null,
};
const kinds: Readonly<Record<FileKind, null>> = { program: null, installer: null, library: null };
const namesOf = <Name extends string>(names: Readonly<Record<Name, null>>) =>
  Object.keys(names) as [Name, ...Name[]];

const factsSchema: z.ZodType<FileFacts, FileFacts> = z.object({
  type: z.enum(namesOf(types)),
  signed: z.boolean({ error: 'true or false' }),
  kind: z.enum(namesOf(kinds)).nullable(),
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
