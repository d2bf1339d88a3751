/** Which markdown files are pages of the documentation site, in the order of its navigation. */
import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Section {
  readonly title: string;
  /** Paths from the project's root. */
  readonly files: readonly string[];
  /**
   * Written for whoever runs or uses Countersign: every link leads somewhere, and every word is found. Pages of other sections are there
   * because these refer to them; where they name sources, the name stays without a link.
   */
  readonly isGuide: boolean;
}

/** What an operator reads first, in this order; other guides follow by name. */
const first = [
  'installation',
  'config-check',
  'ceremony',
  'hsm',
  'tokens',
  'first-release',
  'recovery',
  'several-signers',
  'object-store',
  'metrics',
];

export function sectionsOf(root: string): readonly Section[] {
  const filesIn = (folder: string): readonly string[] =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => posix.join(folder, name));
  const guides = filesIn('docs/guides');
  const begun = first.map((name) => `docs/guides/${name}.md`).filter((file) => guides.includes(file));
  const rest = guides.filter((file) => !begun.includes(file));
  const runbooks = filesIn('docs/guides/runbooks');
  const index = 'docs/guides/runbooks/index.md';
  const more = ['docs/threat-model.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'SECURITY.md', 'bench/RESULTS.md'];
  return [
    { title: 'Guides', files: [...begun, ...rest], isGuide: true },
    {
      title: 'Incident runbooks',
      files: [index, ...runbooks.filter((file) => file !== index)],
      isGuide: true,
    },
    { title: 'Policies', files: filesIn('docs/policy'), isGuide: true },
    { title: 'Reference', files: filesIn('docs/reference'), isGuide: true },
    { title: 'Builds', files: ['action/README.md', 'gitlab-component/README.md'], isGuide: false },
    { title: 'Background', files: more.filter((file) => existsSync(join(root, file))), isGuide: false },
    { title: 'Decisions', files: filesIn('docs/decisions'), isGuide: false },
  ];
}

/** Files that guides link to and that are no pages: they go along as they are. */
export const attached =
  /^(?:deploy\/(?:monitoring|examples)|docs\/reference|schemas)\/[\w.-]+\.(?:yaml|json)$/;

/** Address of a page or an attached file within the site. */
export function addressOf(file: string): string {
  if (attached.test(file)) return `files/${file}`;
  return file.replace(/^docs\//, '').replace(/\.md$/, '.html');
}
