/** What is looked at right before each signature. */
import type { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fail } from '#core/wire/finding/index.ts';
import type { RequestEvent } from '#core/wire/journal/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { formats } from '#core/formats/registry.ts';
import type { Subject } from '#core/formats/format.ts';
import { governingAs, inspectedAs, scannedAs, approvedAs } from '../checks/proofs.fixture.ts';
import { asInspected } from '../file-version/index.ts';
import type { Evidence } from '../grant/index.ts';
import type { Run } from '../run/index.ts';
import { proveNotRevoked } from '../../rulings/revocations/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import { signFile, type SigningContext } from './sign-file.ts';

const now = new Date('2026-11-27T08:00:00Z');
const sha256 = parseSha256Hex('a'.repeat(64));
const key = {
  entry: { label: 'widget.test', project: 'widget', purpose: 'test', program: 'executables' },
  certificate: {
    serialNumber: '11',
    validFromDate: new Date('2026-01-01'),
    validToDate: new Date('2027-01-01'),
  } as unknown as X509Certificate,
  chain: [],
} as unknown as SigningKey;
const target = {
  path: [],
  file: 'artifact',
  type: 'pe',
  unsignedSha256: sha256,
  sign: {},
  kind: 'program',
  subject: null,
} as const;
const inspected = inspectedAs({
  artifactSha256: sha256,
  leaves: [{ path: [], file: 'artifact', sha256, sizeBytes: 1 }],
  containers: [],
  inside: [],
  signTargets: [target],
});
const evidence: Evidence = {
  request: { id: '0b7f8a52-0000-4000-8000-000000000001', project: 'widget', artifactSha256: sha256 } as never,
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
  inspected,
  scanned: scannedAs({ artifactSha256: sha256 }),
  approval: approvedAs({
    subject: {
      artifactSha256: sha256,
      request: '0b7f8a52-0000-4000-8000-000000000001',
      sourceCommit: null,
      policyCommit: 'c'.repeat(40),
    },
    approval: { approvals: [] },
  }),
  checkedPolicyDigest: sha256,
};

/** One round over the file; → what it rejected with, and what happened before. */
async function attempt(checkBeforeFile: SigningContext['checkBeforeFile']) {
  const done: string[] = [];
  const version = asInspected(inspected, []);
  const { signing } = formats.pe;
  if (version === null || signing === null) throw new Error('nothing to sign');
  const context = {
    evidence,
    checkBeforeFile,
    timestamps: null,
    inspector: null,
    run: {
      now: () => now,
      record: async (event: RequestEvent) => void done.push(event.kind),
    } as unknown as Run,
    keyHolder: {
      sign() {
        done.push('asked the keyholder');
        return Promise.reject(new Error('far enough'));
      },
    },
  } as unknown as SigningContext;
  const subject = { digest: 'b'.repeat(64) } as Subject;
  const error: unknown = await signFile(context, {
    target,
    sign: {},
    number: 0,
    subject,
    version,
    signing: { ...signing, toBeSigned: () => Uint8Array.of(0x31, 0) },
  }).catch((reason: unknown) => reason);
  return { error, done };
}

function lookedAt(at: Date): SigningContext['checkBeforeFile'] {
  return async () => {
    const looked = proveNotRevoked(key, [key], new Map(), at);
    if (!looked.ok) throw new Error('nothing is revoked');
    return { ok: true, value: looked.value, findings: [] };
  };
}

describe('a signature of a file', () => {
  it('is requested once the certificate was found good a moment ago', async () => {
    expect((await attempt(lookedAt(now))).done).toEqual(['sign.intent', 'asked the keyholder']);
  });

  it('is not requested if the certificate was revoked meanwhile: that ends the request', async () => {
    const finding = fail({ rule: 'release.certificate', message: 'It was revoked.', fix: 'None.' });
    const { error, done } = await attempt(async () => ({ ok: false, findings: [finding] }));
    expect(error).toMatchObject({ findings: [finding] });
    expect(done).toEqual([]);
  });

  it('is not requested on a check minutes old, nor while signing is stopped', async () => {
    const before = new Date(now.getTime() - 120_000);
    const { error, done } = await attempt(lookedAt(before));
    expect(error).toMatchObject({ code: 'GRANT_REFUSED' });
    const stopped = await attempt(() => Promise.reject(new Error('stopped')));
    expect(stopped.error).toMatchObject({ message: 'stopped' });
    expect([...done, ...stopped.done]).toEqual([]);
  });
});
