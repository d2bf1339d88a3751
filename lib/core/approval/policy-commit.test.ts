import { describe, expect, it } from 'vitest';
import { failures } from '../wire/finding/index.ts';
import { parseCommitSha } from '../ids/index.ts';
import { person } from './approval.fixture.ts';
import { gitCommitName, policyAcceptanceStatement, policyNamespace, verifyPolicyCommit } from './index.ts';
import type { VerifyPolicyCommitInput } from './index.ts';

const alice = person('alice', 2);
const bob = person('bob');
const mallory = person('mallory');
const head = `tree ${'1'.repeat(40)}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n`;
const body = '\nChange the policy\n';

function commitSignedBy(signer: typeof alice, namespace = 'git'): Uint8Array {
  const header = signer
    .sign(head + body, namespace)
    .trimEnd()
    .replaceAll('\n', '\n ');
  return new TextEncoder().encode(`${head}gpgsig ${header}\n${body}`);
}
const unsigned = new TextEncoder().encode(head + body);
const accept = (signer: typeof alice, object: Uint8Array, keyIndex = 0) =>
  signer.sign(policyAcceptanceStatement(gitCommitName(object, 'sha1')), policyNamespace, keyIndex);
const verify = (commitObject: Uint8Array, changes: Partial<VerifyPolicyCommitInput> = {}) =>
  verifyPolicyCommit({
    commit: gitCommitName(commitObject, 'sha1'),
    commitObject,
    notes: [],
    maintainers: [alice.approver, bob.approver],
    threshold: 1,
    ...changes,
  });

describe('verifyPolicyCommit', () => {
  it("accepts a maintainer's signed commit", () => {
    expect(verify(commitSignedBy(alice))).toMatchObject({ ok: true, value: { signers: ['alice'] } });
  });

  it('reaches a threshold of two with one signed commit and one co-signature', () => {
    const object = commitSignedBy(alice);
    const result = verify(object, { threshold: 2, notes: [accept(bob, object)] });
    expect(result).toMatchObject({ ok: true, value: { signers: ['alice', 'bob'] } });
  });

  it('reads several co-signatures from one text', () => {
    const notes = [accept(alice, unsigned) + accept(bob, unsigned)];
    expect(verify(unsigned, { threshold: 2, notes }).ok).toBe(true);
  });

  it('finds co-signatures among whatever else somebody wrote there', () => {
    const begin = '-----BEGIN SSH SIGNATURE-----\n';
    const strangers = Array.from({ length: 300 }, () => accept(mallory, unsigned));
    const damaged = accept(alice, unsigned).replace('-----END SSH SIGNATURE-----\n', '');
    for (const rubbish of ['LGTM\n', begin, damaged, strangers.join(''), accept(bob, commitSignedBy(bob))]) {
      const notes = [`${rubbish}${accept(alice, unsigned)}${rubbish}${accept(bob, unsigned)}${rubbish}`];
      const result = verify(unsigned, { threshold: 2, notes });
      expect(result).toMatchObject({ ok: true, value: { signers: ['alice', 'bob'] } });
      expect(result.findings.length).toBeLessThan(30);
    }
  });

  it('counts a maintainer once for two keys', () => {
    const notes = [accept(alice, unsigned), accept(alice, unsigned, 1)];
    expect(verify(unsigned, { threshold: 2, notes }).ok).toBe(false);
  });

  it('says once of each who signed, however often they did', () => {
    const notes = [accept(alice, unsigned).repeat(20), accept(alice, unsigned, 1)];
    const { findings } = verify(unsigned, { threshold: 2, notes });
    expect(findings.filter((finding) => finding.rule === 'snapshot.signature')).toHaveLength(1);
  });

  it('reads so many notes and no more', () => {
    const others = Array.from({ length: 64 }, () => 'LGTM');
    const own = accept(alice, unsigned);
    expect(verify(unsigned, { notes: [...others.slice(1), own] }).ok).toBe(true);
    expect(verify(unsigned, { notes: [...others, own] }).ok).toBe(false);
  });

  const shared = { ...bob.approver, keys: alice.approver.keys };
  const refusals: readonly [string, Uint8Array, Partial<VerifyPolicyCommitInput>][] = [
    ['an unsigned commit', unsigned, {}],
    ["a stranger's commit", commitSignedBy(mallory), {}],
    ['a commit signed in another namespace', commitSignedBy(alice, policyNamespace), {}],
    ['a co-signature over another commit', unsigned, { notes: [accept(alice, commitSignedBy(alice))] }],
    ['a co-signature that is no signature', unsigned, { notes: ['signed: alice'] }],
    ['a threshold of zero', commitSignedBy(alice), { threshold: 0 }],
    ['a threshold that is no number', commitSignedBy(alice), { threshold: Number.NaN }],
    ['an object under another name', commitSignedBy(alice), { commit: parseCommitSha('e'.repeat(40)) }],
    ['an object that is no commit', new TextEncoder().encode('nonsense'), {}],
    ['a key that two maintainers list', commitSignedBy(alice), { maintainers: [alice.approver, shared] }],
    ['no maintainers', commitSignedBy(alice), { maintainers: [] }],
  ];
  it.each(refusals)('refuses %s, and says how to fix it', (_what, object, changes) => {
    const result = verify(object, changes);
    expect(result.ok).toBe(false);
    expect(failures(result.findings)).toHaveLength(1);
    expect(failures(result.findings)[0]?.fix).toBeTruthy();
  });

  it('refuses a commit whose message was changed after signing', () => {
    const text = new TextDecoder().decode(commitSignedBy(alice)).replace('Change', 'change');
    expect(verify(new TextEncoder().encode(text)).ok).toBe(false);
  });
});
