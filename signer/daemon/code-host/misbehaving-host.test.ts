/** A host that answers wrongly, partly, slowly or not at all: nothing of it ever counts as a yes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Mishap } from '../../../dev/github/index.ts';
import { openBuilt, type Built } from './built.fixture.ts';

let built: Built;
beforeEach(async () => {
  built = await openBuilt();
});
afterEach(() => built.gitHub.stop());

const always = (path: RegExp, mishap: Mishap): void => built.gitHub.inject({ path, times: 99, mishap });
const status = (code: number, headers: Readonly<Record<string, string>> = {}): Mishap => ({
  kind: 'status',
  status: code,
  headers,
});
const answerTo = async (key: string) => {
  const answers = await built.look(built.asked({}));
  return answers.find(({ question }) => question.key === key)?.answer;
};

describe('what is definite', () => {
  test.each<[string, Mishap, RegExp]>([
    ['404', status(404), /there is none, or the signer may not see it/],
    [
      '403 with the missing right',
      status(403, { 'x-accepted-github-permissions': 'actions=read' }),
      /lacks the right actions=read/,
    ],
    ['403 without', status(403), /status 403/],
    ['410', status(410), /status 410/],
    ['304 for what was never asked', status(304), /status 304/],
    ['a page for people', { kind: 'html' }, /text\/html and no JSON/],
    ['half an answer', { kind: 'halved' }, /no whole JSON/],
    ['a list that lacks an entry', { kind: 'shortened' }, /lists 1 of 2 jobs/],
    [
      'an answer that lacks a field',
      { kind: 'without', field: 'jobs' },
      /isn't what GitHub's description says/,
    ],
  ])('is no answer, and refuses: %s', async (_name, mishap, problem) => {
    always(/\/jobs/, mishap);
    expect(await answerTo('jobs')).toMatchObject({
      kind: 'unknown',
      problem: expect.stringMatching(problem) as string,
      passes: false,
    });
    const { failed } = await built.judge({});
    expect(failed).toEqual(['origin.host-runners']);
    const allowed = await built.judge({ unknown: 'allow' });
    expect(allowed.failed).toEqual([]);
    expect(allowed.findings).toContainEqual(
      expect.objectContaining({
        rule: 'origin.host-unknown',
        outcome: 'info',
        policy: { file: 'unknown', line: 1, column: 1 },
      }),
    );
  });

  test('a redirect to another host is not followed, and the token goes nowhere', async () => {
    always(/\/jobs/, status(302, { location: 'http://127.0.0.1:1/' }));
    expect(await answerTo('jobs')).toMatchObject({ kind: 'unknown', passes: false });
  });

  test('data of another repository, run or ruleset never counts', async () => {
    const other = built.builds.run({ ...built.run, headRepositoryId: 1 });
    built.builds.runs.set(built.run.id, other);
    expect((await built.judge({ requireRunSuccess: true })).failed).toEqual([
      'origin.host-run',
      'origin.host-runners',
      'origin.run-success',
    ]);
  });
});

describe('what passes', () => {
  test.each<[string, Mishap, RegExp]>([
    ['500', status(500), /status 500/],
    ['503', status(503), /status 503/],
    ['a connection that is cut', { kind: 'cut' }, /the connection failed/],
    ['refused credentials', status(401), /does not accept the signer’s credentials/],
    ['a limit', status(429, { 'retry-after': '900' }), /limit is reached/],
    [
      'a limit that a page for people tells of',
      { kind: 'status', status: 429, headers: { 'retry-after': '900' }, page: true },
      /limit is reached/,
    ],
    ['a request that took too long to arrive', status(408), /status 408/],
  ])('is waited for and decides nothing: %s', async (_name, mishap, problem) => {
    always(/\/jobs/, mishap);
    expect(await answerTo('jobs')).toMatchObject({
      kind: 'unknown',
      problem: expect.stringMatching(problem) as string,
      passes: true,
    });
  });

  test('silence is waited for, and no longer than configured', async () => {
    const hurried = await openBuilt('dev-signer', 0.3);
    try {
      hurried.gitHub.inject({ path: /\/jobs/, times: 3, mishap: { kind: 'silent' } });
      const answers = await hurried.look(hurried.asked({}));
      expect(answers.find(({ question }) => question.key === 'jobs')?.answer).toMatchObject({
        kind: 'unknown',
        problem: 'it did not answer in time',
        passes: true,
      });
    } finally {
      await hurried.gitHub.stop();
    }
  });

  test('an outage of two exchanges isn’t seen, with growing pauses', async () => {
    built.gitHub.inject({ path: /\/jobs/, times: 2, mishap: status(502) });
    expect((await answerTo('jobs'))?.kind).toBe('told');
    expect(built.waits).toEqual([1000, 3000]);
  });

  test('a short limit is waited for within the look, as long as the host says', async () => {
    built.gitHub.inject({ path: /\/jobs/, mishap: status(403, { 'retry-after': '5' }) });
    expect((await answerTo('jobs'))?.kind).toBe('told');
    expect(Math.round((built.waits[0] ?? 0) / 1000)).toBe(5);
  });

  test('is counted by the host’s clock, and from no time that it doesn’t name', async () => {
    const hostNow = Date.now() + 7 * 3_600_000;
    const limit = (headers: Readonly<Record<string, string>>) =>
      built.gitHub.inject({
        path: /\/jobs/,
        mishap: status(403, { 'x-ratelimit-remaining': '0', ...headers }),
      });
    const date = new Date(hostNow).toUTCString();
    limit({ date, 'x-ratelimit-reset': String(Math.floor(hostNow / 1000) + 9) });
    expect((await answerTo('jobs'))?.kind).toBe('told');
    expect(Math.round((built.waits[0] ?? 0) / 1000)).toBe(9);
    limit({});
    expect(await answerTo('jobs')).toMatchObject({ kind: 'unknown', passes: true });
  });

  test('a long one holds for every look of this signer, and says until when', async () => {
    const reset = Math.ceil(Date.now() / 1000) + 600;
    always(/\/jobs/, status(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) }));
    await answerTo('jobs');
    const count = built.gitHub.log.length;
    await expect(built.look(built.asked({}))).rejects.toMatchObject({
      code: 'HOST_UNAVAILABLE',
      until: expect.any(Date) as Date,
    });
    expect(built.gitHub.log.length).toBe(count);
  });
});

test('a policy that needs more than twelve requests has the rest unknown', async () => {
  for (let index = 0; index < 15; index += 1) built.builds.protect('tag', { rules: [{ type: 'update' }] });
  const { answers, failed } = await built.judge({ tagRulesets: { rules: { restrictUpdates: true } } });
  expect(answers.length).toBe(12);
  expect(failed).toEqual(['origin.tag-rules']);
});
