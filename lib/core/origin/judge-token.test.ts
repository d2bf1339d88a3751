import { describe, expect, it } from 'vitest';
import { exampleRun } from '../../../dev/build-system/claims.ts';
import { policy } from '../../../dev/build-system/fixture.ts';
import { claimsOf, type TokenRun } from '../../../dev/github/tokens/claims.ts';
import { failures } from '../wire/finding/index.ts';
import { judgeToken, originPolicyOf, providers, type OriginPolicy } from './index.ts';

const found = providers.github.identityToken;
if (found === null) throw new Error('GitHub has identity tokens');
const tokens = found;

function read(changes: Readonly<Record<string, unknown>> = {}, run: Partial<TokenRun> = {}) {
  return tokens.read({ ...claimsOf({ ...exampleRun, actorId: '7', ...run }), ...changes });
}

function judged(run: Partial<TokenRun> = {}, asked: OriginPolicy = policy, issuer = exampleRun.issuer) {
  const token = read({}, run);
  if (!token.ok) throw new Error(token.problem);
  const locate = () => null;
  return judgeToken({ provider: 'github', issuer, token: token.token, policy: asked, locate });
}
const refused = (...input: Parameters<typeof judged>): readonly string[] =>
  failures(judged(...input)).map(({ rule }) => rule);

describe('the identity token of a build that its policy describes', () => {
  it('is taken, by every rule that a certificate of it is held to', () => {
    expect(refused()).toEqual([]);
    expect(refused({ ref: 'refs/tags/v1.2.3', trigger: 'release' })).toEqual([]);
    const rules = judged({ environment: 'release' }, { ...policy, environment: 'release' }).map(
      ({ rule }) => rule,
    );
    const all = ['origin.issuer', ...providers.github.rules.filter((rule) => rule !== 'origin.builder')];
    expect(rules).toEqual(all);
  });

  it('says who started which run', () => {
    expect(read()).toMatchObject({
      ok: true,
      token: { repositoryId: '123456789', run: '1000000001', attempt: '1', accountId: '7' },
    });
    expect(tokens.runAddress('https://github.com/example/widget', '10', '2')).toBe(
      'https://github.com/example/widget/actions/runs/10/attempts/2',
    );
  });

  it('comes from a job of the workflow itself, where a pinned builder attests, or from the builder', () => {
    const uri = 'https://github.com/example/builder/.github/workflows/build.yml';
    const builder = { uri, ref: 'refs/tags/v1', digest: 'b'.repeat(40) };
    const pinned = { ...policy, builder };
    const signerUri = `${uri}@refs/tags/v1`;
    expect(refused({}, pinned)).toEqual([]);
    expect(refused({ signerUri, jobWorkflowSha: builder.digest }, pinned)).toEqual([]);
    expect(refused({ signerUri, jobWorkflowSha: 'c'.repeat(40) }, pinned)).toEqual(['origin.builder']);
    expect(refused({ signerUri: `${uri}@refs/tags/v2`, jobWorkflowSha: builder.digest }, pinned)).toEqual([
      'origin.signer',
    ]);
  });
});

describe('the identity token of another build', () => {
  const evil = { ...exampleRun.repository, uri: 'https://github.com/mallory/widget' };
  it.each<readonly [string, Partial<TokenRun>, readonly string[]]>([
    ['on a branch that begins with an allowed name', { ref: 'refs/heads/main-evil' }, ['origin.ref']],
    ['on a tag called like an allowed branch', { ref: 'refs/tags/main' }, ['origin.ref']],
    [
      'of a pull request',
      { ref: 'refs/pull/7/merge', trigger: 'pull_request' },
      ['origin.ref', 'origin.trigger'],
    ],
    ['by pull_request_target on the allowed branch', { trigger: 'pull_request_target' }, ['origin.trigger']],
    ['in a second attempt', { attempt: 2 }, ['origin.rerun']],
    ['of another workflow', { workflow: '.github/workflows/evil.yml' }, ['origin.workflow']],
    [
      'of a repository of another id',
      { repository: { ...evil, uri: exampleRun.repository.uri, id: '1' } },
      ['origin.repository'],
    ],
    ['for another owner', { repository: { ...exampleRun.repository, ownerId: '1' } }, ['origin.owner']],
    [
      'of a fork with the same ids in its token',
      { repository: evil },
      ['origin.repository-uri', 'origin.workflow', 'origin.run'],
    ],
    ['on a self-hosted runner', { runner: 'self-hosted' }, ['origin.runner']],
    ['of a private repository', { visibility: 'private' }, ['origin.visibility']],
    [
      'in a reusable workflow that no policy names',
      { signerUri: 'https://github.com/other/builder/.github/workflows/build.yml@refs/tags/v1' },
      ['origin.signer'],
    ],
  ])('%s is refused, in words about a run', (_, run, rules) => {
    const failed = failures(judged(run));
    expect(failed.map(({ rule }) => rule)).toEqual(rules);
    for (const { rule, message, fix } of failed) {
      expect(tokens.words[rule]).toEqual({ message, fix });
      expect(message).not.toMatch(/certificate|attest|file was/);
    }
  });

  it('by another issuer, or of another provider’s policy, is refused', () => {
    expect(refused({}, policy, `${exampleRun.issuer}/enterprise`)).toEqual(['origin.issuer']);
    expect(refused({}, { ...policy, provider: 'other' } as unknown as OriginPolicy)).toEqual([
      'origin.issuer',
    ]);
  });

  it('without the environment that the policy names is refused', () => {
    expect(refused({}, { ...policy, environment: 'release' })).toEqual(['origin.environment']);
    expect(refused({ environment: 'staging' }, { ...policy, environment: 'release' })).toEqual([
      'origin.environment',
    ]);
  });
});

describe('a token that isn’t as GitHub writes it', () => {
  it.each([
    ['repository_id', 123_456_789],
    ['repository_id', undefined],
    ['repository_id', '0123'],
    ['repository_id', ['123456789']],
    ['repository_owner_id', ''],
    ['repository', 'example/widget/more'],
    ['workflow_ref', 'example/widget/.github/workflows/release.yml'],
    ['job_workflow_ref', undefined],
    ['job_workflow_sha', 'main'],
    ['ref', 'main'],
    ['ref', 'refs/heads/main\nrefs/heads/other'],
    ['event_name', 'push '],
    ['run_id', '1e9'],
    ['run_attempt', '0'],
    ['actor_id', undefined],
    ['environment', 7],
    ['environment', 'a\u0000b'],
  ])('has %s %j, and is read by nobody', (name, value) => {
    const found = read({ [name]: value });
    expect(found).toMatchObject({ ok: false });
    expect(found.ok ? '' : found.problem).toContain(name);
  });

  it('isn’t saved by its subject, which anybody may shape', () => {
    const sub = 'repo:example/widget:ref:refs/heads/main';
    expect(read({ sub, repository_id: undefined })).toMatchObject({ ok: false });
    expect(refused({ ref: 'refs/heads/other' })).toEqual(['origin.ref']);
  });
});

describe('what is pinned for GitHub', () => {
  it('are the algorithm, the place of the keys, and whose accounts a token names', () => {
    expect(tokens.algorithms).toEqual(['RS256']);
    const issuer = 'https://token.actions.githubusercontent.com';
    expect(tokens.keysUrl(issuer)).toBe(`${issuer}/.well-known/jwks`);
    const accounts = { host: 'github', server: 'https://github.com' };
    expect([issuer, `${issuer}/octo`].map((one) => tokens.accounts(one))).toEqual([accounts, accounts]);
    // A server of somebody else's has accounts of its own.
    for (const other of ['https://ghes.example/_services/token', `${issuer}.evil.example`, `${issuer}-x`]) {
      expect(tokens.accounts(other)).toBeNull();
    }
    expect(tokens.audienceLine('https://sign.example')).toBe(
      '"$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https%3A%2F%2Fsign.example"',
    );
  });

  it('keeps the policy’s own meaning of what it leaves out', () => {
    const { repository, workflow, triggers } = policy;
    const origin = {
      buildSystem: 'x',
      repository,
      workflow,
      triggers: [...triggers] as 'push'[],
      runner: 'github-hosted' as const,
      refs: { branches: ['main'] },
    };
    const system = { name: 'x', issuer: exampleRun.issuer, trustRoot: 'x' };
    const strict = originPolicyOf(origin, system, { purpose: 'release', age: null });
    expect(refused({ visibility: 'private' }, strict)).toEqual(['origin.visibility']);
    expect(
      refused({ visibility: 'private' }, originPolicyOf(origin, system, { purpose: 'test', age: null })),
    ).toEqual([]);
  });
});
