import { describe, expect, it } from 'vitest';
import type { CheckAnnotation, CheckResult } from '../index.ts';
import { onFake, policyFile, refused } from './on-fake.fixture.ts';

const on = onFake();

const annotation = (line: number): CheckAnnotation => ({
  path: policyFile,
  startLine: line,
  endLine: line,
  startColumn: 3,
  endColumn: 9,
  level: 'failure',
  title: `rule ${line}`,
  message: `line ${line} is wrong`,
});
async function check(count: number, more: Partial<CheckResult> = {}): Promise<CheckResult> {
  const annotations = Array.from({ length: count }, (_, index) => annotation(index + 1));
  const text = { title: `${count} findings`, summary: 'See the lines.', annotations };
  const named = { name: 'countersign / policy', externalId: `hash-${count}`, conclusion: 'failure' as const };
  return { commit: await on.main(), ...named, ...text, ...more };
}
const stored = (): { title: string }[][] =>
  [...on.fake.state.checkRuns.values()].map(({ annotations }) => annotations as { title: string }[]);
const titles = (count: number): string[] => Array.from({ length: count }, (_, index) => `rule ${index + 1}`);

describe('check runs on GitHub', () => {
  it('concludes at once if the annotations fit in one request', async () => {
    const run = await on.host.publishCheck(await check(50));
    expect(run).toMatchObject({ conclusion: 'failure', annotationsCount: 50, externalId: 'hash-50' });
    expect(on.asked('POST', /check-runs$/)).toBe(1);
    expect(on.asked('PATCH', /check-runs/)).toBe(0);
  });

  it('concludes without annotations', async () => {
    const run = await on.host.publishCheck(await check(0, { conclusion: 'success' }));
    expect(run).toMatchObject({ conclusion: 'success', annotationsCount: 0 });
  });

  it('sends annotations in batches of 50, each once and in order, and concludes with the last', async () => {
    const run = await on.host.publishCheck(await check(123));
    expect(run).toMatchObject({ conclusion: 'failure', annotationsCount: 123 });
    expect(stored().map((each) => each.map(({ title }) => title))).toEqual([titles(123)]);
    expect(on.asked('PATCH', /check-runs/)).toBe(2);
  });

  it('isn’t concluded while a batch is missing, and a retry finishes the same run', async () => {
    const down = { kind: 'status', status: 503 } as const;
    on.fake.inject({ method: 'PATCH', path: /check-runs/, times: 9, mishap: down });
    await expect(on.host.publishCheck(await check(70))).rejects.toEqual(refused('UNAVAILABLE'));
    expect(await on.host.checks(await on.main())).toMatchObject([{ conclusion: null, annotationsCount: 50 }]);
    for (let left = 0; left < 9; left += 1) {
      const done = await on.host.publishCheck(await check(70)).catch(() => null);
      if (done !== null) break;
    }
    expect(stored().map((each) => each.map(({ title }) => title))).toEqual([titles(70)]);
    expect(await on.host.checks(await on.main())).toMatchObject([{ conclusion: 'failure' }]);
  });

  it.each(['POST', 'PATCH'])('sends no batch twice when the answer to a %s was lost', async (method) => {
    on.fake.inject({ method, path: /check-runs/, mishap: { kind: 'status', status: 502, applied: true } });
    await on.host.publishCheck(await check(120));
    expect(stored().map((each) => each.map(({ title }) => title))).toEqual([titles(120)]);
  });

  it('does nothing for a result that is published already, and makes a new run for another', async () => {
    const first = await on.host.publishCheck(await check(60));
    expect(await on.host.publishCheck(await check(60))).toEqual(first);
    await on.host.publishCheck(await check(0, { conclusion: 'success' }));
    const runs = await on.host.checks(await on.main());
    expect(runs.map(({ conclusion }) => conclusion)).toEqual(['failure', 'success']);
  });

  it('shows at most 1,000 annotations and says how many are left out', async () => {
    await on.host.publishCheck(await check(1003));
    const [run] = on.fake.state.checkRuns.values();
    expect(run?.annotations).toHaveLength(1000);
    expect(run?.summary).toContain('3 more findings aren’t shown here.');
  });

  it('omits columns if an annotation spans lines, and shortens what GitHub would refuse', async () => {
    const spanning = { ...annotation(1), endLine: 4, title: 't'.repeat(400) };
    await on.host.publishCheck(await check(0, { annotations: [spanning], summary: 's'.repeat(100_000) }));
    expect(stored()).toMatchObject([[{ start_line: 1, end_line: 4, title: `${'t'.repeat(249)}…` }]]);
  });

  it('refuses a list of checks that counts more than it shows', async () => {
    await on.host.publishCheck(await check(0));
    on.fake.inject({ path: /check-runs\?/, times: 2, mishap: { kind: 'shortened' } });
    await expect(on.host.checks(await on.main())).rejects.toEqual(refused('PARTIAL'));
  });
});
