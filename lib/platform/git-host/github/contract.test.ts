import { startGitHub } from '../../../../dev/github/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { expect } from 'vitest';
import { contractFiles, describeGitHost } from '../contract.fixture.ts';
import { openGitHub } from './open.ts';

const states = {
  approved: 'APPROVED',
  changes_requested: 'CHANGES_REQUESTED',
  commented: 'COMMENTED',
  dismissed: 'DISMISSED',
} as const;

describeGitHost('GitHub, as the stateful fake answers for it', async () => {
  const fake = await startGitHub({ files: contractFiles });
  const { facts, privateKey, url } = fake;
  return {
    host: openGitHub({
      apiUrl: url,
      app: { appId: facts.appId, installationId: facts.installationId, privateKey },
      repository: { owner: facts.owner, name: facts.name, id: String(facts.repositoryId) },
      timing: { secondMilliseconds: 5, paced: false, timeoutMilliseconds: 60_000 },
    }),
    push: ({ branch, changes, onto }) =>
      Promise.resolve(
        parseCommitSha(fake.people.push({ branch, changes, ...(onto === undefined ? {} : { onto }) })),
      ),
    review: (number, state) => {
      // Whole seconds, as on GitHub: the next review is later.
      fake.state.aheadSeconds += 1;
      fake.people.review({ number, by: 'ada', state: states[state] });
      return Promise.resolve();
    },
    async release() {
      await fake.stop();
      expect(fake.misfits).toEqual([]);
    },
  };
});
