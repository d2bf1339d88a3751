/** `requireRunArtifact`: the file is what the host keeps of the attested run, whatever id anybody names or leaves out. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBuilt, type Built, type Lines } from './built.fixture.ts';

const rule = 'origin.run-artifact';
const asking: Lines = { requireRunArtifact: true };

let built: Built;
beforeEach(async () => {
  built = await openBuilt();
});
afterEach(async () => {
  expect(built.gitHub.misfits).toEqual([]);
  await built.gitHub.stop();
});

async function judged(lines: Lines = {}) {
  const { findings, failed, answers } = await built.judge({ ...asking, ...lines });
  const finding = findings.find((one) => one.rule === rule);
  return { failed, answers, finding, found: finding?.found, message: finding?.message };
}
const withoutArtifacts = () => built.gitHub.state.artifacts.byId.clear();

test('an artifact of the run is found by its digest, in one request that only this line makes', async () => {
  const { failed, finding, answers } = await judged();
  expect(failed).toEqual([]);
  expect(finding).toMatchObject({
    outcome: 'pass',
    found: `program: ${built.artifact.digest ?? ''}`,
    policy: { file: 'requireRunArtifact' },
  });
  const { path } = answers.find(({ question }) => question.key === 'artifacts')?.question ?? {};
  expect(path).toMatch(new RegExp(`/actions/runs/${built.run.id}/artifacts[?]per_page=100$`));
  expect(built.gitHub.described).toContain('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts');
  const { length } = (await built.judge({})).answers;
  expect(answers).toHaveLength(length + 1);
});

test('an honest release with every line but one asks no more than twelve requests', async () => {
  const { answers } = await judged({
    requireRunSuccess: true,
    commitOn: ['main'],
    tagRulesets: { rules: { restrictUpdates: true } },
    branchRulesets: { rules: { blockForcePushes: true } },
    caches: 'refused',
    actions: 'pinned',
  });
  expect(answers.map(({ question }) => question.key)).toContain('artifacts');
  expect(answers.length).toBeLessThanOrEqual(12);
});

describe('the row of', () => {
  test('another run’s artifact with the same digest', async () => {
    withoutArtifacts();
    const other = built.builds.run({ ...built.run });
    built.upload('program', built.artifact.bytes, other.id);
    expect(await judged()).toMatchObject({
      failed: [rule],
      message: 'GitHub keeps no artifact of the run.',
      finding: { expected: `an artifact of run ${built.run.id} with ${built.artifact.digest ?? ''}` },
    });
    // Listed for this run, by a host that is wrong or was made to be.
    built.upload('program', built.artifact.bytes).says = { id: other.id };
    expect(await judged()).toMatchObject({ failed: [rule], found: `program: of run ${other.id}` });
  });

  test('another repository’s artifact, a fork’s, and one of another commit', async () => {
    const commit = 'f'.repeat(40);
    for (const [change, found] of [
      [{ repository_id: 910_000_099 }, 'program: of repository 910000099'],
      [{ head_repository_id: 910_000_002 }, 'program: code of repository 910000002'],
      [{ head_sha: commit }, `program: of commit ${commit}`],
    ] as const) {
      built.artifact.says = change;
      expect(await judged()).toMatchObject({ failed: [rule], found });
    }
  });

  test('an artifact that expired', async () => {
    built.artifact.expired = true;
    const { failed, finding } = await judged();
    expect(failed).toEqual([rule]);
    expect(finding).toMatchObject({ found: 'program: expired' });
    expect(finding?.fix).toContain('retention-days');
  });

  test('a file that isn’t an artifact of the run: people hear which ones it has', async () => {
    withoutArtifacts();
    const { digest } = built.upload('installer', Buffer.from('another'));
    const { failed, finding } = await judged();
    expect(failed).toEqual([rule]);
    expect(finding).toMatchObject({ found: `installer: ${digest ?? ''}` });
    expect(finding?.fix).toContain('as GitHub keeps it');
  });

  test('an artifact whose digest isn’t told is unknown', async () => {
    for (const digest of [null, 'sha256:', `md5:${'a'.repeat(32)}`]) {
      built.artifact.digest = digest;
      const { failed, found } = await judged();
      expect(failed).toEqual([rule]);
      expect(found).toBe('it has no SHA-256 of program');
    }
    expect((await judged({ unknown: 'allow' })).failed).toEqual([]);
    // What is gone can't have been submitted.
    built.artifact.expired = true;
    expect((await judged({ unknown: 'allow' })).failed).toEqual([rule]);
  });

  test('two artifacts of one name: the digest tells which is the file', async () => {
    const second = built.upload('program', Buffer.from('of the second attempt'));
    expect((await judged()).failed).toEqual([]);
    built.gitHub.state.artifacts.byId.delete(built.artifact.id);
    expect(await judged()).toMatchObject({ failed: [rule], found: `program: ${second.digest ?? ''}` });
    // Twice the same bytes: the one that is the run's own counts.
    built.upload('program', built.artifact.bytes).expired = true;
    expect((await judged()).failed).toEqual([rule]);
    built.upload('program', built.artifact.bytes);
    expect((await judged()).failed).toEqual([]);
  });

  test('an artifact that doesn’t say whose it is', async () => {
    built.artifact.says = { head_sha: undefined };
    expect(await judged()).toMatchObject({
      failed: [rule],
      found: 'the artifact program does not say which run, code and commit it is of',
    });
    expect((await judged({ unknown: 'allow' })).failed).toEqual([]);
    // What it does say, and wrongly, is no question of what isn't told.
    built.artifact.says = { head_sha: undefined, id: 1 };
    expect((await judged({ unknown: 'allow' })).failed).toEqual([rule]);
  });
});

describe('artifacts that aren’t all told', () => {
  test('more than one page is unknown, though the file be on the first', async () => {
    for (let count = 0; count < 100; count += 1) built.upload(`p${count}`, Buffer.from(`${count}`));
    built.upload('program', built.artifact.bytes);
    expect(await judged()).toMatchObject({
      failed: [rule],
      found: 'the run has more than 100 artifacts',
      finding: { fix: expect.stringContaining('at most 100') as string },
    });
    expect((await judged({ unknown: 'allow' })).failed).toEqual([]);
  });

  test('a list that lacks an entry is unknown', async () => {
    built.upload('other', Buffer.from('other'));
    built.gitHub.inject({ path: /\/artifacts/, times: 9, mishap: { kind: 'shortened' } });
    expect(await judged()).toMatchObject({ failed: [rule], found: 'the answer lists 1 of 2 artifacts' });
  });

  test('a right that the signer lacks is named', async () => {
    const headers = { 'x-accepted-github-permissions': 'actions=read' };
    built.gitHub.inject({ path: /\/artifacts/, mishap: { kind: 'status', status: 403, headers } });
    expect(await judged()).toMatchObject({
      failed: [rule],
      found: 'the signer lacks the right actions=read',
    });
  });
});

test('names are a stranger’s: they are cut, and nothing in them is markup', async () => {
  withoutArtifacts();
  for (let count = 0; count < 9; count += 1)
    built.upload(`<img src=x>[a](b)\`|${'n'.repeat(300)}`, Buffer.from(`${count}`));
  const { found } = await judged();
  expect(found).toMatch(/^([\p{L}\p{N}._+@ ?-]{1,40}: sha256:[0-9a-f]{64}; ){4}5 more$/u);
  expect(found?.length).toBeLessThan(500);
});
