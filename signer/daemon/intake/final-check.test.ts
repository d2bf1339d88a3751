import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseProjectSlug, parseRequestId } from '#core/ids/index.ts';
import { issueCertificate, serialOf } from '#core/pki/x509/index.ts';
import { approvedAs, governingAs } from '../checks/proofs.fixture.ts';
import type { KnownRevocation } from '../../rulings/revocations/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { checkBeforeFile, finalCheck } from './final-check.ts';

const now = new Date('2026-11-27T08:00:00Z');
const pair = generateKeyPairSync('rsa', { modulusLength: 3072 });
const der = await issueCertificate(
  {
    kind: 'test',
    subject: { organization: 'Example', commonName: 'TEST ONLY: widget' },
    publicKey: pair.publicKey,
    issuer: null,
    serial: Uint8Array.from([0x11, 2, 3, 4, 5, 6, 7, 8]),
    notBefore: new Date('2026-11-01T00:00:00Z'),
    notAfter: new Date('2027-02-01T00:00:00Z'),
  },
  (tbs) => Promise.resolve(sign('sha256', tbs, pair.privateKey)),
);
const certificate = new X509Certificate(der);
const key = { entry: { label: 'widget.test' }, certificate, chain: [] } as unknown as SigningKey;
const revocation = {
  serial: serialOf(certificate),
  reason: 'keyCompromise',
  effectiveAt: now,
  learnedAt: now,
  project: 'widget',
  certificate: 'test',
  policyCommit: null,
} satisfies KnownRevocation;

const request = {
  id: parseRequestId('11111111-1111-4111-8111-111111111111'),
  project: parseProjectSlug('widget'),
};
type Context = Parameters<typeof checkBeforeFile>[0];
const nothing = () => Promise.resolve();
const fine = {
  journal: { check: nothing },
  database: { query: () => Promise.resolve([]) },
  stops: { check: nothing },
  clock: { check: () => undefined },
  policy: { checkFresh: () => undefined },
  revocations: { known: () => new Map() },
  keys: { current: () => [key] },
  now: () => now,
};
const look = (change: object = {}) =>
  checkBeforeFile({ ...fine, ...change } as unknown as Context, request, {
    governing: governingAs({ key, ownKeys: {}, effective: { locate: () => null, quorum: 1 } }),
    approval: approvedBy('2026-11-27T08:00:01.000Z'),
  });
const approvedBy = (...expiresAt: readonly string[]) =>
  approvedAs({ approval: { approvals: expiresAt.map((at) => ({ expiresAt: at })) } });
const gone = new Error('not now');

describe('the check before each file', () => {
  it('proves that the certificate isn’t revoked at this moment', async () => {
    expect(await look()).toMatchObject({ ok: true, value: { keys: [key], at: now } });
  });

  it('signs nothing once the certificate has ended, and says which and when', async () => {
    const late = new Date('2027-02-01T00:00:01Z');
    await expect(look({ now: () => late })).rejects.toMatchObject({
      component: 'signer',
      message:
        'the certificate of widget.test ended at 2027-02-01T00:00:00.000Z, while the request was being signed',
      until: late,
    });
  });

  it.each([
    ['the only one', 1, ['2026-11-27T08:00:00.000Z']],
    ['one of two', 2, ['2026-11-28T00:00:00.000Z', '2026-11-27T07:59:59.000Z']],
  ])('signs nothing once an approval that is needed has ended: %s', async (_, quorum, ends) => {
    const governing = governingAs({ key, ownKeys: {}, effective: { locate: () => null, quorum } });
    const checked = (...expiresAt: readonly string[]) =>
      checkBeforeFile(fine as unknown as Context, request, { governing, approval: approvedBy(...expiresAt) });
    await expect(checked(...ends)).rejects.toMatchObject({
      component: 'signer',
      message: expect.stringContaining(
        `approvals still count: one ended at ${[...ends].sort()[0]}`,
      ) as unknown,
    });
    // More than are needed may end.
    const later = Array.from({ length: quorum }, () => '2026-11-28T00:00:00.000Z');
    expect(await checked(...ends, ...later)).toMatchObject({ ok: true });
  });

  it('ends the request if the register lists the certificate', async () => {
    const revocations = { known: () => new Map([[revocation.serial, revocation]]) };
    expect(await look({ revocations })).toMatchObject({
      ok: false,
      findings: [{ rule: 'release.certificate', outcome: 'fail' }],
    });
  });

  it('ends a request that was cancelled', async () => {
    const row = { reason: 'The wrong tag.', cancelled_by: 'token:widget/ci' };
    const database = { query: () => Promise.resolve([row]) };
    expect(await look({ database })).toMatchObject({
      ok: false,
      findings: [{ rule: 'received.cancelled', found: 'cancelled by token:widget/ci: The wrong tag.' }],
    });
  });

  it('says of a project’s own key that it is one, and where the policy names it', async () => {
    const other = {
      entry: { label: 'widget.other' },
      certificate: { serialNumber: '99', validToDate: new Date('2030-01-01T00:00:00Z') },
    } as unknown as SigningKey;
    const revocations = {
      known: () => new Map([[revocation.serial, { ...revocation, reason: 'superseded' }]]),
    };
    const locate = ([file = '']: readonly string[]) => ({ file, line: 1, text: '' });
    const checked = await checkBeforeFile({ ...fine, revocations } as unknown as Context, request, {
      governing: governingAs({ key: other, ownKeys: { openpgp: key }, effective: { locate, quorum: 0 } }),
      approval: approvedBy(),
    });
    const [finding] = checked.findings;
    expect(finding?.message).toContain('own key was revoked');
    expect(finding?.policy?.file).toBe('openpgpKey');
  });

  it.each([
    ['signing is stopped', { stops: { check: () => Promise.reject(gone) } }],
    [
      'the clock jumped',
      {
        clock: {
          check() {
            throw gone;
          },
        },
      },
    ],
    ['the database was put back', { journal: { check: () => Promise.reject(gone) } }],
    [
      'the policy became too old meanwhile',
      {
        policy: {
          checkFresh() {
            throw gone;
          },
        },
      },
    ],
  ])('proves nothing while %s', async (_, change) => {
    await expect(look(change)).rejects.toBe(gone);
  });
});

describe('the check before the release', () => {
  it('lets nothing out after the clock jumped', async () => {
    const clock = {
      check() {
        throw gone;
      },
    };
    const governing = governingAs({ key, ownKeys: {}, effective: { locate: () => null } });
    const context = { ...fine, clock } as unknown as Parameters<typeof finalCheck>[0];
    await expect(finalCheck(context, request as ClaimedRequest, governing)).rejects.toBe(gone);
  });
});
