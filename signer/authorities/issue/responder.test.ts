import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { certificateToPem, issueCertificate } from '#core/pki/x509/index.ts';
import { responderGeneration } from './responder.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-responder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const now = new Date('2026-11-27T00:00:00Z');
const pair = generateKeyPairSync('rsa', { modulusLength: 3072 });

/** Any certificate will do: its end is all that is looked at. */
async function registry(responders: Readonly<Record<string, number>>): Promise<void> {
  const keys = [];
  for (const [label, daysLeft] of Object.entries(responders)) {
    const der = await issueCertificate(
      {
        kind: 'test',
        subject: { organization: 'Example', commonName: `TEST ONLY: ${label}` },
        issuer: null,
        publicKey: pair.publicKey,
        serial: new Uint8Array(16).fill(1),
        notBefore: new Date(now.getTime() - 86_400_000),
        notAfter: new Date(now.getTime() + daysLeft * 86_400_000),
      },
      (bytes) => Promise.resolve(sign('sha256', bytes, pair.privateKey)),
    );
    writeFileSync(join(folder, `${label}.pem`), certificateToPem(der));
    keys.push({
      label,
      token: 'issuing',
      purpose: 'ocsp',
      project: null,
      name: null,
      certificate: `${label}.pem`,
      chain: [],
    });
  }
  writeFileSync(join(folder, 'registry.json'), JSON.stringify({ version: 1, keys }));
}

describe('the responder’s key', () => {
  it.each([
    ['there is none', {}, { generation: 1, isDue: true }],
    ['the one there is holds on', { 'foundation-ocsp': 61 }, { generation: 1, isDue: false }],
    ['it runs out within sixty days', { 'foundation-ocsp': 59 }, { generation: 2, isDue: true }],
    [
      'its successor is there',
      { 'foundation-ocsp': 5, 'foundation-ocsp.2': 300 },
      { generation: 2, isDue: false },
    ],
    [
      'the successor runs out, too',
      { 'foundation-ocsp.2': 5, 'foundation-ocsp': 1 },
      { generation: 3, isDue: true },
    ],
  ])('is judged if %s', async (_, responders, expected) => {
    await registry(responders);
    expect(await responderGeneration(folder, now)).toEqual(expected);
  });
});
