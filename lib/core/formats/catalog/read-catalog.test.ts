/** What a catalog lists is told completely, or the catalog is refused. */
import { describe, expect, test } from 'vitest';
import * as asn1 from '../../pki/asn1/index.ts';
import { createTestSigner, signContent } from '../../pki/cms/signer.fixture.ts';
import { buildProgram } from '../pe/program.fixture.ts';
import { memorySource } from '../random-access.ts';
import { attribute, catalog, catalogOf, contentInfo, extension, flat, ofProgram } from './catalog.fixture.ts';
import { CatalogError } from './errors.ts';
import { catalogOids } from './oids.ts';
import { membersMax } from './read-list.ts';
import { readCatalog, unsignedSizeMax } from './read-catalog.ts';

const { oids } = asn1;
const inf = flat('driver.inf', Buffer.from('[Version]\n'));
const sys = await ofProgram('driver.sys', buildProgram());
const read = (bytes: Uint8Array) => readCatalog(memorySource(bytes));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test.each([1, 2] as const)('files of a version %i catalog are told with digest and name', async (version) => {
  const { list, signers } = await read(catalog([sys, inf], { version }));
  expect(signers).toBe(0);
  expect(list).toEqual({
    time: new Date('2026-05-01T12:00:00Z'),
    attributes: [{ name: 'OSAttr', value: '_v100_X64' }],
    members: [
      { sha256: hex(sys.digest), file: 'driver.sys' },
      { sha256: hex(inf.digest), file: 'driver.inf' },
    ],
  });
});

test('signers are counted, and a catalog without files is one', async () => {
  expect(await read(catalogOf([]))).toMatchObject({ signers: 0, list: { members: [] } });
  const { pkcs7 } = signContent(createTestSigner('Publisher'), asn1.sequence());
  await expect(read(pkcs7)).rejects.toThrow(expect.objectContaining({ code: 'NOT_CATALOG' }));
});

describe('is refused:', () => {
  const sha1 = { hash: oids.sha1 };
  const short = { ...inf, digest: inf.digest.subarray(0, 20) };
  const moniker = asn1.implicitConstructed(1, asn1.octetString(new Uint8Array(16)));
  const cases: readonly [string, CatalogError['code'], Uint8Array][] = [
    ['a SHA-1 digest', 'SHA1', catalog([short], sha1)],
    ['a digest of another length', 'MALFORMED', catalog([short])],
    ['SHA-384', 'MALFORMED', catalog([inf], { hash: oids.sha384 })],
    ['digests of pages of a program', 'PAGE_HASHES', catalog([sys], { link: moniker })],
    ['digests of pages of another file', 'PAGE_HASHES', catalog([inf], { link: moniker })],
    ['a link of no kind', 'MALFORMED', catalog([sys], { link: asn1.nullValue() })],
    ['a tag of another digest', 'TAG_MISMATCH', catalog([inf], { tag: sys.digest })],
    ['a tag that is a name', 'TAG_MISMATCH', catalog([inf], { tag: Buffer.from('driver.inf\0', 'utf16le') })],
    [
      'an unknown attribute',
      'UNKNOWN_ATTRIBUTE',
      catalog([inf], { moreAttributes: [attribute('1.2.3.4', asn1.octetString(sys.digest))] }),
    ],
    ['a second digest for one file', 'MALFORMED', catalog([inf], { moreAttributes: [digestAttribute(sys)] })],
    [
      'an unknown extension',
      'UNKNOWN_ATTRIBUTE',
      catalog([inf], { extensions: [extension('1.2.3.4', asn1.nullValue())] }),
    ],
    ['a list for something else', 'NOT_CATALOG', catalog([inf], { usage: '1.3.6.1.4.1.311.10.3.9' })],
    ['content of another type', 'NOT_CATALOG', catalog([inf], { contentType: oids.data })],
    ['certificates without a signature', 'MALFORMED', catalog([inf], { certificates: [asn1.sequence()] })],
    ['no list', 'MALFORMED', contentInfo(asn1.sequence())],
    [
      'a file without attributes',
      'MALFORMED',
      catalogOf([asn1.sequence(asn1.octetString(inf.digest), asn1.set())]),
    ],
    ['too many files', 'TOO_LARGE', catalogOf(Array.from({ length: membersMax + 1 }, () => asn1.sequence()))],
    ['a file that is none', 'NOT_CATALOG', Buffer.from('MZ')],
    ['an empty file', 'NOT_CATALOG', new Uint8Array(0)],
    ['a file over the limit', 'TOO_LARGE', new Uint8Array(unsignedSizeMax + 1)],
  ];
  test.each(cases)('%s', async (_name, code, bytes) => {
    const error: unknown = await read(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CatalogError);
    expect(error).toMatchObject({ code, fix: expect.stringMatching(/\w/) as string });
  });
});

function digestAttribute(of: typeof sys): Uint8Array {
  const link = asn1.explicit(2, asn1.implicitPrimitive(0, asn1.bmpBytes('x')));
  const info = asn1.sequence(asn1.sequence(asn1.oid(oids.sha256)), asn1.octetString(of.digest));
  return attribute(
    oids.spcIndirectData,
    asn1.sequence(asn1.sequence(asn1.oid(catalogOids.list), link), info),
  );
}

test('a catalog cut off anywhere, or with any byte changed, is read unchanged or refused with a message', async () => {
  const bytes = catalog([sys, inf]);
  for (let length = 0; length < bytes.length; length += 1) {
    await expect(read(bytes.subarray(0, length))).rejects.toThrow(CatalogError);
  }
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    const error: unknown = await read(changed).catch((thrown: unknown) => thrown);
    if (error instanceof Error) expect(error).toBeInstanceOf(CatalogError);
  }
});

test('of a file that is not a catalog only the beginning is read', async () => {
  let bytesRead = 0;
  const source = {
    size: 1024 * 1024,
    read: (_offset: number, length: number) => {
      bytesRead += length;
      return Promise.resolve(new Uint8Array(length).fill(0x30));
    },
  };
  await expect(readCatalog(source)).rejects.toThrow(expect.objectContaining({ code: 'NOT_CATALOG' }));
  expect(bytesRead).toBeLessThan(64);
});

test('names in it can’t carry line breaks or more than 200 characters into a message', async () => {
  const { list } = await read(catalog([{ ...inf, file: `a\nb\u202e${'x'.repeat(400)}` }]));
  expect(list.members[0]?.file).toMatch(/^a b x{196}$/);
});
