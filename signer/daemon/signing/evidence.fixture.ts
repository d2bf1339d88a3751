/** Evidence for a test certificate over one program, and a check that finds the key good. For tests of signing. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { parseSha256Hex } from '#core/ids/index.ts';
import { governingAs, hostAs, inspectedAs, scannedAs, approvedAs } from '../checks/proofs.fixture.ts';
import type { Evidence } from '../grant/index.ts';
import { proveNotRevoked } from '../../rulings/revocations/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import type { SigningContext } from './signing-context.ts';

export const now = new Date('2026-11-27T08:00:00Z');
export const sha256 = parseSha256Hex('a'.repeat(64));
/** By its public key. */
export const keyWith = (publicKey: KeyObject): SigningKey =>
  ({
    entry: { label: 'widget.test', project: 'widget', purpose: 'test', program: 'executables' },
    certificate: {
      serialNumber: '11',
      validFromDate: new Date('2026-01-01'),
      validToDate: new Date('2027-01-01'),
      publicKey,
    } as unknown as X509Certificate,
    chain: [],
  }) as unknown as SigningKey;
export const rsaKey = keyWith({ asymmetricKeyType: 'rsa' } as unknown as KeyObject);
export const target = {
  path: [],
  file: 'artifact',
  type: 'pe',
  detached: false,
  unsignedSha256: sha256,
  sign: {},
  kind: 'program',
  subject: null,
} as const;
export const inspected = inspectedAs({
  artifactSha256: sha256,
  leaves: [{ path: [], file: 'artifact', sha256, sizeBytes: 1 }],
  containers: [],
  inside: [],
  signTargets: [target],
  parameters: {},
});
export const evidenceWith = (key: SigningKey): Evidence => ({
  request: {
    id: '0b7f8a52-0000-4000-8000-000000000001',
    project: 'widget',
    artifactSha256: sha256,
    parameters: {},
  } as never,
  governing: governingAs({
    effective: {
      digest: sha256,
      commit: 'c'.repeat(40),
      quorum: 0,
      origin: null,
      policy: { purpose: 'test' },
      project: { program: 'executables' },
    },
    key,
  }),
  origin: null,
  host: hostAs({ policyDigest: sha256 }),
  inspected,
  scanned: scannedAs({ artifactSha256: sha256 }),
  approval: approvedAs({
    subject: {
      artifactSha256: sha256,
      request: '0b7f8a52-0000-4000-8000-000000000001',
      sourceCommit: null,
      policyCommit: 'c'.repeat(40),
      parameters: {},
    },
    approval: { approvals: [] },
  }),
  checkedPolicyDigest: sha256,
});

export const lookedAt =
  (at: Date, key = rsaKey): SigningContext['checkBeforeFile'] =>
  async () => {
    const looked = proveNotRevoked(key, [key], new Map(), at);
    if (!looked.ok) throw new Error('nothing is revoked');
    return { ok: true, value: looked.value, findings: [] };
  };
