import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lacksMaterial } from '../../../dev/test/lacks.ts';
import { failures } from '../wire/finding/index.ts';
import { parseTrustRoot, verifyOrigin } from './index.ts';
import type { GitHubPolicy } from './github/index.ts';

const cases = resolve(import.meta.dirname, '../../../../shared/cases/origin');

const policyOf = (
  uri: string,
  ids: readonly [id: string, ownerId: string],
  workflow: string,
  changes: Partial<GitHubPolicy> = {},
): GitHubPolicy => ({
  provider: 'github',
  issuer: 'https://token.actions.githubusercontent.com',
  repository: { id: ids[0], ownerId: ids[1], uri },
  workflow: `.github/workflows/${workflow}`,
  refs: { branches: ['main'], tags: ['v*'] },
  triggers: ['push', 'release', 'workflow_dispatch'],
  runner: 'github-hosted',
  attestations: ['slsa-provenance-v1', 'slsa-provenance-v0.2'],
  visibility: 'public',
  host: null,
  ...changes,
});
const sigstoreJs = ['495574555', '71096353'] as const;
const sigstorePolicy = policyOf('https://github.com/sigstore/sigstore-js', sigstoreJs, 'release.yml');
const playwrightPolicy = policyOf(
  'https://github.com/microsoft/playwright-cli',
  ['273562379', '6154722'],
  'publish.yml',
  { refs: { branches: [], tags: ['v*'] } },
);

const readJson = (file: string): unknown => JSON.parse(readFileSync(join(cases, file), 'utf8'));

async function answer(name: string, policy: GitHubPolicy) {
  const artifact = readdirSync(join(cases, name)).find((file) => file.startsWith('artifact'));
  const bytes = artifact === undefined ? new Uint8Array() : readFileSync(join(cases, name, artifact));
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  const result = await verifyOrigin({
    bundle: readJson(`${name}/bundle.json`),
    digests: { sha256: hash('sha256'), sha512: hash('sha512') },
    policy,
    trustRoot: parseTrustRoot(readJson('trusted_root.public-good.json')),
    now: new Date('2026-11-22T00:00:00Z'),
  });
  const failed = failures(result.findings).map((failure) => failure.rule);
  return { result, failed };
}

describe.skipIf(lacksMaterial(cases))('real bundles', () => {
  it('allows the npm package sigstore 2.3.1 by a policy for exactly its build', async () => {
    const { result, failed } = await answer('npm-sigstore-2.3.1', sigstorePolicy);
    expect(failed).toEqual([]);
    expect(result).toMatchObject({
      ok: true,
      value: {
        claims: { ref: 'refs/heads/main', runAttempt: 1, trigger: 'push', visibility: 'public' },
        logIndex: '94408136',
        integratedAt: new Date('2024-05-16T17:12:03Z'),
      },
    });
  });

  it('allows the npm package @playwright/cli 0.1.1 by a policy for tags v*', async () => {
    expect((await answer('npm-playwright-cli-0.1.1', playwrightPolicy)).failed).toEqual([]);
  });

  const changes: readonly [string, Partial<GitHubPolicy>, readonly string[]][] = [
    ['another branch', { refs: { branches: ['release'], tags: [] } }, ['origin.ref']],
    [
      'a branch of which main is only the beginning',
      { refs: { branches: ['main-evil'], tags: [] } },
      ['origin.ref'],
    ],
    ['a tag called main', { refs: { branches: [], tags: ['main'] } }, ['origin.ref']],
    ['provenance of another version', { attestations: ['slsa-provenance-v0.2'] }, ['origin.statement']],
    ['a bare signature alone', { attestations: ['signature'] }, ['origin.statement']],
    ['a deployment environment', { environment: 'release' }, ['origin.environment']],
    ['builds of the last month', { maximumAgeHours: 720 }, ['origin.age']],
    ['other events', { triggers: ['release'] }, ['origin.trigger']],
    ['another issuer', { issuer: 'https://token.actions.githubusercontent.com/' }, ['origin.issuer']],
    ['another workflow', { workflow: '.github/workflows/release.yaml' }, ['origin.workflow']],
    ['another id', { repository: { ...sigstorePolicy.repository, id: '4955745550' } }, ['origin.repository']],
    ['another owner', { repository: { ...sigstorePolicy.repository, ownerId: '7' } }, ['origin.owner']],
    [
      'another address',
      { repository: { ...sigstorePolicy.repository, uri: 'https://github.com/Sigstore/sigstore-js' } },
      ['origin.repository-uri', 'origin.workflow', 'origin.run'],
    ],
  ];
  it.each(changes)('denies sigstore 2.3.1 by a policy for %s', async (_what, change, expected) => {
    const { result, failed } = await answer('npm-sigstore-2.3.1', { ...sigstorePolicy, ...change });
    expect(result.ok).toBe(false);
    expect(failed).toEqual(expected);
  });

  it('denies a certificate that carries neither runner nor ids, though its signature verifies', async () => {
    const policy = policyOf(sigstorePolicy.repository.uri, sigstoreJs, 'publish.yml');
    const { result, failed } = await answer('npm-sigstore-1.0.0', policy);
    expect(result.ok).toBe(false);
    expect(failed).not.toContain('origin.signature');
    expect(failed).not.toContain('origin.digest');
    expect(failed).toEqual(
      expect.arrayContaining(['origin.runner', 'origin.repository', 'origin.owner', 'origin.visibility']),
    );
    // Its statement is provenance of version 0.2, in an in-toto statement of version 0.1.
    expect(result.findings).toContainEqual(
      expect.objectContaining({
        rule: 'origin.statement',
        outcome: 'pass',
        found: 'https://slsa.dev/provenance/v0.2',
      }),
    );
  });

  it('denies a self-hosted runner, though its signature verifies', async () => {
    const policy = policyOf(
      'https://github.com/foundry-rs/foundry',
      ['404320053', '99892494'],
      'release.yml',
      {
        refs: { branches: [], tags: ['stable'] },
      },
    );
    const { failed } = await answer('gh-foundry-self-hosted', policy);
    expect(failed).toContain('origin.runner');
    expect(failed).not.toContain('origin.signature');
  });

  it('denies an issuer with a suffix of the pinned one, and nothing else', async () => {
    const policy = policyOf(
      'https://github.com/too-legit/attest',
      ['851894824', '180348046'],
      'integration.yml',
    );
    expect((await answer('gh-custom-issuer', policy)).failed).toEqual(['origin.issuer']);
  });

  it('believes the certificate, not the builder that the predicate claims', async () => {
    const claimed = policyOf(
      'https://github.com/aspect-build/rules_lint',
      ['631710741', '60951090'],
      'release.yml',
      {
        refs: { branches: ['publish-to-bcr'], tags: [] },
      },
    );
    const { failed } = await answer('bcr-wrong-signer', claimed);
    expect(failed).toEqual(expect.arrayContaining(['origin.repository', 'origin.owner', 'origin.workflow']));
    expect(failed).not.toContain('origin.signature');
  });

  it('finds the signature of a tampered attestation wrong', async () => {
    const { result, failed } = await answer('BAD-npm-sigstore-2.3.1-invalidsigprov', sigstorePolicy);
    expect(result.ok).toBe(false);
    expect(failed).toEqual(['origin.signature']);
  });

  it('denies every other file', async () => {
    const result = await verifyOrigin({
      bundle: readJson('npm-sigstore-2.3.1/bundle.json'),
      digests: { sha256: 'a'.repeat(64), sha512: 'b'.repeat(128) },
      policy: sigstorePolicy,
      trustRoot: parseTrustRoot(readJson('trusted_root.public-good.json')),
      now: new Date('2026-11-22T00:00:00Z'),
    });
    expect(failures(result.findings).map((failure) => failure.rule)).toEqual(['origin.digest']);
  });
});
