import { describe, expect, it } from 'vitest';
import { parseCommitSha, parsePolicySlug, parseRequestId, parseSha256Hex } from '../ids/index.ts';
import { person, statementFields } from './approval.fixture.ts';
import { approvalNamespace, approvalStatement, countApprovals } from './index.ts';
import type { ApprovalStatement, CountApprovalsInput } from './index.ts';

const alice = person('alice', 2);
const bob = person('bob');
const mallory = person('mallory');
const { decision: _decision, expiresAt: _expiresAt, ...subject } = statementFields();

const count = (changes: Partial<CountApprovalsInput>) =>
  countApprovals({
    subject,
    submissions: [],
    approvers: [alice.approver, bob.approver],
    quorum: 1,
    submitterMayApprove: false,
    now: new Date('2026-01-01T00:00:00Z'),
    ...changes,
  });

describe('countApprovals', () => {
  it('waits while the quorum is not reached, and says who is there', () => {
    const result = count({ submissions: [alice.decide()], quorum: 2 });
    expect(result.state).toBe('pending');
    expect(result.findings.at(-1)).toMatchObject({
      rule: 'approval.quorum',
      outcome: 'info',
      found: 'alice',
    });
  });

  it('approves when the quorum is reached by different people', () => {
    const result = count({ submissions: [alice.decide(), bob.decide()], quorum: 2 });
    expect(result).toMatchObject({ state: 'approved', ok: true, value: { quorum: 2, deniedBy: null } });
  });

  it('counts one person once, even with two keys and two submissions', () => {
    const result = count({ submissions: [alice.decide(), alice.decide({}, 1), alice.decide()], quorum: 2 });
    expect(result).toMatchObject({ state: 'pending', tally: { approvals: [{ handle: 'alice' }] } });
  });

  it('ends with one denial, whenever it came and even when it expired', () => {
    const denial = bob.decide({ decision: 'deny', expiresAt: '2025-01-01T00:00:00.000Z' });
    for (const submissions of [
      [denial, alice.decide()],
      [alice.decide(), denial],
    ]) {
      expect(count({ submissions })).toMatchObject({
        state: 'denied',
        ok: false,
        tally: { deniedBy: 'bob' },
      });
    }
  });

  it("ignores a stranger's denial and a denial of another request", () => {
    const other = parseRequestId('0b7c1c1e-52a4-4c6f-9d0e-8f2f7e0f5a12');
    const submissions = [
      mallory.decide({ decision: 'deny' }),
      bob.decide({ decision: 'deny', request: other }),
      alice.decide(),
    ];
    expect(count({ submissions }).state).toBe('approved');
  });

  const mismatches: readonly [string, Partial<ApprovalStatement>][] = [
    ['another request', { request: parseRequestId('0b7c1c1e-52a4-4c6f-9d0e-8f2f7e0f5a12') }],
    ['another signing policy', { policy: parsePolicySlug('test-signing') }],
    ['another file', { artifactSha256: parseSha256Hex('f'.repeat(64)) }],
    ['another policy commit', { policyCommit: parseCommitSha('d'.repeat(40)) }],
    ['another source commit', { sourceCommit: parseCommitSha('d'.repeat(40)) }],
    ['no source commit', { sourceCommit: null }],
    ['another submitter', { submittedBy: 'person:erin' }],
    ['parameters that the request hasn’t', { parameters: { version: '1.2.3' } }],
    ['a moment that has passed', { expiresAt: '2026-01-01T00:00:00.000Z' }],
    ['a moment too far away', { expiresAt: '2026-03-01T00:00:00.000Z' }],
  ];
  it.each(mismatches)('does not count an approval for %s', (_what, changes) => {
    const result = count({ submissions: [alice.decide(changes)] });
    expect(result.state).toBe('pending');
    expect(result.findings[0]).toMatchObject({ rule: 'approval.submission', outcome: 'info' });
  });

  it('counts for exactly the parameters of the request', () => {
    const asked = { ...subject, parameters: { version: '1.2.3' } };
    const with_ = (parameters: Record<string, string>) =>
      count({ subject: asked, submissions: [alice.decide({ parameters })] });
    expect(with_({ version: '1.2.3' }).state).toBe('approved');
    for (const other of [
      {},
      { version: '1.2.4' },
      { version: '1.2.3', channel: 'beta' },
      { channel: '1.2.3' },
    ])
      expect(with_(other).state).toBe('pending');
    expect(with_({ version: '1.2.4' }).findings[0]?.message).toContain(
      'another set of parameters, version=1.2.4 instead of version=1.2.3',
    );
  });

  it('does not count a statement changed after signing, a foreign namespace or nonsense', () => {
    const { signature } = alice.decide();
    const statement = approvalStatement(statementFields());
    const changed = approvalStatement(statementFields({ expiresAt: '2026-01-09T00:00:00.000Z' }));
    const submissions = [
      { statement: changed, signature },
      { statement, signature: alice.sign(statement, 'git') },
      { statement, signature: '' },
      { statement: '', signature },
      { statement, signature: mallory.decide().signature },
    ];
    const result = count({ submissions });
    expect(result.state).toBe('pending');
    expect(result.findings.filter((finding) => finding.rule === 'approval.submission')).toHaveLength(5);
  });

  it('counts nobody for a key that two people list', () => {
    const shared = { ...bob.approver, keys: alice.approver.keys };
    const result = count({ submissions: [alice.decide()], approvers: [alice.approver, shared] });
    expect(result.state).toBe('pending');
    expect(result.findings[0]?.message).toContain('listed for alice and bob');
  });

  it('decides nothing over more submissions than it reads', () => {
    const submissions = Array.from({ length: 4001 }, () => ({ statement: '', signature: '' }));
    submissions[0] = alice.decide();
    expect(count({ submissions }).state).toBe('pending');
  });

  const by = (submittedBy: string) => ({ subject: { ...subject, submittedBy } });
  it.each(['person:alice', 'token:widget/ci by person:alice'])(
    'does not count the approval of %s',
    (submittedBy) => {
      const submissions = [alice.decide({ submittedBy })];
      const own = count({ ...by(submittedBy), submissions });
      expect(own.state).toBe('pending');
      expect(own.findings[0]?.message).toContain('somebody else has to approve it');
      const both = [...submissions, bob.decide({ submittedBy })];
      expect(count({ ...by(submittedBy), submissions: both }).state).toBe('approved');
      expect(count({ ...by(submittedBy), submissions, submitterMayApprove: true }).state).toBe('approved');
      const denial = alice.decide({ submittedBy, decision: 'deny' });
      expect(count({ ...by(submittedBy), submissions: [denial] })).toMatchObject({
        tally: { deniedBy: 'alice' },
      });
    },
  );

  it.each([
    ['only the submitter could approve', 'person:alice', [alice.approver]],
    ['nobody else has a key', 'person:alice', [alice.approver, { ...bob.approver, keys: [] }]],
    ['nobody knows whose token it was', 'token:widget/ci', [alice.approver, bob.approver]],
    ['nobody knows who it was', 'somebody', [alice.approver, bob.approver]],
  ] as const)('refuses, and does not wait for ever, where %s', (_what, submittedBy, approvers) => {
    const result = count({ ...by(submittedBy), approvers });
    expect(result.state).toBe('denied');
    expect(result.findings).toMatchObject([{ rule: 'approval.submitter', outcome: 'fail' }]);
    expect(count({ ...by(submittedBy), approvers, submitterMayApprove: true }).state).toBe('pending');
    expect(count({ ...by(submittedBy), approvers, quorum: 0 }).state).toBe('approved');
  });

  it('counts a denial in the form before this one, and no approval in it', () => {
    const old = (decision: string) => {
      const { submittedBy: _, ...fields } = JSON.parse(alice.decide().statement) as Record<string, string>;
      const statement = JSON.stringify({
        ...fields,
        decision,
        type: 'https://countersign.example/approval/v1',
      });
      return { statement, signature: alice.sign(statement, approvalNamespace) };
    };
    expect(count({ submissions: [old('deny')] })).toMatchObject({ tally: { deniedBy: 'alice' } });
    expect(count({ submissions: [old('approve')] }).state).toBe('pending');
  });

  it.each([-1, Number.NaN, 0.5])('refuses a quorum of %s', (quorum) => {
    expect(count({ submissions: [alice.decide()], quorum }).ok).toBe(false);
  });
});
