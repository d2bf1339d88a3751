import { describe, expect, test } from 'vitest';
import type { MsiMetadata } from '../../generated/index.ts';
import { parseSha256Hex } from '../../ids/index.ts';
import { compoundFile } from '../cfb/cfb.fixture.ts';
import type { FileFacts } from '../format.ts';
import { memorySource } from '../random-access.ts';
import { msiFormat } from './index.ts';
import { databaseClass, installer, patchClass, product, type Database } from './msi.fixture.ts';
import { tableStreamName } from './names.ts';

const sha256 = parseSha256Hex('ab'.repeat(32));
const sign = { method: 'authenticode' };
const context = {
  path: ['widget.msi'],
  sha256,
  sizeBytes: 1,
  carries: [],
  digestsWanted: false,
  policy: null,
};

const inspect = (file: Uint8Array, check: MsiMetadata | null = null, signed: typeof sign | null = sign) =>
  msiFormat.inspect(memorySource(file), {
    ...context,
    sign: signed,
    check: check === null ? null : { metadata: { ...check } },
  });
const failures = async (file: Uint8Array, check: MsiMetadata | null = null) =>
  (await inspect(file, check)).findings.filter(({ outcome }) => outcome === 'fail');
const rejudge = (facts: FileFacts | null, check: MsiMetadata | null) =>
  msiFormat.rejudge(facts, {
    sign,
    check: check === null ? null : { metadata: { ...check } },
    policy: null,
    path: ['widget.msi'],
    sha256,
  });

describe('an installer', () => {
  test('is to be signed, and says what it is', async () => {
    const { findings, facts, target } = await inspect(await installer());
    expect(findings.map(({ rule, outcome }) => [rule, outcome])).toEqual([
      ['msi.structure', 'pass'],
      ['msi.unsigned', 'pass'],
    ]);
    expect(target?.kind.kind).toBe('installer');
    expect(target?.subject?.digest).toMatch(/^[0-9a-f]{64}$/);
    const texts = { ...product, Subject: 'Widget installer', Author: 'Widget Makers' };
    expect(facts).toEqual({ type: 'msi', signed: false, kind: 'installer', texts });
  });

  test.each<[string, MsiMetadata, readonly string[]]>([
    [
      'all that matches',
      {
        productName: 'Widget',
        productVersion: '1.*',
        manufacturer: 'Widget Makers',
        productCode: '{1*',
        upgradeCode: '*}',
        subject: '*installer',
        author: 'Widget*',
      },
      [],
    ],
    [
      'another product',
      { productName: 'Gadget' },
      ['The installer states ProductName "Widget"; "Gadget" is required.'],
    ],
    [
      'another case',
      { manufacturer: 'WIDGET MAKERS' },
      [
        'The installer states Manufacturer "Widget Makers"; "WIDGET MAKERS" is required. They differ in upper and lower case, which matters.',
      ],
    ],
    [
      'another author',
      { author: 'Somebody' },
      ['The installer states Author "Widget Makers"; "Somebody" is required.'],
    ],
  ])('is held to its metadata, and so are its facts later: %s', async (_, check, messages) => {
    const report = await inspect(await installer(), check);
    const found = report.findings.filter(({ outcome }) => outcome === 'fail');
    expect(found.map(({ message }) => message)).toEqual(messages);
    const again = rejudge(report.facts, check);
    expect(again.missing).toBeNull();
    expect(again.findings.filter(({ outcome }) => outcome === 'fail').map(({ message }) => message)).toEqual(
      messages,
    );
  });

  test('without what is asked for is refused', async () => {
    const bare = await installer({ properties: { ProductCode: product.ProductCode }, summary: {} });
    const found = await failures(bare, { productName: '*', subject: '*' });
    expect(found.map(({ message, found: said }) => [message, said])).toEqual([
      ['The installer states no ProductName; "*" is required.', 'nothing'],
      ['The installer states no Subject; "*" is required.', 'nothing'],
    ]);
  });

  test.each<[string, Database]>([
    ['three bytes for each string', { wide: true }],
    [
      'a string of more than 64 KiB before them',
      { rows: [['Long', 'x'.repeat(70_000)], ...Object.entries(product)] },
    ],
    ['UTF-8', { codePage: 65001 }],
    ['no code page, all in ASCII', { codePage: 0 }],
  ])('is read with %s', async (_, database) => {
    expect(
      await failures(await installer(database), { productName: 'Widget', upgradeCode: product.UpgradeCode }),
    ).toEqual([]);
  });

  test('is read in its own code page', async () => {
    const greek = await installer({ codePage: 1253, properties: { ...product, ProductName: '\xc1\xc2' } });
    expect(await failures(greek, { productName: 'ΑΒ' })).toEqual([]);
    const unicode = await installer({ codePage: 65001, properties: { ...product, ProductName: 'Grüße' } });
    expect(await failures(unicode, { productName: 'Grüße' })).toEqual([]);
  });

  test.each<[string, Database, RegExp]>([
    [
      'a property twice',
      {
        rows: [
          ['ProductName', 'Widget'],
          ['ProductName', 'Gadget'],
        ],
      },
      /two properties "ProductName"/,
    ],
    ['columns in another order', { columns: ['Value', 'Property'] }, /other columns/],
    ['more columns', { columns: ['Property', 'Value', 'More'] }, /other columns/],
    ['an unknown code page', { codePage: 4711 }, /code page 4711/],
    [
      'no code page for letters that need one',
      { codePage: 0, properties: { ...product, Manufacturer: 'Gr\xfc\xdfe' } },
      /no code page/,
    ],
  ])(
    'whose texts could mean two things is refused only where they are asked for: %s',
    async (_, database, message) => {
      const file = await installer(database);
      expect(await failures(file)).toEqual([]);
      const found = await failures(file, { productName: 'Widget' });
      if (message.source === '^$') expect(found).toEqual([]);
      else {
        expect(found).toMatchObject([{ rule: 'msi.unreadable' }]);
        expect(found[0]?.message).toMatch(message);
        const { facts } = await inspect(file);
        expect(facts?.texts).toBeNull();
        expect(rejudge(facts, { productName: 'Widget' }).missing).toMatch(/was not recorded/);
      }
    },
  );

  test('with a damaged table is refused where it is asked for', async () => {
    const streams = (content: Uint8Array) => [{ name: tableStreamName('Property'), content }];
    const odd = await compoundFile(
      [
        ...streams(Buffer.alloc(5)),
        { name: tableStreamName('_StringPool'), content: Buffer.alloc(4) },
        { name: tableStreamName('_StringData'), content: Buffer.alloc(0) },
      ],
      { clsid: databaseClass },
    );
    expect((await failures(odd, { productName: '*' })).map(({ rule }) => rule)).toEqual(['msi.unreadable']);
    const alone = await compoundFile(streams(Buffer.alloc(4)), { clsid: databaseClass });
    expect((await failures(alone, { productName: '*' }))[0]?.message).toMatch(/no strings/);
  });

  test('whose summary lies is refused where it is asked for', async () => {
    const file = await installer();
    const format = file.indexOf(Buffer.from('e0859ff2f94f6810ab9108002b27b3d9', 'hex'));
    const set = format + 20;
    const lies: readonly [number, number][] = [
      [format, 0],
      [format + 16, 0x7fffffff],
      [set + 4, 1000],
      [set + 12, 0x7fffffff],
      [set + 16, 1],
      [set + 32, 4],
    ];
    for (const [at, value] of lies) {
      const lying = Buffer.from(file);
      lying.writeUInt32LE(value, at);
      expect((await failures(lying, { subject: 'Widget installer' })).length, `${at - format}`).toBe(1);
    }
  });
});

describe('what it is', () => {
  test.each<[string, Database, string, string]>([
    ['a package', {}, databaseClass, 'installer'],
    [
      'a merge module',
      { properties: { MergeModule: '1' }, tables: ['ModuleSignature'] },
      databaseClass,
      'library',
    ],
    [
      'a product that says that it is a module, too',
      { tables: ['ModuleSignature'] },
      databaseClass,
      'installer',
    ],
    [
      'a module whose properties can’t be read',
      {
        rows: [
          ['A', 'x'],
          ['A', 'y'],
        ],
        tables: ['ModuleSignature'],
      },
      databaseClass,
      'installer',
    ],
    ['a patch', { properties: {}, tables: ['ModuleSignature'] }, patchClass, 'installer'],
  ])('%s', async (_, database, clsid, kind) => {
    const { target, facts } = await inspect(await installer(database, { clsid }));
    expect([target?.kind.kind, facts?.kind]).toEqual([kind, kind]);
  });

  test('a compound file of another class, and any other file, is none', async () => {
    const word = await installer({}, { clsid: '0609020000000000c000000000000046' });
    expect((await failures(word)).map(({ rule }) => rule)).toEqual(['msi.not-msi']);
    expect((await failures(Buffer.from('MZ'))).map(({ rule }) => rule)).toEqual(['msi.not-cfb']);
    for (const file of [word, Buffer.from('MZ'), Buffer.alloc(0)])
      expect(await msiFormat.inspectUndeclared(memorySource(file), context)).toBeNull();
  });

  test('where a file of any kind is expected, it is said that it is one', async () => {
    const found = await msiFormat.inspectUndeclared(memorySource(await installer()), context);
    expect(found?.findings.map(({ rule }) => rule)).toEqual(['msi.undeclared']);
    expect(found?.facts?.texts).toMatchObject({ ProductName: 'Widget' });
  });
});

describe('an installer that carries a signature', () => {
  const names = ['\x05DigitalSignature', '\x05MsiDigitalSignatureEx', '\x05DIGITALsignature'];

  test.each(names)(
    'is refused where it is to be signed, in whatever state the signature is: %j',
    async (name) => {
      const file = await installer({ streams: [{ name, content: Buffer.from('x') }] });
      expect((await failures(file)).map(({ rule }) => rule)).toEqual(['msi.already-signed']);
      const { facts, target } = await inspect(file);
      expect(target).toBeNull();
      expect(rejudge(facts, null).findings.map(({ rule }) => rule)).toEqual(['msi.already-signed']);
      await expect(msiFormat.signing?.subject(memorySource(file), {})).rejects.toThrow('signed already');
      const unsigned = await inspect(file, null, null);
      expect(unsigned.findings.map(({ rule }) => rule)).toEqual(['msi.structure', 'msi.signatures']);
    },
  );

  test('is refused where a storage has the name of the signature', async () => {
    const file = await installer({ streams: [{ name: '\x05DigitalSignature', children: [] }] });
    expect((await failures(file)).map(({ rule }) => rule)).toEqual(['msi.already-signed']);
  });
});

test('facts of something else are no installer’s', () => {
  expect(rejudge(null, null).findings.map(({ rule }) => rule)).toEqual(['msi.not-msi']);
});
