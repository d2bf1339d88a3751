import { sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { issueCertificate } from '../x509/index.ts';
import {
  digest,
  input,
  issueTsa,
  life,
  now,
  organization,
  query,
  request,
  root,
  serial,
  token,
  tsaCertificate,
  tsaKey,
} from './authority.fixture.ts';
import {
  buildTimestampRequest,
  buildTimestampResponse,
  buildTimestampToken,
  parseTimestampRequest,
  parseTimestampResponse,
  verifyTimestampToken,
  TspError,
  type TimestampQuery,
} from './index.ts';

function codeOf(change: Partial<TimestampQuery>): string {
  try {
    verifyTimestampToken({ ...query, ...change });
    return 'accepted';
  } catch (error) {
    return error instanceof TspError ? error.code : String(error);
  }
}

describe('timestamp tokens', () => {
  it('prove the time, serial and policy they were made with', () => {
    const verified = verifyTimestampToken(query);
    expect(verified).toMatchObject({
      time: now,
      serial: 17n,
      policyOid: '1.3.6.1.4.1.99999.1',
      accuracySeconds: 1,
    });
    expect(verified.path).toEqual([tsaCertificate, root]);
  });

  it.each([
    [
      'another digest',
      { imprint: { hash: 'sha256', digest: new Uint8Array(32) } as const },
      'IMPRINT_MISMATCH',
    ],
    ['the answer to another request', { nonce: 1n }, 'NONCE_MISMATCH'],
    ['an untrusted authority', { trustedRoots: [] }, 'CERTIFICATE_UNTRUSTED'],
    ['a time over five minutes away', { freshAt: new Date(now.getTime() + 300_001) }, 'TIME_IMPLAUSIBLE'],
    ['bytes that are not a token', { token: digest }, 'MALFORMED'],
  ])('are refused for %s', (_, change, code) => {
    expect(codeOf(change)).toBe(code);
  });

  it('are refused when the certificate was replaced by another one for the same key', async () => {
    const other = await issueTsa({ subject: { organization, commonName: 'Other' } });
    const named = await buildTimestampToken({ ...input, tsaCertificate: other });
    // The same signer identifier (issuer and serial), but not the certificate that was signed over.
    const swapped = Buffer.from(named);
    const at = swapped.indexOf(Buffer.from(other));
    const replacement = await issueTsa({ subject: { organization, commonName: 'Third' } });
    expect(replacement.length).toBe(other.length);
    swapped.set(replacement, at);
    expect(codeOf({ token: swapped })).toBe('CERTIFICATE_MISMATCH');
  });

  it('are refused when they don’t name the certificate that they were signed with', async () => {
    let attributes: Buffer = Buffer.alloc(0);
    const made = Buffer.from(
      await buildTimestampToken({
        ...input,
        sign: (bytes) => {
          attributes = Buffer.from(bytes);
          return input.sign(bytes);
        },
      }),
    );
    // id-aa-signingCertificateV2 becomes 1.2.840.113549.1.9.16.2.127, which nobody knows, and all is signed again.
    const named = Buffer.from('060b2a864886f70d010910022f', 'hex');
    const unnamed = Buffer.from(attributes);
    unnamed[unnamed.indexOf(named) + named.length - 1] = 0x7f;
    const [before, after] = [attributes, unnamed].map((set) => sign('sha256', set, tsaKey.privateKey));
    if (before === undefined || after === undefined) throw new Error('nothing was signed');
    // In the token the attributes have another tag than what is signed (RFC 5652 §5.4).
    unnamed.copy(made, made.indexOf(attributes.subarray(1)), 1);
    after.copy(made, made.indexOf(before));
    expect(codeOf({ token: made })).toBe('CERTIFICATE_MISMATCH');
  });

  it('are refused when the authority’s certificate had expired at the time stated', async () => {
    const late = await buildTimestampToken({ ...input, time: new Date('2027-12-01') });
    expect(codeOf({ token: late, freshAt: new Date('2027-12-01') })).toBe('CERTIFICATE_UNTRUSTED');
  });

  it('are refused when signed with a code-signing certificate', async () => {
    const wrong = await issueCertificate(
      {
        ...life,
        serial: serial(3),
        kind: 'test',
        subject: { organization, commonName: 'TEST ONLY: Test' },
        publicKey: tsaKey.publicKey,
        issuer: null,
      },
      input.sign,
    );
    const forged = await buildTimestampToken({ ...input, tsaCertificate: wrong });
    expect(codeOf({ token: forged, trustedRoots: [root, wrong] })).toBe('CERTIFICATE_UNTRUSTED');
  });

  it('leave out the certificates when the request doesn’t ask for them', async () => {
    const bare = await buildTimestampToken({ ...input, request: { ...request, certReq: false } });
    expect(bare.length).toBeLessThan(1200);
    expect(codeOf({ token: bare })).toBe('SIGNATURE_INVALID');
  });

  it('prove the same thing or are refused after any single byte was changed', () => {
    const original = verifyTimestampToken(query);
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(token);
        changed[at] = (changed[at] ?? 0) ^ flip;
        try {
          // Some bytes are outside the signature: the algorithms announced, the root's copy.
          expect(verifyTimestampToken({ ...query, token: changed })).toEqual(original);
        } catch (error) {
          expect(error).toBeInstanceOf(TspError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('timestamp requests and answers', () => {
  it('read back what was written', () => {
    const hashes = fc.constantFrom(['sha256', 32] as const, ['sha384', 48] as const, ['sha512', 64] as const);
    const anyNonce = fc.option(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }));
    fc.assert(
      fc.property(
        hashes,
        anyNonce,
        fc.boolean(),
        fc.option(fc.constant('1.2.3.4')),
        (hash, value, certReq, policyOid) => {
          const written = { hash: hash[0], digest: new Uint8Array(hash[1]).fill(7) };
          const message = { imprint: written, nonce: value, certReq, policyOid };
          expect(parseTimestampRequest(buildTimestampRequest(message))).toEqual(message);
        },
      ),
    );
  });

  it('refuse malformed bytes with a TspError and nothing else', () => {
    const valid = buildTimestampRequest(request);
    fc.assert(
      fc.property(fc.nat({ max: valid.length - 1 }), fc.nat({ max: 255 }), fc.boolean(), (at, byte, cut) => {
        const changed = cut
          ? valid.slice(0, at)
          : Uint8Array.from(valid, (old, index) => (index === at ? byte : old));
        try {
          parseTimestampRequest(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(TspError);
        }
        try {
          parseTimestampResponse(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(TspError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('carry the token, or the reason why there is none', () => {
    expect(parseTimestampResponse(buildTimestampResponse({ token }))).toEqual(token);
    const refusal = buildTimestampResponse({ failure: 'unacceptedPolicy', reason: 'only policy 1.2.3' });
    expect(() => parseTimestampResponse(refusal)).toThrow(
      'the authority refused with status 2: unacceptedPolicy; only policy 1.2.3',
    );
  });

  it('refuse SHA-1 and requests over 4 KiB', () => {
    const head = Buffer.from('30260201013021300906052b0e03021a05000414', 'hex');
    const sha1 = Buffer.concat([head, Buffer.alloc(20, 1)]);
    expect(() => parseTimestampRequest(sha1)).toThrow(
      expect.objectContaining({ code: 'ALGORITHM_UNSUPPORTED' }),
    );
    expect(() => parseTimestampRequest(Buffer.alloc(4097))).toThrow(TspError);
  });
});
