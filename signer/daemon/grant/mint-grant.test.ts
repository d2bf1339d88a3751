/** The last gate before the keyholder: evidence that doesn't fit together makes no grant, whatever the checks before it said. */
import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  parseCommitSha,
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
  type CommitSha,
} from '#core/ids/index.ts';
import type { VerifiedOrigin } from '#core/origin/index.ts';
import { originAs } from '#core/origin/verified.fixture.ts';
import { effectivePolicy, type EffectivePolicy } from '#core/policy/index.ts';
import { base } from '#core/policy/plan/snapshots.fixture.ts';
import { issueCertificate, serialOf } from '#core/pki/x509/index.ts';
import type { ApprovedRequest, InspectedArtifact, ScannedArtifact, SignTarget } from '../checks/index.ts';
import { approvedAs, governingAs, hostAs, inspectedAs, scannedAs } from '../checks/proofs.fixture.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import { asInspected, asRebuilt, asSigned, type FileVersion } from '../file-version/index.ts';
import { versionAs } from '../file-version/versions.fixture.ts';
import { proveNotRevoked, type KnownRevocation, type NotRevoked } from '../../rulings/revocations/index.ts';
import { mintGrant, type Evidence } from './index.ts';

const now = new Date('2026-11-27T08:00:00Z');
const artifact = parseSha256Hex('a1'.repeat(32));
const otherArtifact = parseSha256Hex('b2'.repeat(32));
const source = parseCommitSha('5c'.repeat(20));
const otherCommit = parseCommitSha('6d'.repeat(20));

const pair = generateKeyPairSync('rsa', { modulusLength: 3072 });
const selfSigned = async ({ publicKey, privateKey }: typeof pair) =>
  new X509Certificate(
    await issueCertificate(
      {
        kind: 'test',
        subject: { organization: 'Example', commonName: 'TEST ONLY: esbuild-demo' },
        publicKey,
        issuer: null,
        serial: Uint8Array.from([0x11, 2, 3, 4, 5, 6, 7, 8]),
        notBefore: new Date('2026-11-01T00:00:00Z'),
        notAfter: new Date('2027-02-01T00:00:00Z'),
      },
      (tbs, _, hash) => Promise.resolve(sign(hash, tbs, privateKey)),
    ),
  );

function effectiveOf(policy: string): EffectivePolicy {
  const found = effectivePolicy(base, parseProjectSlug('esbuild-demo'), parsePolicySlug(policy));
  if (!found.ok) throw new Error(`the seed has no policy ${policy}`);
  return found.value;
}

const release = effectiveOf('release-signing');

const key: SigningKey = {
  entry: {
    label: 'esbuild-demo.release',
    token: 'signing',
    purpose: 'release',
    project: 'esbuild-demo',
    name: 'release',
    program: 'executables',
    certificate: 'release.pem',
    chain: [],
  },
  certificate: await selfSigned(pair),
  chain: [],
};

const request = {
  id: parseRequestId('0b7f8a52-0000-4000-8000-000000000001'),
  project: 'esbuild-demo',
  policy: 'release-signing',
  artifactSha256: artifact,
  artifactName: 'package.tgz',
  bundleSha256: null,
  submittedBy: 'token:ci',
  submittedAt: now,
  parameters: {},
} as ClaimedRequest;

const target: SignTarget = {
  path: ['package/program.exe'],
  file: 'leaf-1',
  unsignedSha256: parseSha256Hex('c3'.repeat(32)),
  type: 'pe',
  detached: false,
  sign: {},
  subject: null,
  kind: 'program',
};

function origin(of: { artifact?: string; commit?: CommitSha } = {}): VerifiedOrigin {
  return originAs({
    claims: { commit: of.commit ?? source },
    digests: { sha256: of.artifact ?? artifact },
  });
}

function approval(subject: object = {}, approvals = release.quorum): ApprovedRequest {
  return approvedAs({
    subject: {
      request: request.id,
      project: request.project,
      policy: request.policy,
      artifactSha256: artifact,
      policyCommit: release.commit,
      sourceCommit: source,
      submittedBy: request.submittedBy,
      parameters: {},
      ...subject,
    },
    approval: { approvals: Array.from({ length: approvals }, () => ({})) },
  });
}

const inspected = (of = artifact): InspectedArtifact =>
  inspectedAs({
    artifactSha256: of,
    parameters: {},
    leaves: [{ path: target.path, file: target.file, sha256: target.unsignedSha256, sizeBytes: 4 }],
    containers: [],
    inside: [],
    signTargets: [target],
  });
const scanned = (of = artifact): ScannedArtifact => scannedAs({ artifactSha256: of, files: 1 });

const whole: Evidence = {
  request,
  governing: governingAs({ effective: release, key }),
  origin: origin(),
  host: hostAs({ policyDigest: release.digest, artifactSha256: artifact }),
  inspected: inspected(),
  scanned: scanned(),
  approval: approval(),
  checkedPolicyDigest: release.digest,
};

/** The file in the target's place, as its own inspection saw it. */
const versionOf = (artifactNow: InspectedArtifact, { path }: Pick<SignTarget, 'path'>): FileVersion => {
  const version = asInspected(artifactNow, path);
  if (version === null) throw new Error('nothing was inspected there');
  return version;
};
/** As the register says at this time, in which nothing is revoked. */
const lookedAt = (at: Date, of = key): NotRevoked => {
  const looked = proveNotRevoked(of, [of], new Map(), at);
  if (!looked.ok) throw new Error('nothing is revoked');
  return looked.value;
};
const octets = { toBeSigned: Uint8Array.from([1, 2, 3]), hash: 'sha256', round: 0 } as const;
const mint = (change: Partial<Evidence> = {}, of = target, at = now) => {
  const evidence = { ...whole, ...change };
  const version = versionOf(evidence.inspected, target);
  const notRevoked = lookedAt(at, evidence.governing.key);
  return mintGrant(evidence, { notRevoked, target: of, version, ...octets }, at);
};
const mintOf = (version: FileVersion) =>
  mintGrant(whole, { notRevoked: lookedAt(now), target, version, ...octets }, now);
const mintAfter = (notRevoked: NotRevoked) =>
  mintGrant(whole, { notRevoked, target, version: versionOf(whole.inspected, target), ...octets }, now);
const keyWith = (entry: Partial<SigningKey['entry']>) => ({
  governing: governingAs({ effective: release, key: { ...key, entry: { ...key.entry, ...entry } } }),
});

describe('a signing grant', () => {
  it('is made from matching evidence: for one key, one file, these bytes, two minutes', () => {
    expect(mint().wire).toMatchObject({
      purpose: 'release',
      keyLabel: 'esbuild-demo.release',
      requestId: request.id,
      artifactSha256: artifact,
      leafPath: target.path,
      unsignedSha256: target.unsignedSha256,
      toBeSigned: 'AQID',
      policyCommit: release.commit,
      expiresAt: '2026-11-27T08:02:00.000Z',
    });
  });

  it('is refused if the inspected artifact isn’t the requested one', () => {
    const change = { inspected: inspected(otherArtifact), scanned: scanned(otherArtifact) };
    expect(() => mint(change)).toThrow('the inspected artifact is not the requested one');
  });

  it('is refused if another artifact was scanned', () => {
    expect(() => mint({ scanned: scanned(otherArtifact) })).toThrow(
      'the scanned artifact is not the inspected one',
    );
  });

  it('is refused if the policy changed since the checks', () => {
    expect(() => mint({ checkedPolicyDigest: parseSha256Hex('ee'.repeat(32)) })).toThrow(
      'the policy changed',
    );
  });

  it('is refused if the policy names an origin and none was verified', () => {
    const change = { origin: null, approval: approval({ sourceCommit: null }) };
    expect(() => mint(change)).toThrow('the origin was not verified');
  });

  it('is refused if the code host was asked under another policy or about another build', () => {
    const otherPolicy = hostAs({ policyDigest: 'e'.repeat(64) });
    expect(() => mint({ host: otherPolicy })).toThrow('asked for another policy');
    const otherBuild = hostAs({ policyDigest: release.digest, bundleSha256: 'e'.repeat(64) });
    expect(() => mint({ host: otherBuild })).toThrow('asked about another build');
    const otherFile = hostAs({ policyDigest: release.digest, artifactSha256: otherArtifact });
    expect(() => mint({ host: otherFile })).toThrow('asked about another file');
  });

  it('is refused if the origin was verified for another artifact', () => {
    expect(() => mint({ origin: origin({ artifact: otherArtifact }) })).toThrow(
      'verified for another artifact',
    );
  });

  it('is refused without an origin for anything but tests', () => {
    const effective = { ...release, origin: null };
    const change = {
      governing: governingAs({ effective, key }),
      origin: null,
      approval: approval({ sourceCommit: null }),
    };
    expect(() => mint(change)).toThrow('a release needs an origin');
  });

  it('is refused if the approvals are for another artifact or another request', () => {
    const another = { request: parseRequestId('0b7f8a52-0000-4000-8000-000000000002') };
    expect(() => mint({ approval: approval(another) })).toThrow('the approvals are for something else');
    expect(() => mint({ approval: approval({ artifactSha256: otherArtifact }) })).toThrow(
      'the approvals are for something else',
    );
  });

  it('is refused if the approvals are for another source commit', () => {
    expect(() => mint({ approval: approval({ sourceCommit: otherCommit }) })).toThrow(
      'another source commit',
    );
    expect(() => mint({ origin: origin({ commit: otherCommit }) })).toThrow('another source commit');
  });

  it('is refused if approvals or inspection are for other parameters', () => {
    const parameters = { version: '1.2.3' };
    expect(() => mint({ approval: approval({ parameters }) })).toThrow('for other parameters');
    expect(() => mint({ inspected: inspectedAs({ ...whole.inspected, parameters }) })).toThrow(
      'the inspection had other parameters',
    );
    expect(() => mint({ request: { ...request, parameters } })).toThrow('parameters');
  });

  it('is refused if the approvals were counted under another policy', () => {
    expect(() => mint({ approval: approval({ policyCommit: otherCommit }) })).toThrow('under another policy');
  });

  it('is refused one approval short of the quorum', () => {
    expect(release.quorum).toBeGreaterThan(0);
    expect(() => mint({ approval: approval({}, release.quorum - 1) })).toThrow('the quorum is not reached');
  });

  it('is refused for a file that the inspection didn’t name', () => {
    expect(() => mint({}, { ...target })).toThrow('not one that the inspection named');
  });

  it('is refused for a version of a file at another path', () => {
    const elsewhere = versionAs(versionOf(whole.inspected, target), { path: ['package/other.exe'] });
    expect(() => mintOf(elsewhere)).toThrow('not at the target’s path');
  });

  it('is refused for a version that doesn’t descend from what was inspected', () => {
    const first = versionOf(whole.inspected, target);
    const written = { file: 'leaf-2', sha256: parseSha256Hex('d4'.repeat(32)), sizeBytes: 5 };
    expect(mintOf(asSigned(first, written)).wire.unsignedSha256).toBe(written.sha256);
    const foreign = versionOf(inspected(), target);
    expect(() => mintOf(foreign)).toThrow('the file belongs to another inspection');
    expect(() => mintOf(versionAs(first, { sha256: written.sha256 }))).toThrow('the file was not inspected');
    expect(() => mintOf(asRebuilt(first, [], written))).toThrow('rebuilt without a replacement');
  });

  it('is refused for the key of another project or another purpose', () => {
    expect(() => mint(keyWith({ project: 'zip-demo' }))).toThrow('the key belongs to another project');
    expect(() => mint(keyWith({ purpose: 'test' }))).toThrow('the key belongs to another project');
  });

  it('is refused if the revocation check was for another certificate', () => {
    expect(() => mintAfter(lookedAt(now, { ...key }))).toThrow('the proof is about another certificate');
  });

  it('is refused more than a minute after the revocation check, and before it', () => {
    expect(() => mintAfter(lookedAt(new Date(now.getTime() - 60_000)))).not.toThrow();
    expect(() => mintAfter(lookedAt(new Date(now.getTime() - 60_001)))).toThrow('too long ago');
    expect(() => mintAfter(lookedAt(new Date(now.getTime() + 1)))).toThrow('later than now');
  });

  it('is refused if the register lists the certificate, since there is no proof then', () => {
    const serial = serialOf(key.certificate);
    const revoked = { serial, reason: 'keyCompromise', effectiveAt: now } as unknown as KnownRevocation;
    const looked = proveNotRevoked(key, [key], new Map([[serial, revoked]]), now);
    expect(looked).toMatchObject({ ok: false, by: revoked });
  });

  it('is refused for a key that no verifier of the format takes', async () => {
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const own = await selfSigned(elliptic);
    const change = { governing: governingAs({ effective: release, key: { ...key, certificate: own } }) };
    expect(() => mint(change)).not.toThrow();
    const nuget = { ...target, type: 'nuget' as const };
    const targets = inspectedAs({ ...inspected(), signTargets: [nuget] });
    expect(() => mint({ ...change, inspected: targets }, nuget)).toThrow('takes a key of this type');
    expect(() => mint({ inspected: targets }, nuget)).not.toThrow();
  });

  it('of a file’s own bytes is for the project’s own key, and for no other', () => {
    const sums = { ...target, type: 'file' as const, sign: { method: 'openpgp' }, kind: 'other' as const };
    const own = (entry: object): SigningKey => ({
      ...key,
      entry: { ...key.entry, label: 'esbuild-demo.pgp', purpose: 'openpgp', serves: 'release', ...entry },
    });
    const targets = inspectedAs({ ...inspected(), signTargets: [sums] });
    const mintWith = (openpgp: SigningKey) => {
      const evidence = {
        ...whole,
        governing: governingAs({ effective: release, key, ownKeys: { openpgp } }),
        inspected: targets,
      };
      const version = versionOf(targets, sums);
      return mintGrant(
        evidence,
        { notRevoked: lookedAt(now, openpgp), target: sums, version, ...octets },
        now,
      );
    };
    expect(mintWith(own({})).wire).toMatchObject({
      purpose: 'openpgp',
      serves: 'release',
      keyLabel: 'esbuild-demo.pgp',
    });
    for (const entry of [
      { purpose: 'release' },
      { purpose: 'raw' },
      { serves: 'test' },
      { project: 'zip-demo' },
    ])
      expect(() => mintWith(own(entry))).toThrow('the key belongs to another project');
    const none = {
      ...whole,
      governing: governingAs({ effective: release, key, ownKeys: {} }),
      inspected: targets,
    };
    expect(() =>
      mintGrant(
        none,
        { notRevoked: lookedAt(now), target: sums, version: versionOf(targets, sums), ...octets },
        now,
      ),
    ).toThrow('no key for openpgp');
  });

  it('is refused before the certificate is valid and after it expires', () => {
    const { validFromDate, validToDate } = key.certificate;
    expect(() => mint({}, target, new Date(validFromDate.getTime() - 1))).toThrow('not valid now');
    expect(() => mint({}, target, new Date(validToDate.getTime() + 1))).toThrow('not valid now');
    expect(() => mint({}, target, validToDate)).not.toThrow();
  });
});
