/** Keys of a project's own: chosen by what the policy names, for exactly what the artifact configuration asks for. */
import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import { artifactFile, changed, releasePolicy } from '#core/policy/plan/snapshots.fixture.ts';
import { issueCertificate, serialOf } from '#core/pki/x509/index.ts';
import type { KnownRevocation, Revocations } from '../../rulings/revocations/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import { chooseOwnKeys } from './own-keys.ts';

const now = new Date('2026-11-27T08:00:00Z');
const project = parseProjectSlug('esbuild-demo');

async function ownKey(
  purpose: 'raw' | 'openpgp',
  entry: Partial<SigningKey['entry']> = {},
  pair = generateKeyPairSync('rsa', { modulusLength: 3072 }),
): Promise<SigningKey> {
  const der = await issueCertificate(
    {
      kind: 'raw',
      subject: { organization: 'Example', commonName: 'Key' },
      publicKey: pair.publicKey,
      issuer: null,
      serial: Uint8Array.from([0x11, 2, 3, 4, 5, 6, 7, 8]),
      notBefore: new Date('2026-11-01'),
      notAfter: new Date('2027-02-01'),
    },
    (tbs, _, hash) => Promise.resolve(sign(hash, tbs, pair.privateKey)),
  );
  return {
    entry: {
      label: `esbuild-demo.${purpose}`,
      token: 'signing',
      purpose,
      serves: 'release',
      project,
      name: 'own',
      program: 'executables',
      certificate: 'own.pem',
      chain: [],
      ...entry,
    },
    certificate: new X509Certificate(der),
    chain: [],
  };
}

const asking = (method: string): string => `apiVersion: countersign/v1
kind: ArtifactConfiguration
root:
  type: zip
  contents:
    - { type: file, path: SHA256SUMS, sign: { method: ${method} } }
`;

function choose(
  keys: readonly SigningKey[],
  {
    method = 'openpgp',
    line = 'openpgpKey: own',
    revocations = new Map() as Revocations,
    at = now,
    named = true,
    claimedBy = new Set<string>(),
  } = {},
) {
  const snapshot = changed({
    [artifactFile]: asking(method),
    'projects/esbuild-demo/policies/test-signing.yaml': null,
    [releasePolicy]: [['certificate: release', `certificate: release\n${line}`]],
  });
  const found = effectivePolicy(snapshot, project, parsePolicySlug('release-signing'));
  if (!found.ok) throw new Error('the seed has a release policy');
  const { openpgpKey: _, ...policy } = found.value.policy;
  const effective = named ? found.value : { ...found.value, policy };
  return chooseOwnKeys({ request: { project }, keys, revocations, claimedBy, now: at }, effective);
}

const refused = expect.objectContaining({ outcome: 'fail', rule: 'policy.own-key' }) as object;

describe('a project’s own key', () => {
  it('is chosen where the policy names it and the artifact configuration asks for it', async () => {
    const openpgp = await ownKey('openpgp');
    expect(choose([openpgp])).toMatchObject({ keys: { openpgp }, findings: [{ outcome: 'pass' }] });
    const raw = await ownKey('raw');
    expect(choose([raw], { method: 'raw', line: 'rawKey: own' }).keys).toEqual({ raw });
    expect(choose([raw, openpgp], { method: 'cms' })).toEqual({ keys: {}, findings: [] });
  });

  // No policy in force is so: validation refuses it.
  it('is missing where the policy names none, with the line to write', async () => {
    const { keys, findings } = choose([await ownKey('openpgp')], { named: false });
    expect([keys, findings]).toEqual([{}, [refused]]);
    expect(findings[0]?.fix).toContain('openpgpKey');
  });

  it.each([
    ['for another method', { purpose: 'raw' }],
    ['that serves tests', { serves: 'test' }],
    ['of another project', { project: 'zip-demo' }],
    ['of another name', { name: 'release' }],
    ['made for another program', { program: 'components' }],
    ['of a certificate', { purpose: 'release', serves: undefined }],
  ] as const)('is refused %s', async (_, entry) => {
    const { keys, findings } = choose([await ownKey('openpgp', entry)]);
    expect([keys, findings]).toEqual([{}, [refused]]);
  });

  it('is refused once revoked, and outside its life', async () => {
    const key = await ownKey('openpgp');
    const serial = serialOf(key.certificate);
    const revoked = { serial, reason: 'keyCompromise', effectiveAt: now } as unknown as KnownRevocation;
    expect(choose([key], { revocations: new Map([[serial, revoked]]) }).keys).toEqual({});
    for (const at of [new Date('2026-10-31'), new Date('2027-02-02')])
      expect(choose([key], { at }).keys).toEqual({});
  });

  it('goes on signing what it began, though another is the newest by now', async () => {
    const begun = await ownKey('openpgp');
    const newest = await ownKey('openpgp', { label: 'esbuild-demo.openpgp-2' });
    expect(choose([begun, newest]).keys.openpgp).toBe(newest);
    expect(choose([begun, newest], { claimedBy: new Set([begun.entry.label]) }).keys.openpgp).toBe(begun);
  });

  it('on a curve signs raw and nothing of OpenPGP', async () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const raw = choose([await ownKey('raw', {}, curve)], { method: 'raw', line: 'rawKey: own' });
    expect(raw.findings.map(({ outcome }) => outcome)).toEqual(['pass']);
    const { findings } = choose([await ownKey('openpgp', {}, curve)]);
    expect(findings.map(({ rule, outcome }) => `${rule} ${outcome}`)).toContain('policy.key-type fail');
  });
});
