import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseCertificateSerial } from '#core/ids/index.ts';
import type { CertificateStatus } from '#core/pki/ocsp/index.ts';
import type { KnownRevocation } from '../../rulings/revocations/index.ts';
import { LastPublished } from './last-published.ts';
import { mintAnswerGrant } from './mint-answer-grant.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-answer-grant-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = new Date('2026-11-27T08:00:00Z');
const [bad, other] = ['4a11', '4a12'].map(parseCertificateSerial);
if (bad === undefined || other === undefined) throw new Error('two serial numbers');
const about = { keyLabel: 'foundation-ocsp', responseData: Buffer.from('3005a203020103', 'hex') };
const revoked: CertificateStatus = { status: 'revoked', revokedAt: at, reason: 'keyCompromise' };

/** Nothing was published before, so the register can't lack any of it. */
const revocations = await new LastPublished({
  stateFile: join(folder, 'state.json'),
  wholeList: join(folder, 'a.crl'),
  issuer: new Uint8Array(),
  keyHolderJournal: join(folder, 'journal'),
  register: 'revocations.json',
}).check(new Map([[bad, { serial: bad } as KnownRevocation]]));

it('a status answer is granted for what the register says', () => {
  const { wire } = mintAnswerGrant({ serial: bad, status: revoked, revocations }, about, at);
  expect(wire).toMatchObject({ purpose: 'ocsp', expiresAt: '2026-11-27T08:01:00.000Z' });
  expect(wire.requestId).toMatch(new RegExp(`^ocsp-4a11-${at.getTime()}-[0-9a-f]{8}$`));
  mintAnswerGrant({ serial: other, status: { status: 'good' }, revocations }, about, at);
});

it.each([
  ['good of a revoked certificate', bad, { status: 'good' } as const],
  ['unknown of a revoked certificate', bad, { status: 'unknown' } as const],
  ['revoked of another', other, revoked],
])('is not granted if it states %s', (_, serial, status) => {
  const mint = () => mintAnswerGrant({ serial, status, revocations }, about, at);
  expect(mint).toThrow(expect.objectContaining({ code: 'REGISTER_SHORT' }));
});
