/** What holds of each provider's record, whoever wrote it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimNamesOf, type CertificateClaims } from './claims.ts';
import type { ProviderName } from './compared.ts';
import { judgeBuild } from './judge-build.ts';
import { providers, type OriginPolicy } from './registry.ts';
import type { Claim } from './sigstore/certificate.ts';

const repository = { id: '1', ownerId: '2', uri: 'https://host.example/owner/name' };

/** For each provider a policy that asks for everything that its language has. */
const everything: Readonly<Record<ProviderName, OriginPolicy>> = {
  github: {
    provider: 'github',
    issuer: 'https://issuer.example',
    repository,
    workflow: '.github/workflows/release.yml',
    refs: { branches: ['main'], tags: ['v*'] },
    triggers: ['push'],
    runner: 'github-hosted',
    builder: { uri: 'https://host.example/o/b/.github/workflows/b.yml', ref: 'v1', digest: 'a'.repeat(40) },
    attestations: ['slsa-provenance-v1'],
    environment: 'release',
    visibility: 'public',
    maximumAgeHours: 1,
    host: null,
  },
  gitlab: {
    provider: 'gitlab',
    issuer: 'https://issuer.example',
    repository,
    configuration: '.gitlab-ci.yml',
    refs: { branches: ['main'], tags: ['v*'] },
    pipelineSources: ['push'],
    runner: 'gitlab-hosted',
    attestations: ['slsa-provenance-v1'],
    environment: 'release',
    visibility: 'public',
    maximumAgeHours: 1,
    host: null,
  },
};

/** What the verdict and the signer say of every provider's builds. */
const ofEveryBuild = [
  ...['none', 'not-enforced', 'provider', 'bundle', 'certificate', 'signature', 'statement', 'digest'],
  ...['trust-root'],
  ...['issuer', 'claims', 'time', 'age'],
].map((one) => `origin.${one}`);

const reference = readFileSync(join(import.meta.dirname, '../../../docs/policy/reference.md'), 'utf8');
/** (rule `origin.rerun`), rules `origin.signer`, `origin.builder`, one finding (`origin.claims`). */
const documented = [...reference.matchAll(/(?:\brules? |\()(`origin\.[a-z-]+`(?:, `origin\.[a-z-]+`)*)/g)]
  .flatMap(([, names = '']) => names.split(', '))
  .map((one) => one.replaceAll('`', ''));

describe.each(Object.entries(providers))('the record of %s', (name, record) => {
  const policy = everything[name as ProviderName];
  const claims = (claim: Claim): CertificateClaims =>
    Object.fromEntries(claimNamesOf(record.arcs).map((one) => [one, claim])) as CertificateClaims;
  const judge = (claim: Claim) =>
    judgeBuild(record, {
      claims: claims(claim),
      policy,
      locate: (path) => ({ file: path.join('.'), line: 1, column: 1 }),
    });

  test('has its own name', () => {
    expect(record.name).toBe(name);
  });

  test('answers with the rules it lists, and with no other', () => {
    const [issuer, ...others] = judge({ ok: true, value: 'x' }).map(({ rule }) => rule);
    expect(issuer).toBe('origin.issuer');
    expect(others).toEqual(record.rules);
    expect(new Set([...ofEveryBuild, ...record.rules]).size).toBe(ofEveryBuild.length + record.rules.length);
  });

  test('refuses by every rule where the certificate says nothing, and where it says something else', () => {
    for (const claim of [
      { ok: false, problem: 'it lacks it' },
      { ok: true, value: 'x' },
    ] as const) {
      for (const finding of judge(claim)) {
        expect(finding).toMatchObject({ outcome: 'fail', policy: { line: 1 } });
        expect(finding.fix).not.toBeNull();
      }
    }
  });

  test('asks who vouches, which repository and which commit of every build', () => {
    for (const bare of [policy, { ...policy, visibility: 'any' as const }]) {
      const compared = record.compared(bare);
      expect(compared).toEqual(expect.arrayContaining(['issuer', 'repositoryId', 'commit', 'ref']));
      expect(compared.filter((one) => record.arcs[one] === undefined)).toEqual([]);
    }
  });

  test('has a place for every line in the policy, its own name among them', () => {
    const paths = record.fields.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['provider', 'buildSystem', 'repository', 'maximumAgeHours']),
    );
    expect(record.fields.find(({ path }) => path === 'provider')?.schema).toMatchObject({ const: name });
    for (const { path } of Object.values(record.floors)) {
      if (path.length > 0) expect(paths).toContain(path.join(' '));
    }
  });

  test('knows its build file', () => {
    expect(record.projects.isBuildFile(record.projects.buildFile)).toBe(true);
    expect(record.projects.isBuildFile('README.md')).toBe(false);
  });
});

test('every rule about origins that the reference tells of is one that a build can meet', () => {
  const known = new Set([
    ...ofEveryBuild,
    ...Object.values(providers).flatMap(({ rules, host }) => [...rules, ...(host?.rules ?? [])]),
  ]);
  expect(documented.length).toBeGreaterThan(8);
  expect(documented.filter((one) => !known.has(one))).toEqual([]);
});
