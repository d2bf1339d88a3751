/** What the demo's project has built, as the host knows it: a release, twice, of which one run failed after it had attested. The same at every start. */
import { Builds } from '../builds/state.ts';
import type { State } from '../state.ts';
import { addDemoRepository, demoRepository } from './demo-repository.ts';

const workflow = '.github/workflows/release.yml';
const checkout = 'actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11 # v4';
const files = {
  'README.md': '# esbuild for Windows\n',
  [workflow]: `name: Release\non:\n  push:\n    tags: ['v*']\njobs:\n  build:\n    runs-on: windows-latest\n    steps:\n      - uses: ${checkout}\n      - run: node scripts/pack.js\n`,
};
const tag = 'v0.28.2';

/** Commits are named by what is in them, and runs are counted: the time is a part of both. */
function build() {
  const builds = new Builds(demoRepository.id, () => '2026-10-05T09:00:00Z');
  const released = builds.commit(files, 'main');
  builds.tag(tag, released, true);
  const run = () => builds.run({ path: workflow, event: 'push', headBranch: tag, headSha: released });
  const failing = run();
  failing.conclusion = 'failure';
  failing.jobs = [builds.job('build'), builds.job('test', { conclusion: 'failure' })];
  const own = ({ id }: { readonly id: number }) => ({
    ref: `refs/tags/${tag}`,
    commit: released,
    runId: String(id),
  });
  return {
    builds,
    release: own(run()),
    failed: own(failing),
  };
}

const { release, failed } = build();
/** As the build system certifies them. */
export const demoBuilds = { release, failed };

export function addDemoBuilds(state: State): void {
  addDemoRepository(state);
  state.builds.set(demoRepository.id, build().builds);
}
