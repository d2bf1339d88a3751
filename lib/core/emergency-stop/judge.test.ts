import { describe, expect, it } from 'vitest';
import {
  approvalNamespace,
  stopNamespace,
  stopStatement,
  StatementError,
  type StopStatement,
} from '../approval/index.ts';
import { person } from '../approval/approval.fixture.ts';
import { parsePersonHandle, parseProjectSlug } from '../ids/index.ts';
import { base } from '../policy/plan/snapshots.fixture.ts';
import type { PolicySnapshot } from '../policy/index.ts';
import { judgeStopUnder } from './index.ts';

const now = new Date('2026-11-27T12:00:00.000Z');
const project = parseProjectSlug('esbuild-demo');
// By name, as the seed has them: found by the code that is tested, they would be whoever it takes them for.
const [maintainer, approver] = [{ handle: 'demo-maintainer' }, { handle: 'demo-approver' }];
const [head, team, stranger] = [person(maintainer.handle), person(approver.handle), person('stranger')];

/** The seed with keys that sign here. */
const people = new Map(base.people);
for (const one of [head, team]) {
  const before = people.get(one.approver.handle);
  if (before === undefined) throw new Error('nobody of that name');
  const approvalKeys = one.approver.keys.map((publicKey) => ({ type: 'ssh' as const, publicKey }));
  people.set(one.approver.handle, { ...before, value: { ...before.value, approvalKeys } });
}
const snapshot: PolicySnapshot = { ...base, people };

function said(by: typeof head, changes: Partial<StopStatement> = {}, namespace = stopNamespace) {
  const statement = stopStatement({
    action: 'stop',
    project,
    reason: 'Malware is suspected.',
    at: now.toISOString(),
    ...changes,
  });
  return { statement, signature: by.sign(statement, namespace) };
}
const minutes = (count: number): string => new Date(now.getTime() + count * 60_000).toISOString();

describe('a signed emergency stop', () => {
  it('counts from a policy maintainer for everything, and from an approver for the own project', () => {
    expect(judgeStopUnder(snapshot, said(head, { project: null }), now)).toMatchObject({
      ok: true,
      handle: maintainer.handle,
    });
    expect(judgeStopUnder(snapshot, said(head, { action: 'lift' }), now)).toMatchObject({ ok: true });
    expect(judgeStopUnder(snapshot, said(team), now)).toMatchObject({ ok: true, handle: approver.handle });
  });

  it.each([
    ['a stranger', () => said(stranger)],
    ['an approver who stops everybody', () => said(team, { project: null })],
    ['an approver who stops another project', () => said(team, { project: parseProjectSlug('other') })],
    ['an approver who lifts a stop', () => said(team, { action: 'lift' })],
    ['a signature for another purpose', () => said(head, {}, approvalNamespace)],
    ['one that was kept back', () => said(head, { at: minutes(-16) })],
    ['one of times to come', () => said(head, { at: minutes(6) })],
    [
      'another text than was signed',
      () => ({ ...said(head), statement: said(head, { reason: 'Other.' }).statement }),
    ],
    ['text that isn’t canonical', () => ({ ...said(head), statement: ` ${said(head).statement}` })],
    ['no statement at all', () => ({ statement: '{}', signature: '' })],
  ])('doesn’t count: %s', (_, make) => {
    expect(judgeStopUnder(snapshot, make(), now)).toMatchObject({ ok: false });
  });

  it('doesn’t count where its key is listed for somebody else as well', () => {
    const shared = new Map(people);
    const steward = parsePersonHandle('demo-steward');
    const [one, other] = [people.get(head.approver.handle), people.get(steward)];
    if (one === undefined || other === undefined) throw new Error('nobody of that name');
    shared.set(steward, { ...other, value: { ...other.value, approvalKeys: one.value.approvalKeys } });
    const verdict = judgeStopUnder({ ...snapshot, people: shared }, said(head), now);
    expect(verdict).toMatchObject({ ok: false, reason: expect.stringContaining('several people') as string });
  });

  it.each([{ reason: ' ' }, { reason: 'x'.repeat(501) }, { at: 'yesterday' }])('can’t say %j', (changes) => {
    expect(() => said(head, changes)).toThrow(StatementError);
  });
});
