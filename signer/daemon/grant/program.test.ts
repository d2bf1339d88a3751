import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { asInspected } from '../file-version/index.ts';
import { approvedAs, governingAs, hostAs, inspectedAs, scannedAs } from '../checks/proofs.fixture.ts';
import { proveNotRevoked } from '../../rulings/revocations/index.ts';
import { mintGrant, type Evidence } from './index.ts';

const now = new Date('2026-11-27T08:00:00Z');
const artifact = 'a'.repeat(64);
const commit = 'c'.repeat(40);
const target = { path: ['lib/widget.dll'], unsignedSha256: 'b'.repeat(64), type: 'pe', kind: 'library' };

/** Proofs that fit together; what a test changes is what no longer fits. */
function evidence(change: {
  readonly projectProgram?: string;
  readonly certificateProgram?: string | null;
  readonly kind?: string;
}) {
  const { projectProgram = 'components', certificateProgram = 'components', kind = 'library' } = change;
  const one = { ...target, kind };
  const effective = {
    digest: 'd'.repeat(64),
    commit,
    quorum: 0,
    origin: null,
    policy: { purpose: 'test' },
    project: { program: projectProgram },
  };
  const entry = {
    label: 'widget.test',
    project: 'widget',
    purpose: 'test',
    ...(certificateProgram === null ? {} : { program: certificateProgram }),
  };
  const certificate = {
    serialNumber: '01',
    publicKey: { asymmetricKeyType: 'rsa' },
    validFromDate: new Date('2026-01-01'),
    validToDate: new Date('2027-01-01'),
  };
  const key = { entry, certificate, chain: [] };
  const proofs: Evidence = {
    request: {
      id: '0b7f8a52-0000-4000-8000-000000000001',
      project: 'widget',
      artifactSha256: artifact,
      parameters: {},
    } as unknown as Evidence['request'],
    governing: governingAs({ effective, key }),
    origin: null,
    host: hostAs({ policyDigest: effective.digest }),
    inspected: inspectedAs({
      artifactSha256: artifact,
      parameters: {},
      containers: [],
      signTargets: [one],
      leaves: [{ path: one.path, file: 'leaf', sha256: one.unsignedSha256, sizeBytes: 1 }],
    }),
    scanned: scannedAs({ artifactSha256: artifact }),
    approval: approvedAs({
      subject: {
        artifactSha256: artifact,
        parameters: {},
        request: '0b7f8a52-0000-4000-8000-000000000001',
        sourceCommit: null,
        policyCommit: commit,
      },
      approval: { approvals: [] },
    }),
    checkedPolicyDigest: parseSha256Hex('d'.repeat(64)),
  };
  const [named] = proofs.inspected.signTargets;
  if (named === undefined) throw new Error('no target');
  const looked = proveNotRevoked(proofs.governing.key, [], new Map(), now);
  if (!looked.ok) throw new Error('nothing is revoked');
  return { proofs, named, notRevoked: looked.value };
}

const mint = (change: Parameters<typeof evidence>[0] = {}) => {
  const { proofs, named, notRevoked } = evidence(change);
  const version = asInspected(proofs.inspected, named.path);
  if (version === null) throw new Error('nothing was inspected there');
  const octets = { toBeSigned: Uint8Array.of(0x31, 0), hash: 'sha256', round: 0 } as const;
  return mintGrant(proofs, { notRevoked, target: named, version, ...octets }, now).wire;
};

describe('a grant', () => {
  it('names the program under which the file is signed', () => {
    expect(mint()).toMatchObject({ program: 'components', project: 'widget' });
    expect(
      mint({ projectProgram: 'executables', certificateProgram: 'executables', kind: 'program' }),
    ).toMatchObject({
      program: 'executables',
    });
  });

  it.each(['program', 'installer'])('is refused for a kind that the program does not sign: %s', (kind) => {
    expect(() => mint({ kind })).toThrow(`the program components signs no ${kind}`);
  });

  it.each([
    ['executables', 'components'],
    ['components', 'executables'],
    ['components', null],
  ])(
    'is refused where the project is in %s and its certificate was issued for %s',
    (projectProgram, certificateProgram) => {
      expect(() => mint({ projectProgram, certificateProgram })).toThrow(
        'the certificate was issued for the program',
      );
    },
  );
});
