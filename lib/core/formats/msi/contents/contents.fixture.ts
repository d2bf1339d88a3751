/** Installers with files in a cabinet, for tests that need one thing wrong. */
import { createHash } from 'node:crypto';
import { cab, mszip, type CabFolderParts } from '../../cab/cab.fixture.ts';
import type { Described } from '../../cfb/cfb.fixture.ts';
import { installer, type Database, type TableParts } from '../msi.fixture.ts';
import { streamName } from '../names.ts';
import type { CompoundOptions } from '../../cfb/cfb.fixture.ts';

const [text, short, long, stream] = [0x0d48, 0x0502, 0x0104, 0x0900];

export interface InstalledParts {
  readonly key: string;
  readonly name: string;
  readonly content: Uint8Array | string;
  /** Of the directory; `App` unless said. */
  readonly directory?: string;
  /** In place of what is so. */
  readonly sizeBytes?: number;
  readonly sequence?: number;
  readonly attributes?: number;
  readonly component?: string;
  readonly hash?: 'none' | 'wrong';
}

export interface FilledParts {
  readonly files?: readonly InstalledParts[];
  /** Id → parent and DefaultDir. */
  readonly directories?: Readonly<Record<string, readonly [string, string]>>;
  readonly media?: TableParts['rows'];
  /** In place of one folder with all files. */
  readonly cabinets?: Readonly<Record<string, readonly CabFolderParts[]>>;
  readonly binaries?: Readonly<Record<string, Uint8Array | string>>;
  readonly streams?: readonly Described[];
  readonly data?: readonly TableParts[];
  readonly database?: Database;
  readonly options?: Partial<CompoundOptions>;
}

export const someFiles: readonly InstalledParts[] = [
  { key: 'F1', name: 'WIDGET~1.EXE|widget program.exe', content: 'program' },
  { key: 'F2', name: 'tool.exe', content: 'tool'.repeat(2000), directory: 'Bin' },
  { key: 'F3', name: 'read.txt', content: '' },
];

export const someDirectories: Readonly<Record<string, readonly [string, string]>> = {
  TARGETDIR: ['', 'SourceDir'],
  ProgramFilesFolder: ['TARGETDIR', '.:PFiles'],
  App: ['ProgramFilesFolder', 'APP|Widget Maker:source'],
  Bin: ['App', 'bin'],
};

export async function filledInstaller(parts: FilledParts = {}): Promise<Buffer> {
  const { files = someFiles, directories = someDirectories, binaries = { Actions: 'actions' } } = parts;
  const cabinets: NonNullable<FilledParts['cabinets']> = parts.cabinets ?? {
    'product.cab': [
      { type: mszip, files: files.map(({ key, content }) => ({ name: key, content: Buffer.from(content) })) },
    ],
  };
  const hashed = files.filter(({ hash }) => hash !== 'none');
  const data: readonly TableParts[] = [
    {
      name: 'File',
      columns: [
        ['File', text],
        ['Component_', text],
        ['FileName', text],
        ['FileSize', long],
        ['Attributes', short],
        ['Sequence', short],
      ],
      rows: files.map((file, index) => [
        file.key,
        file.component ?? `C-${file.directory ?? 'App'}`,
        file.name,
        file.sizeBytes ?? Buffer.from(file.content).length,
        file.attributes ?? 512,
        file.sequence ?? index + 1,
      ]),
    },
    {
      name: 'Component',
      columns: [
        ['Component', text],
        ['Directory_', text],
      ],
      rows: Object.keys(directories).map((id) => [`C-${id}`, id]),
    },
    {
      name: 'Directory',
      columns: [
        ['Directory', text],
        ['Directory_Parent', text],
        ['DefaultDir', text],
      ],
      rows: Object.entries(directories).map(([id, [parent, name]]) => [id, parent, name]),
    },
    {
      name: 'Media',
      columns: [
        ['DiskId', short],
        ['LastSequence', short],
        ['Cabinet', text],
      ],
      rows: parts.media ?? [[1, files.length, '#product.cab']],
    },
    {
      name: 'MsiFileHash',
      columns: [
        ['File_', text],
        ['Options', short],
        ...[1, 2, 3, 4].map((part) => [`HashPart${part}`, long] as const),
      ],
      rows: hashed.map(({ key, content, hash }) => {
        const digest = createHash('md5')
          .update(hash === 'wrong' ? 'other' : Buffer.from(content))
          .digest();
        return [key, 0, ...[0, 4, 8, 12].map((at) => digest.readInt32LE(at))];
      }),
    },
    {
      name: 'Binary',
      columns: [
        ['Name', text],
        ['Data', stream],
      ],
      rows: Object.keys(binaries).map((name) => [name, 1]),
    },
    ...(parts.data ?? []),
  ];
  const streams: readonly Described[] = [
    ...Object.entries(cabinets).map(([name, folders]) => ({ name: streamName(name), content: cab(folders) })),
    ...Object.entries(binaries).map(([name, content]) => ({
      name: streamName(`Binary.${name}`),
      content: Buffer.from(content),
    })),
    ...(parts.streams ?? []),
  ];
  return installer({ ...parts.database, data, streams }, parts.options);
}
