import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseSha256Hex } from '../../ids/index.ts';
import { findSignatures } from '../../pki/cms/index.ts';
import { createTestSigner } from '../../pki/cms/signer.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { collected, compoundFile, type Described } from '../cfb/cfb.fixture.ts';
import { CfbError, readCompoundFile, type StorageEntry, type StreamEntry } from '../cfb/index.ts';
import { memorySource, readExactly } from '../random-access.ts';
import { databaseClass, installer } from './msi.fixture.ts';
import { MsiError } from './errors.ts';
import { msiFormat } from './index.ts';
import { msiSigning } from './sign.ts';

const sign = { method: 'authenticode' } as const;
const signature = new Uint8Array(5000).fill(0x30);
const digestOf = async (file: Uint8Array): Promise<string> =>
  (await msiSigning.subject(memorySource(file), sign)).digest;
const signed = (file: Uint8Array): Promise<Buffer> =>
  collected(msiSigning.embed(memorySource(file), signature, sign));
const readBack = (before: Uint8Array, after: Uint8Array, embedded: Uint8Array = signature) =>
  msiSigning.readBack(memorySource(before), memorySource(after), embedded, sign);
const file = (...children: readonly Described[]) => compoundFile(children, { clsid: databaseClass });
const stream = (name: string, text: string): Described => ({ name, content: Buffer.from(text) });

describe('what a signature is about', () => {
  test('is the content of streams, their names, sizes and attributes, and no order of theirs', async () => {
    const folder = { name: 'f', children: [stream('x', 'inner')] };
    const honest = await digestOf(await file(stream('a', 'one'), stream('b', 'two'), folder));
    expect(await digestOf(await file(folder, stream('b', 'two'), stream('a', 'one')))).toBe(honest);
    const others: readonly (readonly Described[])[] = [
      [stream('a', 'onx'), stream('b', 'two'), folder],
      [stream('a', 'onet'), stream('b', 'wo'), folder],
      [stream('a', 'one'), stream('c', 'two'), folder],
      [stream('a', 'one'), stream('b', 'two'), { ...folder, clsid: '01'.repeat(16) }],
      [stream('a', 'one'), stream('b', 'two'), { ...folder, stateBits: 1 }],
      [stream('a', 'one'), stream('b', 'two'), { ...folder, created: 1n }],
      [stream('a', 'one'), stream('b', 'two'), { name: 'g', children: folder.children }],
      [
        stream('a', 'one'),
        stream('b', 'two'),
        { name: 'f', children: [stream('x', '')] },
        stream('z', 'inner'),
      ],
      [stream('a', 'one'), stream('b', 'two')],
    ];
    const digests = await Promise.all(others.map(async (children) => digestOf(await file(...children))));
    expect(new Set([honest, ...digests]).size).toBe(others.length + 1);
  });

  test('is left as it was by the signature, which is only a signature in the root', async () => {
    const before = await file(stream('a', 'one'), {
      name: 'f',
      children: [stream('\x05DigitalSignature', 'x')],
    });
    const { subject } = await readBack(before, await signed(before));
    expect(subject.digest).toBe(await digestOf(before));
    const other = await file(stream('a', 'one'), {
      name: 'f',
      children: [stream('\x05DigitalSignature', 'y')],
    });
    expect(await digestOf(other)).not.toBe(subject.digest);
  });
});

describe('what is read back of a signed installer', () => {
  test('is refused where anything but the signature differs', async () => {
    const before = await installer();
    const after = await signed(before);
    expect(Buffer.compare((await readBack(before, after)).signature, signature)).toBe(0);
    const rejects = async (one: Uint8Array, other: Uint8Array, message: RegExp, embedded = signature) =>
      expect(readBack(one, other, embedded)).rejects.toThrow(message);
    await rejects(before, before, /not the one embedded/);
    await rejects(before, after, /not the one embedded/, signature.slice(1));
    await rejects(await installer({ streams: [stream('a', 'x')] }), after, /number of streams/);
    await rejects(
      await installer({ summary: { 3: 'Another tool', 4: 'Another' } }),
      after,
      /SummaryInformation/,
    );
    const renamed = { streams: [stream('a', 'x')] };
    await rejects(
      await installer(renamed),
      await signed(await installer({ streams: [stream('b', 'x')] })),
      /"a"/,
    );
    const moved = await signed(await installer({ streams: [stream('a', 'y')] }));
    await rejects(await installer(renamed), moved, /content of "a"/);
    await rejects(await installer({}, { version: 4 }), after, /version of the format/);
    await rejects(before, Buffer.concat([after, Buffer.alloc(512, 1)]), /belong to nothing/);
    const metadata = Buffer.from(after);
    const place = metadata.lastIndexOf(await metadataOf(after));
    metadata.writeUInt8((metadata[place] ?? 0) ^ 1, place);
    await rejects(before, metadata, /another digest than that of the names/);
  });

  test('with any byte changed is refused, or says the same under the same signature', async () => {
    const before = await file(stream('a', 'one'), { name: 'f', children: [stream('x', 'inner')] });
    const after = await signed(before);
    const meaning = await meaningOf(after);
    let same = 0;
    for (let at = 0; at < after.length; at += 1) {
      const changed = Buffer.from(after);
      changed.writeUInt8((after[at] ?? 0) ^ 0xa5, at);
      try {
        const read = await readBack(before, changed);
        expect(Buffer.compare(read.signature, signature)).toBe(0);
        expect(await meaningOf(changed), `byte ${at}`).toBe(meaning);
        same += 1;
      } catch (error) {
        if (!(error instanceof CfbError) && !(error instanceof MsiError)) throw error;
      }
    }
    // Places in the tree, colours, reserved fields: about where something is, not what.
    expect(same).toBeLessThan(after.length / 2);
  });

  test('is refused wherever it is cut off', async () => {
    const before = await file(stream('a', 'one'));
    const after = await signed(before);
    for (let size = 0; size < after.length; size += 1)
      await expect(
        readBack(before, after.subarray(0, size)).then(() => `accepted at ${size} of ${after.length}`),
      ).rejects.toThrow();
  });
});

describe('a signature next to the one that is there', async () => {
  const signer = createTestSigner('Somebody');
  const append = { ...sign, existingSignature: 'append' } as const;
  const before = await installer();
  const once = Buffer.from(await signRounds({ signing: msiSigning, signer, file: before, sign }));
  const subject = (changed: Uint8Array) => msiSigning.subject(memorySource(changed), append);
  const withStreams = (...streams: readonly Described[]) => installer({ streams });
  const [first, extended] = await Promise.all([streamIn(once, '\x05DigitalSignature'), metadataOf(once)]);
  const own = { name: '\x05DigitalSignature', content: first };
  const ownExtended = { name: '\x05MsiDigitalSignatureEx', content: extended };

  test('is about the same file, and leaves the first as it is', async () => {
    const twice = await signRounds({ signing: msiSigning, signer, file: once, sign: append });
    expect((await subject(twice)).digest).toBe(await digestOf(before));
    const { signature: primary } = { signature: await streamIn(twice, '\x05DigitalSignature') };
    expect(findSignatures([primary]).signatures.map(({ nesting }) => nesting)).toEqual([0, 1]);
    expect(Buffer.compare(await metadataOf(twice), extended)).toBe(0);
    await expect(msiSigning.subject(memorySource(once), sign)).rejects.toThrow('signed already');
    expect(await subject(await withStreams(own, ownExtended))).toEqual(await subject(once));
  });

  /** With other content of the same names and sizes. */
  const edited = Buffer.from(once);
  edited[edited.indexOf('Widget Makers')] = 0x58;

  test('is refused where the first is none, is about another file, or is there twice', async () => {
    const refusals: readonly [Uint8Array, RegExp][] = [
      [await withStreams({ ...own, content: Buffer.from('no signature') }, ownExtended), /malformed/],
      [await withStreams(own), /MsiDigitalSignatureEx is missing/],
      [edited, /does not fit the file/],
      [await withStreams(own, { ...ownExtended, content: Buffer.alloc(32) }), /not the digest of its names/],
      [await withStreams(own, { ...ownExtended, content: Buffer.alloc(31) }), /not the digest of its names/],
      [
        await withStreams(own, ownExtended, { name: 'a', content: Buffer.from('x') }),
        /not the digest of its names/,
      ],
      [await withStreams(ownExtended), /no stream DigitalSignature/],
      [await withStreams({ ...own, name: '\x05digitalsignature' }), /no stream DigitalSignature/],
      [await withStreams(own, { ...ownExtended, name: '\x05MSIDIGITALSIGNATUREEX' }), /there twice/],
      [await withStreams({ name: own.name, children: [] }), /is no stream/],
    ];
    for (const [changed, message] of refusals) {
      await expect(subject(changed)).rejects.toThrow(message);
      const context = {
        path: ['a.msi'],
        sha256: sha256Of(changed),
        sizeBytes: 1,
        carries: [],
        digestsWanted: false,
      };
      const report = await msiFormat.inspect(memorySource(changed), {
        ...context,
        sign: append,
        check: null,
        policy: null,
      });
      expect(report.target).toBeNull();
      expect(report.findings.at(-1)).toMatchObject({ outcome: 'fail', rule: 'msi.signature-invalid' });
      const replace = { ...sign, existingSignature: 'replace' } as const;
      const replaced = await signRounds({ signing: msiSigning, signer, file: changed, sign: replace });
      expect(findSignatures([await streamIn(replaced, own.name)]).signatures).toHaveLength(1);
    }
  });

  test('is refused when it is read back, unless the first one is there unchanged', async () => {
    const twice = await signRounds({ signing: msiSigning, signer, file: once, sign: append });
    const other = await signRounds({
      signing: msiSigning,
      signer: createTestSigner('Else'),
      file: before,
      sign,
    });
    const nested =
      findSignatures([await streamIn(twice, own.name)]).signatures.at(-1)?.der ?? new Uint8Array(0);
    const read = (one: Uint8Array, two: Uint8Array) =>
      msiSigning.readBack(memorySource(one), memorySource(two), nested, append);
    expect((await read(once, twice)).subject).toEqual(await subject(once));
    await expect(read(other, twice)).rejects.toThrow('not the one embedded');
    await expect(read(once, other)).rejects.toThrow('not the one embedded');
  });
});

test('bytes that belong to no stream of the unsigned file are not carried along', async () => {
  const before = await installer();
  const hidden = Buffer.concat([before, Buffer.from('hidden behind the last sector')]);
  expect(await signed(hidden)).toEqual(await signed(before));
});

const metadataOf = (after: Uint8Array) => streamIn(after, '\x05MsiDigitalSignatureEx');
const sha256Of = (bytes: Uint8Array) => parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));

async function streamIn(after: Uint8Array, wanted: string): Promise<Uint8Array> {
  const read = await readCompoundFile(memorySource(after));
  const found = read.streams.find(({ name }) => name === wanted);
  return found === undefined ? new Uint8Array(0) : readExactly(read.open(found), 0, found.sizeBytes);
}

async function meaningOf(bytes: Uint8Array): Promise<string> {
  const read = await readCompoundFile(memorySource(bytes));
  const said = async (entry: StorageEntry | StreamEntry): Promise<readonly unknown[]> => [
    entry.name,
    entry.record.toString('hex', 80, 116),
    entry.type === 'stream'
      ? Buffer.from(await readExactly(read.open(entry), 0, entry.sizeBytes)).toString('hex')
      : (await Promise.all(entry.children.map(said))).sort(),
  ];
  return JSON.stringify(await said(read.root));
}
