import { describe, expect, test } from 'vitest';
import { oids } from '../../pki/asn1/index.ts';
import { parseSignedData } from '../../pki/cms/index.ts';
import { createTestSigner, p256 } from '../../pki/cms/signer.fixture.ts';
import { collect } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { zip, type ZipPart } from '../zip/zip.fixture.ts';
import { nupkg, nuspec, signatureTime, signPackage } from './nuget.fixture.ts';
import { nugetSigning, signatureBytesMax } from './sign.ts';
import { signatureContent } from './unsigned-digest.ts';
import { countersignature, signedBy } from './upstream.fixture.ts';

const sign = { method: 'nuget' } as const;
const signer = createTestSigner('Packages');
const unsigned = nupkg();
const done = await signPackage(signer, unsigned);
const readBack = (before: Uint8Array, after: Uint8Array, p7s = done.p7s) =>
  nugetSigning.readBack(memorySource(before), memorySource(after), p7s, sign);
const problems = (read: typeof done.read, certificate = signer.certificate) =>
  nugetSigning.verify(read, certificate, sign).problems;

test('a package keeps every byte in front of the signature, and its records', () => {
  const { signed } = done;
  const place = unsigned.indexOf('PK\x01\x02');
  expect(signed.subarray(0, place)).toEqual(unsigned.subarray(0, place));
  const records = unsigned.subarray(place, unsigned.indexOf('PK\x05\x06'));
  expect(signed.includes(records)).toBe(true);
  expect(signed.subarray(place, place + 30).toString('latin1')).toContain('PK\x03\x04');
  expect(signed.subarray(place + 30, place + 44).toString()).toBe('.signature.p7s');
});

test('the signature states who, when and what for, with the whole chain', () => {
  const { certificates, signerInfo, encapContent } = parseSignedData(done.p7s);
  expect(certificates).toHaveLength(2);
  expect(encapContent).toEqual(done.subject.content);
  expect([...signerInfo.signedAttributes.keys()].sort()).toEqual(
    [
      oids.contentType,
      oids.messageDigest,
      oids.signingTime,
      oids.commitmentTypeIndication,
      oids.signingCertificateV2,
    ].sort(),
  );
  expect(problems(done.read)).toEqual([]);
});

test('the same octets are to be signed however often signing is interrupted', async () => {
  expect((await signPackage(signer, unsigned)).toBeSigned).toEqual(done.toBeSigned);
});

test('what is read back has to be the package that was inspected, with the signature that was embedded', async () => {
  await expect(readBack(nupkg([{ name: 'other' }]), done.signed)).rejects.toThrow('isn’t the package');
  const other = await signPackage(createTestSigner('Stranger'), unsigned);
  await expect(readBack(unsigned, other.signed)).rejects.toThrow('another one');
  await expect(readBack(unsigned, unsigned)).rejects.toThrow('another one');
  await expect(readBack(done.signed, done.signed)).rejects.toMatchObject({ code: 'ALREADY_SIGNED' });
});

test('a signature by another key, about another package or of another kind doesn’t verify', async () => {
  const stranger = createTestSigner('Stranger');
  expect(problems(done.read, stranger.certificate)).toContain('the signature names another certificate');
  const other = await signPackage(signer, nupkg([]));
  expect(problems({ ...done.read, subject: other.subject })).toContain(
    'the signature is about other content',
  );
  const lied = { ...done.read.subject, digest: other.subject.digest };
  expect(problems({ ...done.read, subject: lied })).toEqual(['the signature is about another package']);
  const hashed = nugetSigning.verify(done.read, signer.certificate, { ...sign, hashAlgorithm: 'sha512' });
  expect(hashed.problems).toContain('the signature was made with another hash than sha512');
  const changed = Uint8Array.from(done.read.signature);
  const at = changed.length - 1;
  changed[at] = (changed[at] ?? 0) ^ 1;
  expect(problems({ ...done.read, signature: changed })).not.toEqual([]);
});

test('a signed package isn’t signed again', async () => {
  const source = memorySource(done.signed);
  await expect(nugetSigning.subject(source, sign)).rejects.toMatchObject({ code: 'ALREADY_SIGNED' });
  await expect(collect(nugetSigning.embed(source, done.p7s, sign))).rejects.toThrow('signed already');
});

test('a signature over the limit isn’t embedded', async () => {
  const huge = new Uint8Array(signatureBytesMax + 1);
  await expect(collect(nugetSigning.embed(memorySource(unsigned), huge, sign))).rejects.toMatchObject({
    code: 'SIGNATURE_TOO_LARGE',
  });
});

describe('a certificate that NuGet would not accept is refused before its key is used', () => {
  const attempt = (certificate: Uint8Array) => () =>
    nugetSigning.toBeSigned(done.subject, sign, { certificate, chain: [], time: signatureTime });

  test.each([
    ['with a key on a curve', { keys: p256() }, 'RSA'],
    ['for timestamps', { purpose: oids.timeStamping }, 'code signing'],
    ['for lifetime signing', { purposes: [oids.codeSigning, '1.3.6.1.4.1.311.10.3.13'] }, 'lifetime'],
  ] as const)('%s', (_title, options, message) => {
    expect(attempt(createTestSigner('Unsuitable', options).certificate)).toThrow(message);
  });
});

describe('the entry of the signature', () => {
  const at = '.signature.p7s';
  const after = (change: Partial<Omit<ZipPart, 'name'>>) =>
    zip([
      { name: 'Widget.nuspec', content: nuspec() },
      { name: at, content: done.p7s, method: 0, attributes: 0, ...change },
    ]);

  test.each<[string, Partial<Omit<ZipPart, 'name'>>]>([
    ['has flags', { flags: 2 }],
    ['is packed', { method: 8 }],
    ['has an extra field or a comment', { comment: 'x' }],
    ['has an extra field', { localExtra: Uint8Array.of(0xfe, 0xca, 0, 0) }],
    ['has attributes', { attributes: 1 }],
  ])('is refused where it %s', async (what, change) => {
    await expect(readBack(unsigned, after(change))).rejects.toThrow(what);
  });

  test('is the last one, there and in the directory', async () => {
    const spec = { name: 'Widget.nuspec', content: nuspec() };
    const signature = { name: at, content: done.p7s, method: 0, attributes: 0 };
    await expect(readBack(unsigned, zip([signature, spec]))).rejects.toThrow('record isn’t the last');
    await expect(readBack(unsigned, zip([signature, spec], { order: [1, 0] }))).rejects.toThrow('follow it');
  });
});

test('a changed byte anywhere in a signed package is refused, or the signature doesn’t hold', async () => {
  const { signed } = done;
  const place = signed.indexOf('PK\x03\x04', signed.indexOf('[Content_Types].xml') + 19);
  for (let offset = 0; offset < signed.length; offset += 1) {
    // The signature's own bytes are compared with those that were embedded: a few of them do.
    if (offset > place + 60 && offset < place + done.p7s.length && offset % 97 !== 0) continue;
    const changed = Uint8Array.from(signed);
    changed[offset] = (changed[offset] ?? 0) ^ 0x01;
    await expect(readBack(unsigned, changed), `byte ${offset}`).rejects.toThrow();
  }
});

test('content of a signature is as NuGet writes it', () => {
  expect(Buffer.from(signatureContent(new Uint8Array(48), 'sha384')).toString()).toBe(
    `Version:1\n\n2.16.840.1.101.3.4.2.2-Hash:${'A'.repeat(64)}\n\n`,
  );
});

describe('a package that is signed already', () => {
  const replace = { method: 'nuget', existingSignature: 'replace' } as const;
  const feed = createTestSigner('Feed');

  test('is what it would be if it had never been signed, wherever the old signature stood', async () => {
    const again = await signPackage(signer, done.signed, { sign: replace });
    expect(Buffer.compare(again.signed, done.signed)).toBe(0);
    const countersigned = await signedBy(feed, unsigned, { ...countersignature(feed), others: [feed] });
    expect(
      Buffer.compare((await signPackage(signer, countersigned, { sign: replace })).signed, done.signed),
    ).toBe(0);
    const first = zip([
      { name: '.signature.p7s', content: 'somebody’s' },
      { name: 'a.nuspec', content: nuspec() },
    ]);
    const bare = zip([{ name: 'a.nuspec', content: nuspec() }]);
    const ofFirst = await signPackage(signer, first, { sign: replace });
    expect(Buffer.compare(ofFirst.signed, (await signPackage(signer, bare)).signed)).toBe(0);
    expect(problems(ofFirst.read)).toEqual([]);
  });

  test('is refused where nobody said what becomes of its signature, and read back as what was replaced', async () => {
    await expect(signPackage(signer, done.signed)).rejects.toMatchObject({ code: 'ALREADY_SIGNED' });
    await expect(
      nugetSigning.readBack(memorySource(nupkg([])), memorySource(done.signed), done.p7s, replace),
    ).rejects.toMatchObject({ code: 'DIFFERS' });
  });
});
