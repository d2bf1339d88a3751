/** For tests: the seed without floors, with esbuild-demo on GitLab and built by GitLab CI/CD. */
import { decode, encode, seedWithKeys } from './seed.fixture.ts';

export const releaseFile = 'projects/esbuild-demo/policies/release-signing.yaml';

const origin = `origin:
  provider: gitlab
  buildSystem: gitlab-com
  repository:
    id: '20000001'
    ownerId: '7000001'
    uri: https://gitlab.com/countersign-demo/tools/esbuild-windows
  refs:
    branches: [main]
    tags: ['v*']
  pipelineSources: [push, web]
  runner: gitlab-hosted
`;

type Change = readonly [file: string, from: string | RegExp, to: string];

/** What puts esbuild-demo on GitLab. `trustRoot`: by which the builds there are verified. */
export const ontoGitLab = (trustRoot: string): readonly Change[] => [
  [releaseFile, /origin:\n(?: .*\n)+/, origin],
  [
    'projects/esbuild-demo/project.yaml',
    /repository:\n(?: .*\n)+/,
    `repository:\n${(/ {4}id:[^]*uri.*\n/.exec(origin)?.[0] ?? '').replaceAll(/^ {4}/gm, '  ')}`,
  ],
  [
    'trust/root.yaml',
    'buildSystems:\n',
    `buildSystems:
  - name: gitlab-com
    displayName: GitLab CI/CD
    provider: gitlab
    issuer: https://gitlab.com
    trustRoot: ${trustRoot}
`,
  ],
];

/** The keys of people differ each time they are made: here they are the same in all. */
const seed = seedWithKeys();

/** `edits`: texts replaced in the release policy. */
export function seedOnGitLab(edits: readonly (readonly [from: string, to: string])[] = []) {
  const files = new Map(seed);
  const all: readonly Change[] = [
    ['foundation.yaml', /^floors:[^]*$/m, ''],
    ...ontoGitLab('sigstore-public-good'),
    ...edits.map(([from, to]) => [releaseFile, from, to] as const),
  ];
  for (const [file, from, to] of all) {
    const text = decode(files.get(file));
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} has no ${String(from)}`);
    files.set(file, encode(changed));
  }
  return files;
}
