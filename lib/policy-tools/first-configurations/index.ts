/** Artifact configurations to start from, one for each kind of file that projects have signed: for applicants, and for whoever adds a file. Pure. */
import { stringify } from 'yaml';
import type { ArtifactConfiguration, Element, RootElement } from '#core/generated/index.ts';

interface FirstConfiguration {
  /** As answers of applicants have it. */
  readonly kind: string;
  readonly label: string;
  readonly hint: string | null;
  /** What the start does, and what its maintainers will want to add; lines of a comment. */
  readonly words: readonly string[];
  readonly root: (name: string) => RootElement;
}

const some = { min: 1, max: 'unbounded' } as const;
const any = { min: 0, max: 'unbounded' } as const;
const rest: Element = { type: 'file', path: '**', matches: any };
const authenticode = (description: string) => ({ method: 'authenticode', description }) as const;
const describeMore = 'Describe here what a release really contains; whatever matches nothing is refused.';

const programs = (type: 'zip' | 'tar.gz', label: string): FirstConfiguration => ({
  kind: type,
  label,
  hint: null,
  words: ['A start: every program in the archive is signed, everything else stays as it is.', describeMore],
  root: (name) => ({
    type,
    contents: [{ type: 'pe', path: '**/*.exe', matches: some, sign: authenticode(name) }, rest],
  }),
});

/** In the order in which they are offered; the first is what is meant by no answer. */
export const firstConfigurations: readonly FirstConfiguration[] = [
  {
    kind: 'pe',
    label: 'A Windows program or installer (.exe, .dll)',
    hint: null,
    words: ['A start: one Windows program, submitted as it is.', describeMore],
    root: (name) => ({ type: 'pe', sign: authenticode(name) }),
  },
  {
    kind: 'msi',
    label: 'A Windows Installer package (.msi)',
    hint: 'Programs in it are signed before it is built.',
    words: [
      'A start: one Windows Installer package. Sign the programs in it before it is built from them.',
      'What it has to say can be asked for: metadata: { productName: …, productVersion: …, manufacturer: … }',
    ],
    root: (name) => ({ type: 'msi', sign: authenticode(name) }),
  },
  programs('zip', 'A zip archive with Windows programs in it'),
  programs('tar.gz', 'A .tar.gz archive with Windows programs in it'),
  {
    kind: 'cab',
    label: 'A cabinet (.cab)',
    hint: null,
    words: [
      'A start: one cabinet, signed as a whole. With `contents`, the programs in it are signed first.',
      describeMore,
    ],
    root: (name) => ({ type: 'cab', sign: authenticode(name) }),
  },
  {
    kind: 'catalog',
    label: 'A zip archive with a driver: its catalog (.cat) and its files',
    hint: 'Every file that the catalog lists has to be in the archive.',
    words: [
      'A start: a driver package. The catalogs are signed, and every file that they list has to be in the archive.',
      'Windows loads kernel drivers only with a signature of Microsoft besides.',
    ],
    root: (name) => ({
      type: 'zip',
      contents: [
        { type: 'catalog', path: '**/*.cat', matches: some, sign: authenticode(name) },
        { type: 'pe', path: '**/*.sys', matches: any },
        { type: 'pe', path: '**/*.dll', matches: any },
        rest,
      ],
    }),
  },
  {
    kind: 'scripts',
    label: 'A zip archive with PowerShell scripts or modules in it',
    hint: 'Lines end with CRLF, and text is ASCII or has a byte order mark.',
    words: [
      'A start: every PowerShell script, module and manifest in the archive is signed, everything else stays as it is.',
      'Lines end with CRLF, and text is ASCII or has a byte order mark: *.ps1 text eol=crlf in .gitattributes.',
    ],
    root: () => ({
      type: 'zip',
      contents: [
        {
          type: 'set',
          include: [
            { path: '**/*.ps1', matches: any },
            { path: '**/*.psm1', matches: any },
            { path: '**/*.psd1', matches: any },
          ],
          each: { type: 'powershell', sign: { method: 'authenticode' } },
        },
        rest,
      ],
    }),
  },
  {
    kind: 'nuget',
    label: 'A NuGet package (.nupkg)',
    hint: null,
    words: [
      'A start: one NuGet package, signed as by its author. With `contents`, the libraries in it are signed first.',
      'What its .nuspec has to say can be asked for: metadata: { id: …, version: …, repositoryUrl: … }',
    ],
    root: () => ({ type: 'nuget', sign: { method: 'nuget' } }),
  },
  {
    kind: 'jar',
    label: 'A Java archive (.jar, .war, .ear, .aab)',
    hint: null,
    words: [
      'A start: one Java archive. With `contents`, archives and libraries in it are signed first.',
      'What its manifest has to say can be asked for: metadata: { implementationTitle: …, mainClass: … }',
    ],
    root: () => ({ type: 'jar', sign: { method: 'jar' } }),
  },
  {
    kind: 'files',
    label: 'A zip archive with other files, each of which gets a signature beside it',
    hint: 'For example source archives: openssl checks them with the certificate.',
    words: [
      'A start: each source archive gets a detached signature (CMS) in a file beside it, everything else stays as it is.',
      '`method: dsse` makes an envelope instead, as for statements of in-toto.',
    ],
    root: () => ({
      type: 'zip',
      contents: [{ type: 'file', path: '**/*.tar.gz', matches: some, sign: { method: 'cms' } }, rest],
    }),
  },
];

export const findFirstConfiguration = (kind: string): FirstConfiguration | null =>
  firstConfigurations.find((first) => first.kind === kind) ?? null;

const commentWidth = 110;

/** The text of the file; `more`: further lines of its comment, whatever is in them. */
export function firstConfigurationText(
  { words, root }: FirstConfiguration,
  name: string,
  more: readonly string[] = [],
): string {
  const configuration: ArtifactConfiguration = {
    apiVersion: 'countersign/v1',
    kind: 'ArtifactConfiguration',
    root: root(name),
  };
  const comments = [...words, ...more].map((line) =>
    `# ${line.replaceAll(/\p{C}/gu, ' ')}`.slice(0, 2 * commentWidth),
  );
  return `${comments.join('\n')}\n${stringify(configuration, { lineWidth: 100, aliasDuplicateObjects: false })}`;
}
