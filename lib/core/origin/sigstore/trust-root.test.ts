import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OriginError, parseTrustRoot } from '../index.ts';

// The keys and certificates are no real ones: every check but the last comes before they are parsed.
const validFor = { start: '2025-01-01T00:00:00Z' };
const log = (changes: object = {}) => ({
  baseUrl: 'https://log.example',
  hashAlgorithm: 'SHA2_256',
  publicKey: { rawBytes: 'AAAA', keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
  logId: { keyId: Buffer.alloc(32).toString('base64') },
  ...changes,
});
const authority = (changes: object = {}) => ({
  uri: 'https://authority.example',
  certChain: { certificates: [{ rawBytes: 'AAAA' }] },
  validFor,
  ...changes,
});
const root = (changes: object = {}) => ({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: [log()],
  ctlogs: [log()],
  certificateAuthorities: [authority()],
  timestampAuthorities: [],
  ...changes,
});

describe('parseTrustRoot', () => {
  const refusals: readonly [string, unknown, RegExp][] = [
    ['nothing', null, /no TrustedRoot/],
    ['an empty object', {}, /media type/],
    ['another document', root({ mediaType: 'application/json' }), /media type/],
    ['no certificate authority', root({ certificateAuthorities: [] }), /no certificate authority/],
    ['nothing that tells the time', root({ tlogs: [] }), /tells the time/],
    [
      'an authority without chain',
      root({ certificateAuthorities: [authority({ certChain: {} })] }),
      /no chain/,
    ],
    [
      'an authority without validity',
      root({ certificateAuthorities: [authority({ validFor: {} })] }),
      /validity/,
    ],
    [
      'a log whose validity has no start',
      root({ tlogs: [log({ publicKey: { rawBytes: 'AAAA', validFor: { end: '2026-01-01T00:00:00Z' } } })] }),
      /validity with a start/,
    ],
    [
      'a log whose validity starts on no day',
      root({ tlogs: [log({ publicKey: { rawBytes: 'AAAA', validFor: { start: 'someday' } } })] }),
      /validity with a start/,
    ],
    [
      'a validity that ends before it starts',
      root({
        ctlogs: [
          log({ publicKey: { rawBytes: 'AAAA', validFor: { ...validFor, end: '2024-01-01T00:00:00Z' } } }),
        ],
      }),
      /ends before/,
    ],
    ['a log without id', root({ tlogs: [log({ logId: undefined })] }), /32-byte id/],
    ['too many logs', root({ tlogs: Array.from({ length: 65 }, () => log()) }), /over 64/],
    ['keys that are no keys', root(), /malformed/],
  ];
  it.each(refusals)('refuses %s', (_what, json, message) => {
    expect(() => parseTrustRoot(json)).toThrow(message);
    expect(() => parseTrustRoot(json)).toThrow(OriginError);
  });

  it.each([
    ['public-good', 'transparency log', { tlogs: [], timestampAuthorities: [authority()] }],
    ['public-good', 'log of certificates', { ctlogs: [] }],
    ['github', 'timestamp authority', {}],
  ] as const)('refuses a root of kind %s without %s', (kind, what, changes) => {
    expect(() => parseTrustRoot(root(changes), kind)).toThrow(what);
    // Of no kind, only the keys in it are in the way.
    expect(() => parseTrustRoot(root(changes))).toThrow(/malformed/);
  });

  it('throws only its own error, whatever the JSON', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('tlogs', 'ctlogs', 'certificateAuthorities'),
        (value, member) => {
          expect(() => parseTrustRoot(root({ [member]: value }))).toThrow(OriginError);
        },
      ),
    );
  });
});
