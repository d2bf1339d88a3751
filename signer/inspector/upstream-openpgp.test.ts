/** `verify: openpgp`: what lies beside a file, or around it, by the keys that the configuration has. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { clearSigned } from '#core/pki/openpgp/index.ts';
import { collected, createOpenPgpSigner, inChunks } from '#core/pki/openpgp/openpgp.fixture.ts';
import { anyFiles, failed, openBench, type Bench } from './inspector.fixture.ts';

let bench: Bench;
let signer: Awaited<ReturnType<typeof createOpenPgpSigner>>;
let other: Awaited<ReturnType<typeof createOpenPgpSigner>>;
beforeAll(async () => {
  bench = await openBench();
  [signer, other] = await Promise.all([
    createOpenPgpSigner('upstream@example.org', 2048),
    createOpenPgpSigner('other@example.org', 2048),
  ]);
});
afterAll(() => bench.close());

const content = Buffer.from('what upstream released');
/** A packet of type 2, whose first byte is its version. */
const version6 = Buffer.concat([Buffer.of(0xc2, 40, 6), Buffer.alloc(39, 1)]);
const root = (...signers: readonly (typeof signer)[]): RootElement => ({
  type: 'zip',
  contents: [
    {
      type: 'file',
      path: 'up/*.bin',
      matches: { min: 1, max: 'unbounded' },
      verify: 'openpgp',
      upstream: {
        openpgpKeys: signers.map(({ fingerprint, certificate }) => ({
          fingerprint: fingerprint.toString('hex').toUpperCase(),
          key: certificate,
        })),
      },
      sign: { method: 'cms' },
    },
    anyFiles,
  ],
});
const inspect = (entries: Readonly<Record<string, Uint8Array | string>>, by = [signer]) =>
  bench.inspect(zip(Object.entries(entries).map(([name, of]) => ({ name, content: of }))), root(...by));
const armored = async (by: typeof signer, of: Uint8Array = content): Promise<string> =>
  by.armored(await by.sign(of));

describe('a file with a signature beside it', () => {
  test('in armor or binary is upstream’s, and who made it is said', async () => {
    for (const [ending, signature] of [
      ['asc', await armored(signer)],
      ['sig', await signer.sign(content)],
    ] as const) {
      const report = await inspect({ 'up/a.bin': content, [`up/a.bin.${ending}`]: signature });
      expect(failed(report)).toEqual([]);
      const found = report.findings.find(({ rule }) => rule === 'file.upstream-signed');
      expect(found?.message).toContain('Project Widget <upstream@example.org>');
      expect(report.signTargets).toHaveLength(1);
    }
  });

  test('that holds beside one of a stranger is upstream’s, whose is not verified', async () => {
    const both = Buffer.concat([await signer.sign(content), await other.sign(Buffer.from('x'))]);
    const report = await inspect({ 'up/a.bin': content, 'up/a.bin.sig': both });
    expect(failed(report)).toEqual([]);
    expect(report.findings.map(({ message }) => message).join()).toContain('was not verified');
  });

  test('that holds beside one of version 6 is upstream’s, and the other version is named', async () => {
    for (const both of [
      [await signer.sign(content), version6],
      [version6, await signer.sign(content)],
    ]) {
      const report = await inspect({ 'up/a.bin': content, 'up/a.bin.sig': Buffer.concat(both) });
      expect(failed(report)).toEqual([]);
      expect(report.findings.map(({ message }) => message).join()).toContain(
        'Another signature there, of version 6, was not verified.',
      );
    }
  });

  const cases: readonly (readonly [
    string,
    string,
    () => Promise<Readonly<Record<string, Uint8Array | string>>>,
  ])[] = [
    ['without one', 'unsigned', () => Promise.resolve({})],
    ['with one in another folder', 'unsigned', async () => ({ 'a.bin.asc': await armored(signer) })],
    ['of another file', 'invalid', async () => ({ 'up/a.bin.asc': await armored(signer, Buffer.from('x')) })],
    ['of a stranger', 'untrusted', async () => ({ 'up/a.bin.asc': await armored(other) })],
    ['with rubbish', 'invalid', () => Promise.resolve({ 'up/a.bin.asc': 'rubbish' })],
    ['with text around it', 'invalid', async () => ({ 'up/a.bin.asc': `Hello\n${await armored(signer)}` })],
    ['with nothing in it', 'invalid', () => Promise.resolve({ 'up/a.bin.asc': '' })],
    ['with a key in it', 'invalid', () => Promise.resolve({ 'up/a.bin.asc': signer.certificate })],
    ['that is too long', 'invalid', () => Promise.resolve({ 'up/a.bin.asc': Buffer.alloc(65_537, 0xc2) })],
    [
      'of which one by a pinned key doesn’t hold',
      'invalid',
      async () => ({
        'up/a.bin.sig': Buffer.concat([await signer.sign(content), await signer.sign(Buffer.from('x'))]),
      }),
    ],
    [
      'of which only one of two files holds',
      'invalid',
      async () => ({ 'up/a.bin.asc': await armored(signer), 'up/a.bin.sig': 'x' }),
    ],
    ['of version 6 alone', 'unsupported', () => Promise.resolve({ 'up/a.bin.sig': version6 })],
    [
      'of a stranger and of version 6',
      'untrusted',
      async () => ({ 'up/a.bin.sig': Buffer.concat([await other.sign(content), version6]) }),
    ],
    [
      'of version 6 beside one by a pinned key that doesn’t hold',
      'invalid',
      async () => ({ 'up/a.bin.sig': Buffer.concat([version6, await signer.sign(Buffer.from('x'))]) }),
    ],
    [
      'of a text',
      'unsupported',
      async () => ({ 'up/a.bin.sig': await signer.sign(content, { form: 'text' }) }),
    ],
  ];
  test.each(cases)('%s is refused as %s', async (_, why, make) => {
    const report = await inspect({ 'up/a.bin': content, ...(await make()) });
    expect(failed(report)).toEqual([`file.upstream-${why}`]);
    expect(report.signTargets).toEqual([]);
  });

  test('is refused for every one that has none, in its own place', async () => {
    const report = await inspect({
      'up/a.bin': content,
      'up/a.bin.asc': await armored(signer),
      'up/b.bin': content,
    });
    expect(report.findings.filter(({ outcome }) => outcome === 'fail').map(({ path }) => path)).toEqual([
      ['up/b.bin'],
    ]);
  });
});

describe('a text with its signature around it', () => {
  const clear = async (by: typeof signer, text = 'one\n- two\n'): Promise<Buffer> => {
    const bytes = Buffer.from(text);
    const signature = Buffer.from(by.armored(await by.sign(bytes, { form: 'text' })));
    return collected(clearSigned(inChunks(bytes), 'sha256', signature));
  };

  test('is upstream’s', async () => {
    const report = await inspect({ 'up/a.bin': await clear(signer) });
    expect(failed(report)).toEqual([]);
  });

  test.each<readonly [string, string, (text: string) => string]>([
    ['changed', 'invalid', (text) => text.replace('one', 'two')],
    ['with more behind it', 'invalid', (text) => `${text}more\n`],
    [
      'with a header that isn’t signed',
      'invalid',
      (text) => text.replace('Hash: SHA256', 'Hash: SHA256\nNote: x'),
    ],
    ['with a line that isn’t escaped', 'invalid', (text) => text.replace('- - two', '-x- two')],
    ['without the signature', 'invalid', (text) => text.slice(0, text.indexOf('-----BEGIN PGP SIGNATURE'))],
  ])('%s is refused as %s', async (_, why, change) => {
    const text = (await clear(signer)).toString('utf8');
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(failed(await inspect({ 'up/a.bin': changed }))).toEqual([`file.upstream-${why}`]);
  });

  test('of a stranger is refused, whatever lies beside it', async () => {
    const text = await clear(other);
    expect(failed(await inspect({ 'up/a.bin': text, 'up/a.bin.asc': await armored(signer, text) }))).toEqual([
      'file.upstream-untrusted',
    ]);
  });
});
