/** Damaged and hostile DER, whatever reads it: a clear refusal, soon, and never another meaning. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../../../../dev/test/cpu-time.ts';
import { bitString, octetString, sequence } from '../asn1/index.ts';
import { issueRevocationList, readRevocationList } from '../crl/index.ts';
import { openAuthority, signWith } from '../crl/authority.fixture.ts';
import { buildTimestampRequest, parseTimestampRequest } from '../tsp/index.ts';
import {
  createCertificateRequest,
  lintTbsCertificate,
  parseCertificate,
  readCertificateRequest,
} from '../x509/index.ts';
import {
  encodeCertificateId,
  issueStatusAnswer,
  issuerDigests,
  readStatusAnswer,
  readStatusRequest,
  statusErrorAnswer,
} from './index.ts';

interface Reader {
  readonly name: string;
  readonly sample: Uint8Array;
  readonly read: (bytes: Uint8Array) => unknown;
  /** Whether the bytes are signed, so that nothing else may be read from changed ones. */
  readonly signed: boolean;
}

const runs = Number(process.env['FUZZ_RUNS'] ?? 200);
/** Each takes about a millisecond. */
const millisecondsMax = 1000;
const refusals = new Set(['OcspError', 'RevocationError', 'X509Error', 'TspError']);
let readers: readonly Reader[] = [];

beforeAll(async () => {
  const authority = await openAuthority();
  const { issuing } = authority;
  const [digests] = issuerDigests(issuing);
  if (digests === undefined) throw new Error('no digests');
  const times = {
    thisUpdate: new Date('2026-11-27T00:00:00Z'),
    nextUpdate: new Date('2026-11-29T00:00:00Z'),
  };
  const certificateId = encodeCertificateId(digests, authority.serialOf(7));
  const responder = await authority.responder();
  const answer = await issueStatusAnswer(
    {
      issuer: issuing,
      responder,
      serial: authority.serialOf(7),
      producedAt: times.thisUpdate,
      ...times,
      status: { status: 'revoked', revokedAt: times.thisUpdate, reason: 'keyCompromise' },
    },
    signWith(authority.otherKeys),
  );
  const list = await issueRevocationList(
    {
      issuer: issuing,
      number: 7,
      distributionPoint: null,
      ...times,
      revoked: [{ serial: authority.serialOf(7), revokedAt: times.thisUpdate, reason: 'superseded' }],
    },
    signWith(authority.issuingKeys),
  );
  const query = buildTimestampRequest({
    imprint: { hash: 'sha256', digest: randomBytes(32) },
    policyOid: '1.2.3',
    nonce: 5n,
    certReq: true,
  });
  const { issuingKeys } = authority;
  const certificateRequest = await createCertificateRequest(
    {
      subject: { organization: 'Example Foundation', commonName: 'Example' },
      publicKey: issuingKeys.publicKey,
    },
    signWith(issuingKeys),
  );
  const request = sequence(sequence(sequence(sequence(certificateId))));
  readers = [
    { name: 'status request', sample: request, read: readStatusRequest, signed: false },
    {
      name: 'status answer',
      sample: answer,
      read: (bytes) => readStatusAnswer(bytes, issuing),
      signed: true,
    },
    {
      name: 'revocation list',
      sample: list,
      read: (bytes) => readRevocationList(bytes, issuing),
      signed: true,
    },
    { name: 'timestamp request', sample: query, read: parseTimestampRequest, signed: false },
    {
      name: 'certificate request',
      sample: certificateRequest,
      read: (bytes) => Buffer.from(readCertificateRequest(bytes).subject).toString('hex'),
      signed: true,
    },
    { name: 'certificate', sample: responder, read: parseCertificate, signed: false },
    {
      name: 'certificate to be signed',
      sample: responder,
      read: (bytes) => lintTbsCertificate(bytes, { kind: 'ocsp', issuer: issuing }),
      signed: false,
    },
  ];
});

/** → what was read, or null for a refusal; anything else fails the test. */
function attempt({ read, name }: Reader, bytes: Uint8Array): { readonly value: unknown } | null {
  let outcome: { readonly value: unknown } | null = null;
  const milliseconds = cpuTimeOf(() => {
    try {
      outcome = { value: read(bytes) };
    } catch (error) {
      if (!(error instanceof Error) || !refusals.has(error.name)) throw error;
    }
  });
  expect(milliseconds, `${name} took too long`).toBeLessThan(millisecondsMax);
  return outcome;
}

interface Change {
  readonly kind: 'flip' | 'insert' | 'remove' | 'repeat' | 'cut';
  readonly place: number;
  readonly bytes: Uint8Array;
}
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('flip', 'insert', 'remove', 'repeat', 'cut'),
  place: fc.nat(10_000),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});

function damage(sample: Uint8Array, changes: readonly Change[]): Uint8Array {
  let bytes = Buffer.from(sample);
  for (const { kind, place, bytes: others } of changes) {
    const at = bytes.length === 0 ? 0 : place % bytes.length;
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    if (kind === 'cut') bytes = Buffer.from(before);
    else if (kind === 'insert') bytes = Buffer.concat([before, others, after]);
    else if (kind === 'remove') bytes = Buffer.concat([before, after.subarray(others.length)]);
    else if (kind === 'repeat') bytes = Buffer.concat([before, after.subarray(0, 64), after]);
    else bytes = Buffer.concat([before, others.subarray(0, after.length), after.subarray(others.length)]);
  }
  return new Uint8Array(bytes);
}

describe('damaged bytes', () => {
  it('are refused, or keep their meaning, whatever the damage', () => {
    for (const reader of readers) {
      const whole = attempt(reader, reader.sample);
      expect(whole).not.toBeNull();
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
          const read = attempt(reader, damage(reader.sample, changes));
          if (reader.signed && read !== null) expect(read).toEqual(whole);
        }),
        { numRuns: runs },
      );
    }
  });

  it('are refused if they are not even DER', () => {
    for (const reader of readers) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void attempt(reader, bytes)),
        { numRuns: runs },
      );
    }
  });
});

describe('bytes crafted for an attack', () => {
  const nested = (depth: number): Uint8Array => {
    let bytes: Uint8Array = new Uint8Array();
    for (let level = 0; level < depth; level++) bytes = sequence(bytes);
    return bytes;
  };
  const hostile: readonly (readonly [string, () => Uint8Array])[] = [
    ['deeper than any structure', () => nested(4000)],
    ['with more elements than any', () => sequence(...Array.from({ length: 30_000 }, () => sequence()))],
    ['of a length that isn’t there', () => Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0)],
    ['of no length', () => Uint8Array.of(0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0)],
    ['with a huge number', () => sequence(sequence(sequence(sequence(octetString(new Uint8Array(15_000))))))],
    ['of a megabyte', () => bitString(new Uint8Array(1024 * 1024))],
    ['of nothing', () => new Uint8Array()],
    ['that say nothing', () => statusErrorAnswer('tryLater')],
  ];
  it.each(hostile)('%s are refused at once', (_, make) => {
    const bytes = make();
    for (const reader of readers.filter(({ name }) => name !== 'certificate to be signed'))
      expect(attempt(reader, bytes), reader.name).toBeNull();
  });
});
