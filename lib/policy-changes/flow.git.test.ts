import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { commitFolder, git, type Committer } from '../../dev/git-host/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import {
  amendChange,
  closeChange,
  confirmPolicy,
  listChanges,
  mergeChange,
  openBranch,
  proposeChange,
  readChange,
  reviewChange,
  signChange,
  updateChange,
} from './index.ts';
import { openFoundation } from './open-foundation.fixture.ts';

const release = 'projects/esbuild-demo/policies/release-signing.yaml';
const zipRelease = 'projects/zip-demo/policies/release-signing.yaml';

describe('a policy change in the portal', () => {
  let foundation: Awaited<ReturnType<typeof openFoundation>>;
  beforeEach(async () => {
    foundation = await openFoundation();
  });
  afterEach(() => foundation.release());

  /** The release policy with one text replaced by another, proposed by somebody. */
  async function propose(
    name: string,
    from: string,
    to: string,
    title = 'A change',
    path = release,
  ): Promise<number> {
    const text = await foundation.read(path);
    expect(text).toContain(from);
    const changes = [{ path, content: text.replace(from, to) }];
    const base = foundation.initialCommit;
    const ctx = await foundation.as(name);
    return (await proposeChange({ ctx, input: { title, description: 'Because.', base, changes } })).number;
  }
  const tighten = (name: string) => propose(name, "    tags: ['v*']\n", '', 'Release from main only');
  const loosen = (name: string) => propose(name, 'branches: [main]', "branches: [main, 'release/*']");

  async function sign(name: string, number: number): Promise<void> {
    const head = await headOf(number);
    const signature = foundation.signatureBy(name, head);
    await signChange({ ctx: await foundation.as(name), input: { number, head, signature } });
  }
  async function signTwice(number: number): Promise<void> {
    for (const name of ['demo-maintainer', 'demo-reviewer']) await sign(name, number);
  }
  /** A branch that somebody pushed with git → its name. */
  async function pushed(branch: string, files: Readonly<Record<string, string>>): Promise<string> {
    const host = foundation.portal.policyHosts?.for({ ...onGitHub('900002'), login: 'demo-approver' });
    await host?.createBranch({
      branch,
      base: foundation.initialCommit,
      message: 'By hand',
      changes: Object.entries(files).map(([path, content]) => ({ path, content })),
    });
    return branch;
  }
  /** A branch that tightens, made with git alone. */
  async function byHand(branch: string, committer: Committer): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-by-hand-'));
    try {
      await runCommand('sh', [
        '-c',
        `git --git-dir '${foundation.repository}' archive main | tar -x -C '${folder}'`,
      ]);
      const text = await readFile(join(folder, release), 'utf8');
      await writeFile(join(folder, release), text.replace("    tags: ['v*']\n", ''));
      await git(foundation.repository, 'branch', branch, 'main');
      await commitFolder(foundation.repository, folder, branch, committer, branch);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const headOf = async (number: number) =>
    (await readChange({ ctx: foundation.public, input: { number } })).pull.head.commit;
  const merge = async (ctx: Context, number: number, guardsSeen = false) =>
    mergeChange({ ctx, input: { number, head: await headOf(number), guardsSeen } });
  const states = async (number: number) => {
    const { conditions } = await readChange({ ctx: foundation.public, input: { number } });
    return conditions.filter((condition) => !condition.met).map((condition) => condition.name);
  };

  it('that tightens takes two signatures if no key proves its author, and the signer accepts it', async () => {
    const number = await tighten('demo-approver');
    const change = await readChange({ ctx: foundation.public, input: { number } });
    expect(change.assessment.plan?.effect).toBe('tightens');
    expect(change.signatures).toMatchObject({ needed: 2, counted: [] });
    expect(await states(number)).toEqual(['signatures']);
    await sign('demo-maintainer', number);
    expect(await states(number)).toEqual(['signatures']);
    await sign('demo-reviewer', number);
    await merge(await foundation.as('demo-approver'), number);
    const accepted = await foundation.signer.refresh();
    const merged = await readChange({ ctx: foundation.public, input: { number } });
    expect(merged.pull).toMatchObject({ state: 'merged', mergeCommit: accepted.commit });
    expect(merged.inForce).toBe(true);
    expect(await foundation.read(release)).not.toContain('tags');
  });

  it('is merged by policy maintainers and its proposer, and by nobody else', async () => {
    const number = await tighten('demo-approver');
    await signTwice(number);
    await expect(merge(await foundation.as('demo-assessor'), number)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    await expect(merge(foundation.public, number)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await merge(await foundation.as('demo-steward'), number);
  });

  it('that loosens takes two signatures, and with one it is neither merged nor accepted', async () => {
    const number = await loosen('demo-approver');
    await sign('demo-maintainer', number);
    const ctx = await foundation.as('demo-maintainer');
    await expect(merge(ctx, number)).rejects.toMatchObject({ code: 'NOT_READY' });
    // Whoever owns the portal can move main all the same: the signer counts by itself.
    await git(foundation.repository, 'update-ref', 'refs/heads/main', await headOf(number));
    expect((await foundation.signer.refresh()).commit).toBe(foundation.initialCommit);
    await git(foundation.repository, 'update-ref', 'refs/heads/main', foundation.initialCommit);
    await sign('demo-steward', number);
    await merge(ctx, number);
    expect((await foundation.signer.refresh()).commit).toBe(await headOf(number));
  });

  it('can’t be accepted by its author alone, who counts beside another', async () => {
    const number = await tighten('demo-maintainer');
    await sign('demo-maintainer', number);
    expect(await states(number)).toEqual(['signatures']);
    await sign('demo-reviewer', number);
    expect(await states(number)).toEqual([]);
  });

  it('takes one signature if a key proves its author, but not its proposer’s', async () => {
    const approver = foundation.people.get('demo-approver');
    const open = async (branch: string, opener: string): Promise<number> => {
      await byHand(branch, { name: 'A', email: 'a@example.org', ...(approver && { key: approver }) });
      const input = { branch, title: 'By hand', description: '' };
      return (await openBranch({ ctx: await foundation.as(opener), input })).number;
    };
    const own = await open('of-a-maintainer', 'demo-maintainer');
    await expect(sign('demo-maintainer', own)).rejects.toMatchObject({ code: 'OWN_CHANGE' });
    const number = await open('of-an-approver', 'demo-approver');
    const { signatures } = await readChange({ ctx: foundation.public, input: { number } });
    expect(signatures).toMatchObject({ needed: 1, reasons: [] });
    await sign('demo-maintainer', number);
    await merge(await foundation.as('demo-maintainer'), number);
    expect((await foundation.signer.refresh()).commit).toBe(await headOf(number));
  });

  it('can’t be accepted by anybody who added to it', async () => {
    const number = await tighten('demo-approver');
    const text = (await foundation.read(release))
      .replace("    tags: ['v*']\n", '')
      .replace(', workflow_dispatch', '');
    await amendChange({
      ctx: await foundation.as('demo-maintainer'),
      input: {
        number,
        expectedHead: await headOf(number),
        message: 'And by push',
        changes: [{ path: release, content: text }],
      },
    });
    await sign('demo-maintainer', number);
    expect(await states(number)).toEqual(['signatures']);
  });

  it('that loosens counts its author’s signature beside another, and never alone', async () => {
    const number = await loosen('demo-maintainer');
    await sign('demo-maintainer', number);
    expect(await states(number)).toEqual(['signatures']);
    await sign('demo-steward', number);
    expect(await states(number)).toEqual([]);
    await merge(await foundation.as('demo-maintainer'), number);
    expect((await foundation.signer.refresh()).commit).toBe(await headOf(number));
  });

  it('that removes a policy maintainer takes the others alone, and they are enough', async () => {
    const root = await foundation.read('trust/root.yaml');
    const { number } = await proposeChange({
      ctx: await foundation.as('demo-maintainer'),
      input: {
        title: 'Their key was stolen',
        description: '',
        base: foundation.initialCommit,
        changes: [{ path: 'trust/root.yaml', content: root.replace(', demo-steward]', ']') }],
      },
    });
    const steward = await foundation.as('demo-steward');
    const head = await headOf(number);
    const objection = { number, head, state: 'changes_requested', body: 'No!' } as const;
    await reviewChange({ ctx: steward, input: objection });
    await expect(sign('demo-steward', number)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(closeChange({ ctx: steward, input: { number, head } })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    const remark = { path: release, content: `${await foundation.read(release)}# no\n` };
    await expect(
      amendChange({
        ctx: steward,
        input: { number, expectedHead: head, message: 'In between', changes: [remark] },
      }),
    ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await sign('demo-maintainer', number);
    await sign('demo-reviewer', number);
    expect(await states(number)).toEqual([]);
    const ctx = await foundation.as('demo-maintainer');
    await expect(merge(ctx, number)).rejects.toMatchObject({ code: 'NOT_READY' });
    await merge(ctx, number, true);
    expect((await foundation.signer.refresh()).commit).toBe(head);
    expect((await foundation.as('demo-steward')).actor).toMatchObject({ roles: { policyMaintainer: false } });
  });

  it('takes two signatures if its commits don’t identify their author', async () => {
    await byHand('by-hand', { name: 'X', email: 'x@example.org' });
    const { number } = await openBranch({
      ctx: await foundation.as('demo-approver'),
      input: { branch: 'by-hand', title: 'By hand', description: '' },
    });
    const { signatures } = await readChange({ ctx: foundation.public, input: { number } });
    expect(signatures).toMatchObject({ needed: 2 });
    expect(signatures.reasons[0]).toContain('Nothing proves who wrote commit');
    await sign('demo-maintainer', number);
    expect(await states(number)).toEqual(['signatures']);
    await sign('demo-reviewer', number);
    await merge(await foundation.as('demo-maintainer'), number);
    expect((await foundation.signer.refresh()).commit).toBe(await headOf(number));
  });

  it('needs new signatures once it is changed', async () => {
    const number = await tighten('demo-approver');
    await sign('demo-maintainer', number);
    const text = (await foundation.read(release))
      .replace("    tags: ['v*']\n", '')
      .replace(', workflow_dispatch', '');
    await amendChange({
      ctx: await foundation.as('demo-approver'),
      input: {
        number,
        expectedHead: await headOf(number),
        message: 'By push only',
        changes: [{ path: release, content: text }],
      },
    });
    expect(await states(number)).toEqual(['signatures']);
    const { reviews } = await readChange({ ctx: foundation.public, input: { number } });
    expect(reviews).toMatchObject([{ name: 'Mara Maintainer', state: 'approved', outdated: true }]);
  });

  it('accepts no signature by an unlisted key, over other text, or by another person’s key', async () => {
    const number = await tighten('demo-approver');
    const head = await headOf(number);
    const ctx = await foundation.as('demo-maintainer');
    for (const signature of [
      foundation.signatureBy('demo-reviewer', head),
      foundation.signatureBy('demo-maintainer', foundation.initialCommit),
      'I accept',
      foundation.signatureBy('demo-maintainer', head) + foundation.signatureBy('demo-maintainer', head),
    ]) {
      const signed = signChange({ ctx, input: { number, head, signature } });
      await expect(signed).rejects.toMatchObject({ code: 'SIGNATURE_NOT_VALID' });
    }
    expect(await states(number)).toEqual(['signatures']);
  });

  it('is signed, merged, closed and updated only as it was reviewed', async () => {
    const number = await tighten('demo-approver');
    const seen = await headOf(number);
    const author = await foundation.as('demo-approver');
    const text = (await foundation.read(release))
      .replace("    tags: ['v*']\n", '')
      .replace(', workflow_dispatch', '');
    const changes = [{ path: release, content: text }];
    await amendChange({ ctx: author, input: { number, expectedHead: seen, message: 'More', changes } });
    const ctx = await foundation.as('demo-maintainer');
    const input = { number, head: seen };
    const signature = foundation.signatureBy('demo-maintainer', seen);
    for (const done of [
      () => signChange({ ctx, input: { ...input, signature } }),
      () => mergeChange({ ctx, input: { ...input, guardsSeen: true } }),
      () => updateChange({ ctx, input }),
      () => closeChange({ ctx: author, input }),
    ]) {
      await expect(done()).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
    }
    const { pull, signatures } = await readChange({ ctx: foundation.public, input: { number } });
    expect([pull.state, signatures.counted]).toEqual(['open', []]);
  });

  it('is signed by policy maintainers, with one signature of bounded size', async () => {
    const number = await tighten('demo-approver');
    const head = await headOf(number);
    const signature = foundation.signatureBy('demo-maintainer', head);
    const signAs = async (name: string, text: string) =>
      signChange({ ctx: await foundation.as(name), input: { number, head, signature: text } });
    await expect(signAs('demo-approver', signature)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    const endless = `${signature}${' '.repeat(16_384)}`;
    await expect(signAs('demo-maintainer', endless)).rejects.toMatchObject({ code: 'SIGNATURE_NOT_VALID' });
    await signAs('demo-maintainer', signature);
  });

  it('waits while a policy maintainer objects', async () => {
    const number = await tighten('demo-approver');
    await signTwice(number);
    const reviewer = await foundation.as('demo-reviewer');
    const head = await headOf(number);
    await reviewChange({
      ctx: reviewer,
      input: { number, head, state: 'changes_requested', body: 'Tags are used.' },
    });
    expect(await states(number)).toEqual(['objections']);
    await reviewChange({ ctx: reviewer, input: { number, head, state: 'withdrawn', body: '' } });
    expect(await states(number)).toEqual([]);
  });

  it('has to be updated after another was merged', async () => {
    const first = await tighten('demo-approver');
    const second = await propose('demo-approver', ', workflow_dispatch', '', 'Not by hand', zipRelease);
    await signTwice(first);
    await signTwice(second);
    await merge(await foundation.as('demo-maintainer'), first);
    await foundation.signer.refresh();
    expect(await states(second)).toContain('current');
    const ctx = await foundation.as('demo-maintainer');
    await updateChange({ ctx, input: { number: second, head: await headOf(second) } });
    expect(await states(second)).toEqual(['signatures']);
    await signTwice(second);
    await merge(ctx, second);
    const { commit } = await foundation.signer.refresh();
    expect(commit).toBe(await headOf(second));
    const text = await foundation.read(release);
    expect(text).not.toContain('tags');
    expect(await foundation.read(zipRelease)).not.toContain('workflow_dispatch');
  });

  it('is created once, however often it is submitted', async () => {
    const [first, second] = await Promise.all([tighten('demo-approver'), tighten('demo-approver')]);
    expect(second).toBe(first);
    expect((await listChanges({ ctx: foundation.public })).open).toHaveLength(1);
  });

  it('explains itself on the Git host, in one comment and one check', async () => {
    const number = await loosen('demo-approver');
    const rows = await foundation.portal.db.pullRequestComment.findMany({ where: { number } });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.body).toContain('loosens');
    const checks = await foundation.portal.db.checkRun.findMany({ where: { commit: await headOf(number) } });
    expect(checks).toMatchObject([{ name: 'countersign / policy', conclusion: 'success' }]);
  });

  it('leaves no trace in the policy if it is closed', async () => {
    const number = await tighten('demo-approver');
    await closeChange({
      ctx: await foundation.as('demo-approver'),
      input: { number, head: await headOf(number) },
    });
    const list = await listChanges({ ctx: foundation.public });
    expect(list.open).toEqual([]);
    expect(list.closed).toMatchObject([{ number, state: 'closed' }]);
    await expect(sign('demo-maintainer', number)).rejects.toMatchObject({ code: 'CHANGE_INVALID' });
  });

  it('reads every condition from the policy in force, not from the proposal', async () => {
    const root = (await foundation.read('trust/root.yaml')).replace(
      /looseningThreshold: \d+/,
      'looseningThreshold: 1',
    );
    const ctx = await foundation.as('demo-approver');
    const proposal = proposeChange({
      ctx,
      input: {
        title: 'One is enough',
        description: '',
        base: foundation.initialCommit,
        changes: [{ path: 'trust/root.yaml', content: root }],
      },
    });
    await expect(proposal).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    const pull = await proposeChange({
      ctx: await foundation.as('demo-reviewer'),
      input: {
        title: 'One is enough',
        description: '',
        base: foundation.initialCommit,
        changes: [{ path: 'trust/root.yaml', content: root }],
      },
    });
    const change = await readChange({ ctx: foundation.public, input: { number: pull.number } });
    expect(change.assessment.plan?.effect).toBe('loosens');
    expect(change.signatures.needed).toBe(2);
  });

  it('that adds schemas or code owners is invalid, or decides nothing', async () => {
    const files = {
      'schemas/signing-policy.schema.json': '{}',
      CODEOWNERS: '* @demo-approver\n',
      '.github/workflows/check.yml': 'on: push\n',
    };
    const folder = await pushed('smuggle', files);
    const open = async (name: string) =>
      openBranch({
        ctx: await foundation.as(name),
        input: { branch: folder, title: 'Nothing to see', description: '' },
      });
    await expect(open('demo-approver')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    const { number } = await open('demo-reviewer');
    const change = await readChange({ ctx: foundation.public, input: { number } });
    expect(change.assessment.problems).toMatchObject([
      { file: 'schemas/signing-policy.schema.json', rule: 'file.path', line: 1 },
    ]);
    expect(change.ready).toBe(false);
    const [check] = await foundation.portal.db.checkRun.findMany({ where: { commit: await headOf(number) } });
    expect(check).toMatchObject({ conclusion: 'failure' });
    const harmless = await pushed('owners', { CODEOWNERS: '* @demo-approver\n' });
    const pull = await openBranch({
      ctx: await foundation.as('demo-reviewer'),
      input: { branch: harmless, title: 'Owners', description: '' },
    });
    const owners = await readChange({ ctx: foundation.public, input: { number: pull.number } });
    expect(owners.assessment.plan).toMatchObject({ effect: 'neutral', changes: [] });
    expect(owners.signatures.needed).toBe(2);
  });

  it('that confirms the policy renews its date, and may be signed by its proposer', async () => {
    const ctx = await foundation.as('demo-maintainer');
    await expect(confirmPolicy({ ctx: await foundation.as('demo-approver') })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    // A branch in the way of a name that can be guessed.
    const day = new Date().toISOString().slice(0, 10);
    const name = `change-confirm-${day}-${foundation.initialCommit.slice(0, 12)}/x`;
    await git(foundation.repository, 'branch', name, 'main');
    const { number } = await confirmPolicy({ ctx });
    const change = await readChange({ ctx: foundation.public, input: { number } });
    expect(change.assessment).toMatchObject({ problems: [], files: [] });
    expect(change.assessment.plan).toMatchObject({ effect: 'neutral', changes: [] });
    await sign('demo-maintainer', number);
    await merge(ctx, number);
    const { commit } = await foundation.signer.refresh();
    expect(commit).toBe(await headOf(number));
    expect(commit).not.toBe(foundation.initialCommit);
  });

  it('is proposed and signed, whatever other branches and notes were pushed', async () => {
    await git(foundation.repository, 'branch', 'change', 'main');
    await git(foundation.repository, 'update-ref', 'refs/notes/policy-signatures/x', 'main');
    const number = await tighten('demo-approver');
    await signTwice(number);
    await merge(await foundation.as('demo-maintainer'), number);
    expect((await foundation.signer.refresh()).commit).toBe(await headOf(number));
  });

  it('is refused if the policy changed since its author began', async () => {
    const changes = [
      { path: release, content: (await foundation.read(release)).replace('quorum: 1', 'quorum: 0') },
    ];
    const base = parseCommitSha('1'.repeat(40));
    const input = { title: 'Late', description: '', base, changes };
    await expect(proposeChange({ ctx: await foundation.as('demo-approver'), input })).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
    });
  });
});
