import { execFileSync } from 'node:child_process';
import { sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bitString, enumerated, explicit, octetString, oid, oids, readDer, sequence } from '../asn1/index.ts';
import { daysLater, openAuthority, signWith, start, type TestAuthority } from '../crl/authority.fixture.ts';
import { certificateToPem, issueCertificate } from '../x509/index.ts';
import {
  issueStatusAnswer,
  isSameIssuer,
  issuerDigests,
  readStatusAnswer,
  readStatusRequest,
  statusErrorAnswer,
  type CertificateStatus,
} from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-ocsp-'));
const inFolder = (name: string): string => join(folder, name);
let authority: TestAuthority;
let responder: Uint8Array;
let release: Uint8Array;

beforeAll(async () => {
  authority = await openAuthority();
  responder = await authority.responder();
  release = await authority.release(7);
  for (const [name, der] of [
    ['root', authority.root],
    ['issuing', authority.issuing],
    ['release', release],
  ] as const)
    writeFileSync(inFolder(`${name}.pem`), certificateToPem(der));
});
afterAll(() => rmSync(folder, { recursive: true }));

const thisUpdate = new Date(Date.now() - 60_000);
const nextUpdate = new Date(Date.now() + 2 * 86_400_000);

function answer(
  status: CertificateStatus,
  index = 7,
  changes: Partial<Parameters<typeof issueStatusAnswer>[0]> = {},
) {
  return issueStatusAnswer(
    {
      issuer: authority.issuing,
      responder,
      serial: authority.serialOf(index),
      status,
      thisUpdate,
      nextUpdate,
      producedAt: thisUpdate,
      ...changes,
    },
    signWith(authority.otherKeys),
  );
}

function openssl(...args: readonly string[]): string {
  const command = ['-c', 'openssl "$@" 2>&1', 'openssl', ...args];
  try {
    return execFileSync('sh', command, { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

function judge(der: Uint8Array, ...more: readonly string[]): string {
  writeFileSync(inFolder('answer.der'), der);
  const asked = ['-issuer', 'issuing.pem', '-cert', 'release.pem', '-respin', 'answer.der'];
  return openssl(
    'ocsp',
    ...more,
    ...asked,
    '-CAfile',
    'root.pem',
    '-verify_other',
    'issuing.pem',
    '-no_nonce',
  );
}

describe('status answers, judged by openssl', () => {
  it.each([[[]], [['-sha256']]])('say that a certificate is good, asked with %j', async (hash) => {
    const said = judge(await answer({ status: 'good' }), ...hash);
    expect(said).toContain('Response verify OK');
    expect(said).toContain('release.pem: good');
  });

  it('state since when and why a certificate is revoked', async () => {
    const revokedAt = new Date('2026-11-20T10:00:00Z');
    const said = judge(await answer({ status: 'revoked', revokedAt, reason: 'keyCompromise' }));
    expect(said).toContain('Response verify OK');
    expect(said).toMatch(/release\.pem: revoked[\s\S]*Reason: keyCompromise[\s\S]*Nov 20 10:00:00 2026 GMT/);
  });

  it('state that a certificate is unknown', async () => {
    expect(judge(await answer({ status: 'unknown' }))).toContain('release.pem: unknown');
  });

  it('don’t pass for another certificate, a changed answer or one of another key', async () => {
    expect(judge(await answer({ status: 'good' }, 8))).toContain('No Status found');
    const changed = Uint8Array.from(await answer({ status: 'good' }));
    const place = changed.lastIndexOf(0x80, 300);
    changed[place] = 0x82;
    expect(judge(changed)).not.toContain('Response verify OK');
    expect(() => readStatusAnswer(changed, authority.issuing)).toThrow();
  });

  it('are understood if they state an error', () => {
    expect(judge(statusErrorAnswer('tryLater'))).toContain('trylater');
    expect(judge(statusErrorAnswer('unauthorized'))).toContain('unauthorized');
    expect(judge(statusErrorAnswer('malformedRequest'))).toContain('malformedrequest');
  });
});

describe('status answers read back', () => {
  it('read back as written', async () => {
    const revokedAt = new Date('2026-11-20T10:00:00Z');
    const der = await answer({ status: 'revoked', revokedAt, reason: 'superseded' });
    expect(readStatusAnswer(der, authority.issuing)).toMatchObject({
      serial: authority.serialOf(7),
      status: 'revoked',
      revokedAt,
      reason: 4,
      nextUpdate: new Date(Math.floor(nextUpdate.getTime() / 1000) * 1000),
    });
  });

  it('are accepted from no other issuer, and from no certificate that isn’t a responder’s', async () => {
    const der = await answer({ status: 'good' });
    expect(() => readStatusAnswer(der, authority.root)).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_WRONG' }),
    );
    // The root has no extended key usage at all.
    for (const certificate of [release, authority.root]) {
      const bySigner = withCertificate(der, certificate);
      expect(() => readStatusAnswer(bySigner, authority.issuing)).toThrow(
        expect.objectContaining({ code: 'SIGNATURE_WRONG' }),
      );
      expect(judge(bySigner)).not.toContain('Response verify OK');
    }
  });

  it('are accepted from no responder that another CA issued under the issuer’s name', async () => {
    const forger = await openAuthority();
    const theirs = await forger.responder();
    const forged = await issueStatusAnswer(
      {
        issuer: forger.issuing,
        responder: theirs,
        serial: authority.serialOf(7),
        status: { status: 'good' },
        thisUpdate,
        nextUpdate,
        producedAt: thisUpdate,
      },
      signWith(forger.otherKeys),
    );
    expect(() => readStatusAnswer(forged, authority.issuing)).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_WRONG' }),
    );
  });

  it('are accepted from no responder that the same key issued under another name', async () => {
    const life = { notBefore: start, notAfter: daysLater(1000) };
    const organization = 'Example Foundation';
    const bySameKey = (
      input: Pick<Parameters<typeof issueCertificate>[0], 'kind' | 'publicKey' | 'issuer'>,
    ) =>
      issueCertificate(
        {
          ...life,
          ...input,
          subject: { organization, commonName: `Twin ${input.kind}` },
          serial: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
        },
        signWith(authority.issuingKeys),
      );
    const { publicKey } = authority.issuingKeys;
    const twin = await bySameKey({ kind: 'root', publicKey, issuer: null });
    const theirs = await bySameKey({ kind: 'ocsp', publicKey: authority.otherKeys.publicKey, issuer: twin });
    const good = await answer({ status: 'good' });
    expect(() => readStatusAnswer(withCertificate(good, theirs), authority.issuing)).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_WRONG' }),
    );
  });

  it('state nothing about the certificates of another issuer, whoever signed them', async () => {
    const [ours, theirs] = [authority.issuing, authority.root].map(issuerDigests);
    const good = await answer({ status: 'good' });
    const ofAnother = (count: number): Uint8Array =>
      resigned(good, (responses) =>
        responses.map((response, index) => {
          const from = index < count ? ours?.[index] : undefined;
          const to = theirs?.[index];
          if (from === undefined || to === undefined) return response;
          return replaced(replaced(response, from.name, to.name), from.key, to.key);
        }),
      );
    expect(readStatusAnswer(ofAnother(0), authority.issuing)).toMatchObject({ status: 'good' });
    // One of them is of another issuer: the other one counts. That of the other issuer says what isn't so.
    const mixed = resigned(ofAnother(1), ([first = '', second = '']) => [
      // good [0] becomes unknown [2].
      replaced(first, Buffer.from('8000', 'hex'), Buffer.from('8200', 'hex')),
      second,
    ]);
    expect(readStatusAnswer(mixed, authority.issuing)).toMatchObject({ status: 'good' });
    expect(() => readStatusAnswer(ofAnother(2), authority.issuing)).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
  });

  it('are read in no other form than the basic one', async () => {
    const der = await answer({ status: 'good' });
    const named = oid(oids.ocspBasic);
    const other = Uint8Array.from(named);
    other[other.length - 1] = 0x7f;
    expect(() => readStatusAnswer(fromHex(replaced(der, named, other)), authority.issuing)).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
  });

  it('distinguish errors from answers', () => {
    expect(() => readStatusAnswer(statusErrorAnswer('tryLater'), authority.issuing)).toThrow(
      expect.objectContaining({ code: 'NOT_SUCCESSFUL' }),
    );
  });
});

const toHex = (bytes: Uint8Array | string): string =>
  typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('hex');
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** → hex, with the bytes that stand there once replaced. */
function replaced(text: Uint8Array | string, from: Uint8Array, to: Uint8Array): string {
  const parts = toHex(text).split(toHex(from));
  expect(parts).toHaveLength(2);
  return parts.join(toHex(to));
}

/** The answer with other words about certificates (hex, one each), signed again by its responder: what our own writer never makes. */
function resigned(
  answer: Uint8Array,
  change: (responses: readonly string[]) => readonly string[],
): Uint8Array {
  const basic = readDer(readDer(answer).children[1]?.children[0]?.children[1]?.contents ?? answer);
  const [responseData, algorithm, , certificates] = basic.children;
  const [name, producedAt, responses] = responseData?.children ?? [];
  if (algorithm === undefined || certificates === undefined || name === undefined || producedAt === undefined)
    throw new Error('no answer');
  const words = change((responses?.children ?? []).map((child) => toHex(child.bytes)));
  const data = sequence(name.bytes, producedAt.bytes, sequence(...words.map(fromHex)));
  const signature = sign('sha256', data, authority.otherKeys.privateKey);
  const changed = sequence(data, algorithm.bytes, bitString(signature), certificates.bytes);
  return sequence(enumerated(0), explicit(0, sequence(oid(oids.ocspBasic), octetString(changed))));
}

/** The same answer with another certificate of the same key in the responder's place. */
function withCertificate(answer: Uint8Array, certificate: Uint8Array): Uint8Array {
  const basic = readDer(readDer(answer).children[1]?.children[0]?.children[1]?.contents ?? answer);
  const [responseData, algorithm, signature] = basic.children.map((child) => child.bytes);
  if (responseData === undefined || algorithm === undefined || signature === undefined)
    throw new Error('no answer');
  const changed = sequence(responseData, algorithm, signature, explicit(0, sequence(certificate)));
  return sequence(enumerated(0), explicit(0, sequence(oid(oids.ocspBasic), octetString(changed))));
}

describe('making a status answer', () => {
  it.each([
    ['ten days and more', () => ({ nextUpdate: new Date(thisUpdate.getTime() + 10.01 * 86_400_000) })],
    ['no time at all', () => ({ nextUpdate: thisUpdate })],
    ['another CA’s responder', () => ({ issuer: authority.root })],
    ['a certificate that isn’t a responder’s', () => ({ responder: release })],
  ])('is refused for %s', async (_, changes) => {
    await expect(answer({ status: 'good' }, 7, changes())).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('is refused if another key signed', async () => {
    const request = {
      issuer: authority.issuing,
      responder,
      serial: authority.serialOf(7),
      thisUpdate,
      nextUpdate,
      producedAt: thisUpdate,
      status: { status: 'good' } as const,
    };
    await expect(issueStatusAnswer(request, signWith(authority.issuingKeys))).rejects.toMatchObject({
      code: 'SIGNATURE_WRONG',
    });
  });
});

describe('status requests made by openssl', () => {
  const request = (...more: readonly string[]): Uint8Array => {
    const certificate = ['-issuer', 'issuing.pem', '-cert', 'release.pem'];
    openssl('ocsp', ...more, ...certificate, '-reqout', 'request.der');
    return new Uint8Array(readFileSync(inFolder('request.der')));
  };

  it.each([['sha1'], ['sha256']] as const)('are understood with %s', (hash) => {
    const [id, ...others] = readStatusRequest(request(`-${hash}`));
    expect(others).toEqual([]);
    expect(id?.serial).toBe(authority.serialOf(7));
    const ours = issuerDigests(authority.issuing).find((digest) => digest.hash === hash);
    expect(id?.issuer && ours && isSameIssuer(id.issuer, ours)).toBe(true);
  });

  it('are understood with a hash that no answer uses', () => {
    expect(readStatusRequest(request('-sha512'))[0]?.issuer).toBeNull();
  });

  it('are refused if any byte is missing, and never fail otherwise', () => {
    const whole = request();
    for (let length = 0; length < whole.length; length++) {
      expect(() => readStatusRequest(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'MALFORMED' }),
      );
    }
    for (let index = 0; index < whole.length; index++) {
      const changed = Uint8Array.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 0xff;
      try {
        readStatusRequest(changed);
      } catch (error) {
        expect(error).toMatchObject({ code: 'MALFORMED' });
      }
    }
    expect(() => readStatusRequest(new Uint8Array(20_000))).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
  });
});
