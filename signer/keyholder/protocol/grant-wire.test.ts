import { describe, expect, it } from 'vitest';
import { signingGrantWireSchema } from './grant-wire.ts';

const common = {
  version: 1,
  grantId: 'e'.repeat(64),
  keyLabel: 'a-key',
  toBeSigned: 'MQA=',
  expiresAt: '2026-11-20T12:02:00.000Z',
};
const ofFile = {
  requestId: '0b7f8a52-0000-4000-8000-000000000001',
  project: 'widget',
  program: 'executables',
  artifactSha256: 'a'.repeat(64),
  leafPath: [],
  unsignedSha256: 'b'.repeat(64),
  policyCommit: 'c'.repeat(40),
};
const members: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  release: { ...common, ...ofFile },
  test: { ...common, ...ofFile },
  timestamp: { ...common, requestId: 'timestamp-1a' },
  crl: { ...common, requestId: 'crl-7-10' },
  ocsp: { ...common, requestId: 'ocsp-4a11-1795348805000-0a1b2c3d' },
};
const holds = (grant: object): boolean => signingGrantWireSchema.safeParse(grant).success;

describe.each(Object.entries(members))('a grant for %s', (purpose, whole) => {
  it('has its members, each of them, and no other’s', () => {
    expect(holds({ ...whole, purpose })).toBe(true);
    for (const member of Object.keys(whole)) {
      const { [member]: _, ...rest } = whole;
      expect(holds({ ...rest, purpose }), `without ${member}`).toBe(false);
      expect(holds({ ...rest, purpose, [member]: null }), `with null for ${member}`).toBe(false);
    }
    for (const member of Object.keys(ofFile).filter((key) => !(key in whole)))
      expect(holds({ ...whole, purpose, [member]: ofFile[member as keyof typeof ofFile] }), member).toBe(
        false,
      );
    expect(holds({ ...whole, purpose, algorithm: 'none' })).toBe(false);
  });

  it('names a request of its own purpose', () => {
    for (const [other, { requestId }] of Object.entries(members)) {
      const alike = requestId === whole['requestId'];
      expect(holds({ ...whole, purpose, requestId }), other).toBe(alike);
    }
  });

  it('signs at most 64 KiB, except a list and the payload of an envelope', () => {
    const long = Buffer.alloc(64 * 1024 + 3).toString('base64');
    expect(holds({ ...whole, purpose, toBeSigned: long })).toBe(
      purpose === 'crl' || purpose === 'release' || purpose === 'test',
    );
  });
});
