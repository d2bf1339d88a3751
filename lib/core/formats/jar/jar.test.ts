import { describe, expect, test } from 'vitest';
import { p256, createTestSigner } from '../../pki/cms/signer.fixture.ts';
import { parseSha256Hex } from '../../ids/index.ts';
import type { JarSign } from '../../generated/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { rewriteZip } from '../zip/index.ts';
import { zip, type ZipPart } from '../zip/zip.fixture.ts';
import { jarFormat, zipFormat } from './index.ts';
import { signJar } from './jar.fixture.ts';
import { jarBudget, readJar } from './read-jar.ts';
import { jarSigning } from './sign.ts';
import { archiveSignedBy, manifestOf, signatureFileOf, someFiles } from './upstream.fixture.ts';

const signer = createTestSigner('jar');
const sign: JarSign = { method: 'jar' };
const manifest: ZipPart = {
  name: 'META-INF/MANIFEST.MF',
  content:
    'Manifest-Version: 1.0\r\nMain-Class: demo.Main\r\nBundle-SymbolicName: org.demo;singleton:=true\r\n\r\n',
};
const files: readonly ZipPart[] = [
  { name: 'META-INF/', method: 0, attributes: 0o040755 * 65536 },
  manifest,
  { name: 'META-INF/LICENSE', content: 'licence' },
  { name: 'META-INF/services/demo.Service', content: 'demo.Main' },
  { name: 'META-INF/versions/9/demo/Main.class', content: 'nine' },
  { name: 'META-INF/sub/OTHER.SF', content: 'no signature there' },
  { name: 'demo/Main.class', content: 'class', descriptor: { signature: true, wide: false } },
];
const folder: ZipPart = { name: 'c/', method: 0, attributes: 0o040755 * 65536 };
const jar = zip(files, { comment: 'kept' });
const without = (archive: Uint8Array, ...names: readonly string[]) =>
  collect(rewriteZip(memorySource(archive), jarBudget(), { omit: ({ path }) => names.includes(path) }));

const context = (
  check: Parameters<typeof jarFormat.inspect>[1]['check'] = null,
  asked: JarSign | null = sign,
) => ({
  sign: asked === null ? null : { ...asked },
  check,
  policy: null,
  path: ['x.jar'],
  sha256: parseSha256Hex('0'.repeat(64)),
  sizeBytes: 1,
  carries: [],
  digestsWanted: false,
});
const rules = async (archive: Uint8Array, given = context(), format = jarFormat) => {
  const report = await format.inspect(memorySource(archive), given);
  return {
    failed: report.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule),
    said: report.findings.map(({ rule }) => rule),
    ...report,
  };
};

describe('a signed archive', () => {
  test('begins with manifest and signature, and keeps everything else byte for byte', async () => {
    const signed = await signJar(jar, signer, sign);
    expect(signed.verification.problems).toEqual([]);
    const added = ['META-INF/MANIFEST.MF', 'META-INF/COUNTERS.SF', 'META-INF/COUNTERS.RSA'];
    expect((await without(signed.file, ...added)).equals(await without(jar, 'META-INF/MANIFEST.MF'))).toBe(
      true,
    );
    const text = Buffer.from(signed.read.subject.content).toString();
    expect(text.match(/^Name: .*$/gm)?.map((line) => line.trim())).toEqual([
      'Name: META-INF/LICENSE',
      'Name: META-INF/services/demo.Service',
      'Name: META-INF/versions/9/demo/Main.class',
      'Name: META-INF/sub/OTHER.SF',
      'Name: demo/Main.class',
    ]);
  });

  test('is the same signed again: the time is the request’s', async () => {
    const [one, other] = [await signJar(jar, signer, sign), await signJar(jar, signer, sign)];
    expect(Buffer.compare(one.file, other.file)).toBe(0);
  });

  test('gets its block’s name from the key', async () => {
    const signed = await signJar(jar, createTestSigner('ec', { keys: p256() }), sign);
    expect(signed.verification.problems).toEqual([]);
    expect(Buffer.from(signed.file).includes('META-INF/COUNTERS.EC')).toBe(true);
  });

  test.each([
    ['another certificate', {}, 'the signature names another certificate'],
    ['another hash', { hashAlgorithm: 'sha512' }, 'the signature was made with another hash than sha512'],
  ] as const)('is not verified for %s', async (_title, asked, problem) => {
    const { read } = await signJar(jar, signer, sign);
    const other = createTestSigner('other');
    const certificate = Object.keys(asked).length === 0 ? other.certificate : signer.certificate;
    const { problems } = jarSigning.verify(read, certificate, { ...sign, ...asked });
    expect(problems).toContain(problem);
  });

  test('is not verified for another signature file', async () => {
    const { read } = await signJar(jar, signer, sign);
    const content = Uint8Array.from(read.subject.content);
    content[content.length - 3] = 0x41;
    const { problems } = jarSigning.verify(
      { ...read, subject: { ...read.subject, content } },
      signer.certificate,
      sign,
    );
    expect(problems).toContain('the messageDigest attribute is not the digest of the content');
    expect(problems).toContain('the signature file has another digest');
  });
});

describe('what is read back', () => {
  const small = zip([
    { ...manifest, content: 'Manifest-Version: 1.0\r\n\r\n' },
    { name: 'a', content: 'b' },
    folder,
  ]);

  test('is refused with any byte changed, and at any length', async () => {
    const { file, block } = await signJar(small, signer, sign);
    const source = memorySource(small);
    const accepted: number[] = [];
    for (let at = 0; at < file.length; at++) {
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const read = jarSigning.readBack(source, memorySource(changed), block, sign);
      await read.then(
        () => accepted.push(at),
        (error: unknown) => expect(error).toMatchObject({ name: /Error$/ }),
      );
      if (at % 7 === 0)
        await expect(
          jarSigning.readBack(source, memorySource(file.subarray(0, at)), block, sign),
        ).rejects.toThrow();
    }
    // What the three new entries say of times and systems is nobody's: no byte of another entry, and no content.
    const view = Buffer.from(file);
    const directory = view.indexOf('PK\x01\x02', 0, 'latin1');
    const firstKept = view.indexOf('PK\x03\x04', view.indexOf('COUNTERS.RSA') + block.length, 'latin1');
    const keptRecord = directory + 3 * 46 + 20 + 20 + 21;
    for (const at of accepted) {
      expect(at < firstKept || (at >= directory && at < keptRecord)).toBe(true);
    }
  });

  test.each([
    [
      'another content',
      [{ ...manifest, content: 'Manifest-Version: 1.0\r\n\r\n' }, { name: 'a', content: 'B' }, folder],
    ],
    [
      'an entry more',
      [
        { ...manifest, content: 'Manifest-Version: 1.0\r\n\r\n' },
        { name: 'a', content: 'b' },
        folder,
        { name: 'd' },
      ],
    ],
    [
      'an entry less',
      [
        { ...manifest, content: 'Manifest-Version: 1.0\r\n\r\n' },
        { name: 'a', content: 'b' },
      ],
    ],
    [
      'another manifest',
      [
        { ...manifest, content: 'Manifest-Version: 1.0\r\nX: y\r\n\r\n' },
        { name: 'a', content: 'b' },
        folder,
      ],
    ],
    [
      'another comment',
      [{ ...manifest, content: 'Manifest-Version: 1.0\r\n\r\n' }, { name: 'a', content: 'b' }, folder],
      'more',
    ],
  ] as const)('is refused with %s, signed as it may be', async (_title, parts, comment?: string) => {
    const { file, block } = await signJar(zip([...parts], { comment: comment ?? '' }), signer, sign);
    await expect(
      jarSigning.readBack(memorySource(small), memorySource(file), block, sign),
    ).rejects.toMatchObject({ name: 'FormatError', code: 'DIFFERS' });
  });

  test.each(['META-INF/MANIFEST.MF', 'META-INF/COUNTERS.SF'])(
    'is refused with another %s under the same signature',
    async (path) => {
      const { file, block } = await signJar(small, signer, sign);
      const changed = rewriteZip(memorySource(file), jarBudget(), {
        replace: (entry) =>
          Promise.resolve(entry.path === path ? () => pieces(Buffer.from('other\r\n')) : null),
      });
      const after = memorySource(Uint8Array.from(await collect(changed)));
      await expect(jarSigning.readBack(memorySource(small), after, block, sign)).rejects.toMatchObject({
        code: 'DIFFERS',
      });
    },
  );

  test('is refused with another signature in it than the one embedded', async () => {
    const { file } = await signJar(small, signer, sign);
    const { block } = await signJar(small, createTestSigner('other'), sign);
    await expect(
      jarSigning.readBack(memorySource(small), memorySource(file), block, sign),
    ).rejects.toMatchObject({ code: 'DIFFERS' });
  });
});

describe('inspection', () => {
  test('passes an unsigned archive, with what its manifest says', async () => {
    const report = await rules(jar);
    expect(report.said).toEqual(['jar.structure', 'jar.unsigned']);
    expect(report.facts).toEqual({
      type: 'jar',
      signed: false,
      kind: 'program',
      texts: { 'Main-Class': 'demo.Main', 'Bundle-SymbolicName': 'org.demo' },
    });
    expect(report.target?.subject).toEqual(await jarSigning.subject(memorySource(jar), sign));
  });

  test.each([
    ['signed already', [...files, { name: 'META-INF/OTHER.SF' }], 'jar.already-signed'],
    [
      'with a block alone, in small letters',
      [...files, { name: 'meta-inf/other.dsa' }],
      'jar.already-signed',
    ],
    ['with a file that begins with SIG-', [...files, { name: 'META-INF/SIG-X' }], 'jar.already-signed'],
    ['with an entry twice', [...files, { name: 'META-INF/LICENSE' }], 'jar.duplicate-name'],
    [
      'with a manifest in small letters',
      [{ name: 'META-INF/manifest.mf' }, { name: 'a' }],
      'jar.manifest-name',
    ],
    ['with two manifests', [...files, { name: 'meta-inf/MANIFEST.MF' }], 'jar.manifest-name'],
    ['with a name that is another to Java', [manifest, { name: './a' }], 'jar.name'],
    ['with a file where the folder of the manifest will be', [{ name: 'META-INF' }], 'jar.name'],
    ['with that folder in other letters', [{ name: 'Meta-Inf/a' }], 'jar.name'],
    ['with a folder where the manifest will be', [{ name: 'META-INF/manifest.mf/a' }], 'jar.name'],
    [
      'with an empty folder where the signature file will be',
      [{ ...folder, name: 'META-INF/COUNTERS.SF/' }, { name: 'a' }],
      'jar.name',
    ],
    ['with a folder where the block will be', [{ name: 'META-INF/Counters.ec/a' }], 'jar.name'],
    ['without files', [manifest], 'jar.empty'],
    ['with a broken manifest', [{ ...manifest, content: 'X' }, { name: 'a' }], 'jar.manifest-last-line'],
    ['with an encrypted entry', [...files, { name: 'x', flags: 1 }], 'archive.encrypted'],
  ] as const)('refuses an archive %s', async (_title, parts, rule) => {
    expect((await rules(zip([...parts]))).failed).toEqual([rule]);
    expect((await rules(zip([...parts]))).target).toBeNull();
    await expect(jarSigning.subject(memorySource(zip([...parts])), sign)).rejects.toThrow();
  });

  test('refuses a file that is no archive', async () => {
    expect((await rules(Buffer.from('no archive'))).failed).toEqual(['archive.wrong-format']);
  });

  test('compares the manifest with what the configuration asks for', async () => {
    const asked = (metadata: Readonly<Record<string, string>>) => rules(jar, context({ metadata }));
    expect((await asked({ mainClass: 'demo.*', bundleSymbolicName: 'org.demo' })).failed).toEqual([]);
    expect((await asked({ mainClass: 'other' })).failed).toEqual(['jar.metadata']);
    expect((await asked({ implementationTitle: '*' })).failed).toEqual(['jar.metadata']);
  });

  test('says nothing of Java about a zip archive in which something gets signed', async () => {
    const report = await rules(zip([{ name: 'a.txt' }]), context({ changes: true }, null), zipFormat);
    expect(report.said).toEqual([]);
  });

  test('leaves a signed archive as it is where nobody asks to sign it, unless something inside gets signed', async () => {
    const { file } = await signJar(jar, signer, sign);
    expect((await rules(file, context(null, null))).said).toEqual(['jar.structure', 'jar.signatures']);
    for (const format of [jarFormat, zipFormat])
      expect((await rules(file, context({ changes: true }, null), format)).failed).toEqual([
        'jar.already-signed',
      ]);
    const inside = { type: 'jar', path: 'a.jar', sign } as const;
    const compiled = jarFormat.compile({ type: 'jar', contents: [inside] }, undefined);
    expect(compiled).toMatchObject({ check: { changes: true } });
    const set = {
      type: 'set',
      include: [{ path: 'b' }],
      each: { type: 'directory', contents: [inside] },
    } as const;
    expect(jarFormat.compile({ type: 'jar', contents: [set] as never }, undefined)).toMatchObject({
      check: { changes: true },
    });
    const plain = { type: 'jar', path: 'a.jar', contents: [{ type: 'file', path: '*' }] } as const;
    expect(jarFormat.compile({ type: 'jar', contents: [plain] as never }, undefined)).toMatchObject({
      check: null,
    });
  });

  test.each([
    ['a program where Java starts it', [manifest, { name: 'a' }], 'program'],
    ['a program where a server starts it', [{ name: 'WEB-INF/web.xml' }], 'program'],
    ['a library otherwise', [{ name: 'a' }], 'library'],
  ] as const)('takes an archive as %s', async (_title, parts, kind) => {
    expect((await rules(zip([...parts]))).target?.kind.kind).toBe(kind);
    expect((await rules(zip([...parts]), context(), zipFormat)).target?.kind.kind).toBe('program');
  });

  test('tells of digests that it replaces', async () => {
    const stale = { ...manifest, content: 'Manifest-Version: 1.0\r\n\r\nName: a\r\nSHA1-Digest: x\r\n\r\n' };
    expect((await rules(zip([stale, { name: 'a' }]))).said).toContain('jar.manifest-mended');
  });

  test('knows a Java archive that is declared as a file, and no other zip archive', async () => {
    const about = { path: ['x'], sha256: parseSha256Hex('0'.repeat(64)), carries: [], digestsWanted: false };
    const ask = (bytes: Uint8Array) => jarFormat.inspectUndeclared(memorySource(bytes), about);
    expect((await ask(jar))?.facts).toMatchObject({ type: 'jar', kind: 'program', signed: false });
    for (const bytes of [zip([{ name: 'a' }]), Buffer.from('x'), Buffer.from('PK\x03\x04'), Buffer.alloc(0)])
      expect(await ask(bytes)).toBeNull();
  });
});

describe('a later policy', () => {
  const about = { policy: null, path: ['x.jar'], sha256: null };
  const facts = { type: 'jar', signed: false, kind: 'program', texts: { 'Main-Class': 'a' } } as const;
  test.each([
    ['nothing is asked', null, null, null, []],
    ['it was no archive then', null, { ...sign }, null, 'missing'],
    ['it was unsigned', facts, { ...sign }, null, []],
    ['it was signed', { ...facts, signed: true }, { ...sign }, null, ['jar.already-signed']],
    [
      'it was signed and its contents get signed',
      { ...facts, signed: true },
      null,
      { changes: true },
      ['jar.already-signed'],
    ],
    ['it said something else', facts, null, { metadata: { mainClass: 'b' } }, ['jar.metadata']],
  ] as const)('is judged by what was recorded: %s', (_title, recorded, asked, check, expected) => {
    const { findings, missing } = jarFormat.rejudge(recorded, { ...about, sign: asked, check });
    if (expected === 'missing') expect(missing).toMatch(/was not recorded/);
    else {
      expect(missing).toBeNull();
      expect(findings.map(({ rule }) => rule)).toEqual(expected);
    }
  });
});

describe('an archive that is signed already', () => {
  const other = createTestSigner('other');
  const once = async () => (await signJar(jar, other, sign)).file;
  const paths = async (file: Uint8Array) =>
    (await readJar(memorySource(file))).signatureFiles.map(({ path }) => path);
  const append: JarSign = { method: 'jar', existingSignature: 'append' };
  const replace: JarSign = { method: 'jar', existingSignature: 'replace', hashAlgorithm: 'sha384' };

  test('keeps its signatures and its manifest where one is added, and has it alone where it is replaced', async () => {
    const before = await once();
    const both = await signJar(before, signer, append);
    expect(both.verification.problems).toEqual([]);
    expect(await paths(both.file)).toEqual([
      'META-INF/COUNTE2.SF',
      'META-INF/COUNTE2.RSA',
      'META-INF/COUNTERS.SF',
      'META-INF/COUNTERS.RSA',
    ]);
    const own = ['META-INF/COUNTE2.SF', 'META-INF/COUNTE2.RSA'];
    expect((await without(both.file, ...own)).equals(Buffer.from(before))).toBe(true);
    const replaced = await signJar(both.file, signer, replace);
    expect(replaced.verification.problems).toEqual([]);
    expect(Buffer.compare(replaced.file, (await signJar(jar, signer, replace)).file)).toBe(0);
  });

  test('is signed as ever where it is none', async () => {
    const plain = (await signJar(jar, signer, sign)).file;
    expect(Buffer.compare((await signJar(jar, signer, append)).file, plain)).toBe(0);
  });

  test('gets none added that is about another archive, leaves a file open, or can’t be read', async () => {
    const changed = rewriteZip(memorySource(await once()), jarBudget(), {
      replace: (entry) =>
        Promise.resolve(entry.path === 'META-INF/LICENSE' ? () => pieces(Buffer.from('other')) : null),
    });
    const broken = [
      Uint8Array.from(await collect(changed)),
      Uint8Array.from(await without(await once(), 'META-INF/COUNTERS.SF')),
      archiveSignedBy(other, {}, { ...someFiles, 'more.txt': 'more' }),
      archiveSignedBy(other, { signatureFile: signatureFileOf(`${manifestOf(someFiles)} `) }),
    ];
    for (const file of broken) {
      const { failed, target } = await rules(file, context(null, append));
      expect(failed).toEqual(['jar.signature-invalid']);
      expect(target).toBeNull();
      await expect(signJar(file, signer, append)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
      expect((await signJar(file, signer, replace)).verification.problems).toEqual([]);
    }
  });

  test('is refused where what is signed inside would break what stays, and not where that is replaced', async () => {
    const changes = { changes: true as const };
    const file = await once();
    expect((await rules(file, context(changes, append))).failed).toEqual(['jar.already-signed']);
    expect((await rules(file, context(changes, replace))).failed).toEqual([]);
    expect((await rules(file, context(null, append))).said).toContain('jar.signatures');
    const facts = { type: 'jar', signed: true, kind: 'library', texts: {} } as const;
    const again = (asked: JarSign, check = {}) =>
      jarFormat.rejudge(facts, { sign: { ...asked }, check, policy: null, path: ['x.jar'], sha256: null });
    expect(again(append).missing).toMatch(/was not recorded/);
    expect(again(append, changes).findings).toHaveLength(1);
    expect(again(replace, changes)).toEqual({ findings: [], missing: null });
  });

  test('is not released with a signature less, or another than the one that was there', async () => {
    const before = await once();
    const { file, block } = await signJar(before, signer, append);
    const less = Uint8Array.from(await without(file, 'META-INF/COUNTERS.SF', 'META-INF/COUNTERS.RSA'));
    const another = await signJar((await signJar(jar, signer, sign)).file, signer, append);
    for (const after of [less, another.file]) {
      await expect(
        jarSigning.readBack(memorySource(before), memorySource(after), block, append),
      ).rejects.toMatchObject({ code: 'DIFFERS' });
    }
    await expect(
      jarSigning.readBack(memorySource(before), memorySource(file), block, replace),
    ).rejects.toMatchObject({ code: 'DIFFERS' });
  });
});
