/** Who a person is: both forms of their file, and what a change of it means. */
import { describe, expect, it } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { addressOf, writersOf } from './acceptance/index.ts';
import { gitCommitName } from '../approval/index.ts';
import { checkGuards, effectivePolicy, findByIdentity, formatDiagnostic, identitiesOf } from './index.ts';
import { loadSnapshot, parsePolicyFile, serverOfAccounts } from './index.ts';
import type { PolicySnapshot } from './index.ts';
import { requiredSignatures } from './plan/required-signatures.ts';
import { compareSnapshots } from './plan/compare-snapshots.ts';
import { base, changed, seed, withValue, type Edits } from './plan/snapshots.fixture.ts';
import { decode, encode, seedCommit } from './seed.fixture.ts';

const file = 'people/demo-reviewer.yaml';
const newForm = "identities:\n  github: '900003'";
const older = changed({ [file]: [[newForm, "githubId: '900003'"]] });
const withIdentities = (identities: Readonly<Record<string, string>>): PolicySnapshot =>
  withValue(base, file, ['identities'], identities);
const both = withIdentities({ gitlab: '31', github: '900003' });

const effects = (before: PolicySnapshot, after: PolicySnapshot) =>
  compareSnapshots(before, after).map((snapshot) => snapshot.effect);
const guards = (before: PolicySnapshot, after: PolicySnapshot) =>
  checkGuards(before, after).map((guard) => guard.message);
const problems = (edits: Edits) => {
  const files = new Map(seed);
  for (const [path, text] of Object.entries(edits)) files.set(path, encode(String(text)));
  const loaded = loadSnapshot(files, seedCommit);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
};
const head = 'apiVersion: countersign/v1\nkind: Person\nname: Nina\napprovalKeys: []\n';

describe('a person', () => {
  it('is the same in the older form and in today’s', () => {
    for (const [handle, { value }] of base.people)
      expect(identitiesOf(older.people.get(handle)?.value ?? {})).toEqual(identitiesOf(value));
    expect(effects(older, base)).toEqual(['neutral', 'neutral']);
    expect(effects(base, older)).toEqual(['neutral', 'neutral']);
    expect(guards(older, base)).toEqual([]);
    expect(guards(base, older)).toEqual([]);
  });

  it('is written in one of the two forms', () => {
    const parse = (more: string) => {
      const parsed = parsePolicyFile({ path: 'people/nina.yaml', bytes: encode(head + more) });
      return parsed.ok ? [] : parsed.diagnostics.map(formatDiagnostic);
    };
    expect(parse("githubId: '7'\n")).toEqual([]);
    expect(parse("identities: { github: '7' }\n")).toEqual([]);
    expect(parse("githubId: '7'\nidentities: { github: '7' }\n")).toEqual([
      expect.stringMatching(/^people\/nina\.yaml:6:1: `identities` can't be here\. Keep one of the two/),
    ]);
    expect(parse('')).toEqual([
      expect.stringContaining('`identities` is missing. Add `identities`: The acc'),
    ]);
  });

  it('shares no account with another, in whichever form each is written', () => {
    for (const mine of ["githubId: '900003'\n", "identities: { github: '900003' }\n"])
      expect(problems({ 'people/zoe.yaml': head + mine })).toEqual([
        expect.stringMatching(
          /^people\/zoe\.yaml:5:.* 900003 on GitHub already belongs to people\/demo-reviewer\.yaml/,
        ),
      ]);
    expect(problems({ 'people/zoe.yaml': `${head}githubId: '900099'\n` })).toEqual([]);
  });

  it('is another one with an account more, one fewer or another one', () => {
    const other = withIdentities({ github: '900099' });
    const moved = withIdentities({ gitlab: '900003' });
    for (const after of [both, other, moved])
      for (const [from, to] of [
        [base, after],
        [after, base],
        [older, after],
        [after, older],
      ] as const) {
        expect(effects(from, to)).toContain('loosens');
        expect(guards(from, to)).toEqual(['The account of demo-reviewer changes.']);
        expect(requiredSignatures(from, to).needed).toBe(2);
      }
  });

  it('is another one where accounts are of another server, whatever the numbers', () => {
    const withServer = (gitlab: string): PolicySnapshot =>
      withValue(base, 'trust/root.yaml', ['accountHosts'], { gitlab });
    const own = withServer('https://git.example/gitlab');
    expect([base, own].map((one) => serverOfAccounts(one, 'gitlab'))).toEqual([
      'https://gitlab.com',
      'https://git.example/gitlab',
    ]);
    for (const [from, to] of [
      [base, own],
      [own, base],
      [own, withServer('https://gitlab.example')],
    ] as const) {
      expect(effects(from, to)).toEqual(['loosens']);
      expect(guards(from, to)).toEqual([expect.stringMatching(/^Accounts on GitLab are those of https:/)]);
      expect(requiredSignatures(from, to).needed).toBe(2);
    }
    expect(guards(base, withServer('https://gitlab.com'))).toEqual([]);
    const refused = (gitlab: string) =>
      problems({
        'trust/root.yaml': `${decode(seed.get('trust/root.yaml'))}accountHosts:\n  gitlab: ${gitlab}\n`,
      });
    expect(refused('https://git.example:8443/gitlab')).toEqual([]);
    for (const one of ['http://git.example', 'https://git.example/', 'https://GitLab.com', "''"])
      expect(refused(one)).not.toEqual([]);
  });

  it('stays the same where only the order in the file changes', () => {
    const turned = withIdentities({ github: '900003', gitlab: '31' });
    expect(effects(both, turned)).toEqual([]);
    expect(identitiesOf({ identities: { gitlab: '31', github: '900003' } })).toEqual([
      { host: 'github', id: '900003' },
      { host: 'gitlab', id: '31' },
    ]);
  });

  it('loosens where a form is none that anybody knows', () => {
    for (const odd of [{ sourcehut: '900003' }, {}, '900003', ['900003'], { github: 900_003 }, null])
      expect(effects(base, withValue(base, file, ['identities'], odd as never))).toContain('loosens');
    const odd = (text: string) => withValue(base, file, ['identities'], text);
    expect(effects(odd('900003'), odd('900004'))).toEqual(['loosens']);
    const twice = withValue(base, file, ['githubId'], '900003');
    expect(effects(base, twice)).toEqual(['loosens']);
  });

  it('is found by their account and by no other of the same number', () => {
    const found = (host: string, id: string) => findByIdentity(both, { host, id })?.handle;
    expect([found('github', '900003'), found('gitlab', '31')]).toEqual(['demo-reviewer', 'demo-reviewer']);
    expect([found('gitlab', '900003'), found('github', '31'), found('', '31')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is named by a commit’s address with its host', () => {
    const written = (email: string) => {
      const text = `tree ${'1'.repeat(40)}\nauthor A <${email}> 1 +0000\ncommitter A <${email}> 1 +0000\n\nx\n`;
      const object = encode(text);
      const [writers] = writersOf([{ commit: gitCommitName(object, 'sha1'), object }], both);
      return [...(writers?.handles ?? [])];
    };
    expect(addressOf({ host: 'gitlab', id: '31' })).toBe('31@gitlab.people.countersign.invalid');
    expect(addressOf({ host: 'github', id: '7' })).toBe('7@people.countersign.invalid');
    for (const address of ['31@gitlab.people.countersign.invalid', '900003@people.countersign.invalid'])
      expect(written(address)).toEqual(['demo-reviewer']);
    for (const address of [
      '900003@gitlab.people.countersign.invalid',
      '31@people.countersign.invalid',
      '31+x@users.noreply.github.com',
      '31@gitlabxpeople.countersign.invalid',
    ])
      expect(written(address)).toEqual([]);
  });
});

describe('what an approver is in a policy’s digest', () => {
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f';
  const approver = (form: string): Edits => ({
    'people/demo-approver.yaml': `apiVersion: countersign/v1
kind: Person
name: Alex Approver
${form}
approvalKeys:
  - type: ssh
    publicKey: ${publicKey}
`,
    'projects/esbuild-demo/policies/pinned.yaml': `apiVersion: countersign/v1
kind: SigningPolicy
purpose: test
certificate: test
artifactConfiguration: pinned
scan: required
approval:
  quorum: 1
  approvers: [demo-approver]
timestamp: none
`,
    'projects/esbuild-demo/artifacts/pinned.yaml':
      'apiVersion: countersign/v1\nkind: ArtifactConfiguration\nroot:\n  type: pe\n  sign:\n    method: authenticode\n',
  });
  const digest = (snapshot: PolicySnapshot) => {
    const found = effectivePolicy(snapshot, parseProjectSlug('esbuild-demo'), parsePolicySlug('pinned'));
    return found.ok ? found.value.digest : '';
  };

  it('is what it was before there were hosts: no approval in flight is taken away', () => {
    // Made by the version before, of this demo project; another project, program or subject gives another one.
    const before = '68613ed3b52ebc1a66230a20f41ea26e9b9ada7e365a3609f8cb4696fcfe7625';
    expect(digest(changed(approver("githubId: '900002'")))).toBe(before);
    expect(digest(changed(approver("identities:\n  github: '900002'")))).toBe(before);
  });

  it('is another one with another account, one more or one on another host', () => {
    const one = changed(approver("identities:\n  github: '900002'"));
    const as = (identities: Readonly<Record<string, string>>) =>
      digest(withValue(one, 'people/demo-approver.yaml', ['identities'], identities));
    const all = [
      digest(one),
      as({ github: '900099' }),
      as({ github: '900002', gitlab: '31' }),
      as({ gitlab: '900002' }),
      as({ gitlab: '31' }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
