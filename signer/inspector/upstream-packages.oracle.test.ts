/** `verify` of Java archives, NuGet packages and catalogs that other programs signed for upstream, in the inspector's own process. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalog, flat } from '#core/formats/catalog/catalog.fixture.ts';
import { signJar } from '#core/formats/jar/jar.fixture.ts';
import { manifestOf, signatureFileOf, someFiles } from '#core/formats/jar/upstream.fixture.ts';
import { nupkg, signPackage } from '#core/formats/nuget/nuget.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import type { RootElement } from '#core/generated/index.ts';
import { createTestSigner, toPem } from '#core/pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '#core/pki/cms/timestamp.fixture.ts';
import { lacksTools } from '../../dev/test/lacks.ts';
import { configuration, failed, openBench, type Bench } from './inspector.fixture.ts';
import type { Inspection } from './index.ts';

const run = promisify(execFile);
const day = 86_400_000;
const upstream = createTestSigner('Upstream');
const stranger = createTestSigner('Stranger');
const pass = ['-storetype', 'PKCS12', '-storepass', 'changeit'];

let bench: Bench;
let tsa: ReturnType<typeof createTimestampAuthority>;
/** Of the chain that keytool makes. */
let keytoolRoot: Uint8Array;
const at = (name: string): string => join(bench.folder, name);

beforeAll(async () => {
  bench = await openBench();
  tsa = createTimestampAuthority(at('tsa'));
  mkdirSync(at('classes/demo'), { recursive: true });
  writeFileSync(at('classes/demo/data.txt'), 'data');
  await run('jar', ['--create', '--file', at('plain.jar'), '-C', at('classes'), '.']);
  await keytoolChain();
});
afterAll(() => bench.close());

/** A root, an authority below it, and the key `upstream` with a certificate of that one. */
async function keytoolChain(): Promise<void> {
  const key = ['-keyalg', 'RSA', '-keysize', '2048', '-keystore', at('store.p12'), ...pass];
  const keytool = (...args: readonly string[]) => run('keytool', [...args]);
  const authority = ['-ext', 'bc:c', '-ext', 'ku=keyCertSign'];
  await keytool('-genkeypair', '-alias', 'root', '-dname', 'CN=Keytool root', ...authority, ...key);
  for (const [alias, issuer, ...extensions] of [
    ['middle', 'root', ...authority],
    ['upstream', 'middle', '-ext', 'ku=digitalSignature', '-ext', 'eku=codeSigning'],
  ] as const) {
    await keytool('-genkeypair', '-alias', alias, '-dname', `CN=Keytool ${alias}`, ...key);
    const store = ['-keystore', at('store.p12'), ...pass];
    await keytool('-certreq', '-alias', alias, '-file', at('request.pem'), ...store);
    const certificate = ['-infile', at('request.pem'), '-outfile', at('certificate.der'), ...extensions];
    await keytool('-gencert', '-alias', issuer, ...certificate, ...store);
    await keytool('-importcert', '-noprompt', '-alias', alias, '-file', at('certificate.der'), ...store);
  }
  await keytool(
    '-exportcert',
    '-alias',
    'root',
    '-file',
    at('root.der'),
    '-keystore',
    at('store.p12'),
    ...pass,
  );
  keytoolRoot = Uint8Array.from(readFileSync(at('root.der')));
}

async function inspect(
  file: Uint8Array,
  root: RootElement,
  { days = 0, trusted }: { readonly days?: number; readonly trusted?: readonly Uint8Array[] } = {},
): Promise<Inspection> {
  const roots = trusted ?? [upstream.root, tsa.signer.root, keytoolRoot];
  return bench.inspector.inspect({
    file: await bench.save(file),
    folder: 'request',
    configuration: configuration(root),
    upstream: { roots, now: new Date(Date.now() + days * day) },
  });
}

const jar: RootElement = { type: 'jar', verify: 'jar' };
const told = async (file: string | Uint8Array, root: RootElement = jar, days = 0) =>
  failed(
    await inspect(typeof file === 'string' ? Uint8Array.from(readFileSync(at(file))) : file, root, { days }),
  );

describe.skipIf(lacksTools('jarsigner', 'jar', 'openssl'))('a Java archive of upstream', () => {
  const jarsigner = (...args: readonly string[]) => run('jarsigner', [...args]);
  const verify = (file: string) =>
    jarsigner('-verify', '-strict', '-keystore', at('store.p12'), '-storepass', 'changeit', at(file));
  const signed = async (name: string, ...options: readonly string[]) => {
    const store = ['-keystore', at('store.p12'), '-storepass', 'changeit'];
    await jarsigner(...store, ...options, '-signedjar', at(name), at('plain.jar'), 'upstream');
  };

  test('is taken as jarsigner takes it, by every hash, up a chain of keytool’s', async () => {
    for (const hash of ['SHA-256', 'SHA-384', 'SHA-512']) {
      await signed('good.jar', '-digestalg', hash);
      expect((await verify('good.jar')).stdout).toContain('jar verified.');
      expect(await told('good.jar')).toEqual([]);
    }
    await signed('twice.jar');
    await jarsigner(
      '-keystore',
      at('store.p12'),
      '-storepass',
      'changeit',
      '-sigfile',
      'SECOND',
      at('twice.jar'),
      'upstream',
    );
    expect(await told('twice.jar')).toEqual([]);
    const bytes = Uint8Array.from(readFileSync(at('twice.jar')));
    expect(failed(await inspect(bytes, jar, { trusted: [upstream.root] }))).toEqual([
      'jar.upstream-untrusted',
      'jar.upstream-untrusted',
    ]);
  });

  test('is refused as jarsigner refuses it: changed, with a file added, by SHA-1', async () => {
    await signed('changed.jar');
    writeFileSync(at('classes/demo/data.txt'), 'other');
    await run('jar', ['--update', '--file', at('changed.jar'), '-C', at('classes'), 'demo/data.txt']);
    writeFileSync(at('classes/demo/data.txt'), 'data');
    await expect(verify('changed.jar')).rejects.toThrow();
    expect(await told('changed.jar')).toEqual(['jar.upstream-digest']);
    await signed('added.jar');
    writeFileSync(at('added.txt'), 'added');
    await run('jar', ['--update', '--file', at('added.jar'), '-C', bench.folder, 'added.txt']);
    await expect(verify('added.jar')).rejects.toMatchObject({ code: 16 });
    expect(await told('added.jar')).toEqual(['jar.upstream-digest']);
    await signed('old.jar', '-digestalg', 'SHA1', '-sigalg', 'SHA1withRSA');
    expect(await told('old.jar')).toEqual(['jar.upstream-weak']);
    expect(await told('plain.jar')).toEqual(['jar.upstream-unsigned']);
  });

  test('is taken with a signature without signed attributes, as older JDKs made them', async () => {
    const manifest = manifestOf(someFiles);
    const text = signatureFileOf(manifest);
    writeFileSync(at('text.sf'), text);
    writeFileSync(at('signer.pem'), toPem([upstream.certificate]));
    writeFileSync(at('signer.key'), upstream.key.export({ type: 'pkcs8', format: 'pem' }));
    const cms = [
      'cms',
      '-sign',
      '-binary',
      '-noattr',
      '-md',
      'sha256',
      '-in',
      at('text.sf'),
      '-outform',
      'DER',
    ];
    await run('openssl', [
      ...cms,
      '-signer',
      at('signer.pem'),
      '-inkey',
      at('signer.key'),
      '-out',
      at('block'),
    ]);
    const archive = zip([
      { name: 'META-INF/MANIFEST.MF', content: manifest },
      { name: 'META-INF/OLD.SF', content: text },
      { name: 'META-INF/OLD.RSA', content: readFileSync(at('block')) },
      ...Object.entries(someFiles).map(([name, content]) => ({ name, content })),
    ]);
    writeFileSync(at('bare.jar'), archive);
    expect((await jarsigner('-verify', at('bare.jar'))).stdout).toContain('jar verified.');
    expect(await told('bare.jar')).toEqual([]);
  });

  test('is judged at the time of its timestamp', async () => {
    const bytes = Uint8Array.from(readFileSync(at('plain.jar')));
    const plain = await signJar(bytes, upstream, { method: 'jar' });
    expect(await told(plain.file, jar, 60)).toEqual(['jar.upstream-expired']);
    const stamped = await signJar(bytes, upstream, { method: 'jar' }, (signature) => tsa.stamp(signature));
    expect(await told(stamped.file, jar, 60)).toEqual([]);
    const strange = await signJar(bytes, stranger, { method: 'jar' });
    expect(await told(strange.file)).toEqual(['jar.upstream-untrusted']);
  });
});

describe.skipIf(lacksTools('openssl'))('a NuGet package of upstream', () => {
  const nuget: RootElement = { type: 'nuget', verify: 'nuget' };

  test('is taken with its author’s signature, at the time of its timestamp, and refused of a stranger', async () => {
    const { signed } = await signPackage(upstream, nupkg(), { stamp: (raw) => tsa.stamp(raw) });
    expect(await told(signed, nuget)).toEqual([]);
    expect(await told(signed, nuget, 60)).toEqual([]);
    expect(await told((await signPackage(upstream, nupkg())).signed, nuget, 60)).toEqual([
      'nuget.upstream-expired',
    ]);
    expect(await told((await signPackage(stranger, nupkg())).signed, nuget)).toEqual([
      'nuget.upstream-untrusted',
    ]);
  });
});

describe.skipIf(lacksTools('osslsigncode'))('a catalog of upstream', () => {
  const root = (sign: boolean): RootElement => ({
    type: 'zip',
    contents: [
      {
        type: 'catalog',
        path: 'a.cat',
        verify: 'authenticode',
        ...(sign ? { sign: { method: 'authenticode', existingSignature: 'replace' } } : {}),
      },
      { type: 'file', path: 'a.inf' },
    ],
  });
  const inf = Buffer.from('[Version]\n');
  async function signedBy({ certificate, root: above, key }: typeof upstream): Promise<Buffer> {
    writeFileSync(at('in.cat'), catalog([flat('a.inf', inf)]));
    writeFileSync(at('signer.pem'), toPem([certificate, above]));
    writeFileSync(at('signer.key'), key.export({ type: 'pkcs8', format: 'pem' }));
    await run('rm', ['-f', at('out.cat')]);
    const by = ['-certs', at('signer.pem'), '-key', at('signer.key')];
    await run('osslsigncode', ['sign', '-h', 'sha256', ...by, '-in', at('in.cat'), '-out', at('out.cat')]);
    return readFileSync(at('out.cat'));
  }
  const packed = (cat: Uint8Array) =>
    zip([
      { name: 'a.cat', content: cat },
      { name: 'a.inf', content: inf },
    ]);

  test('is taken, and replaced, where its signature holds; and refused unsigned, of a stranger, changed', async () => {
    const good = await signedBy(upstream);
    expect(await told(packed(good), root(false))).toEqual([]);
    expect(await told(packed(good), root(true))).toEqual([]);
    const strange = packed(await signedBy(stranger));
    for (const sign of [false, true]) {
      expect(await told(strange, root(sign))).toEqual(['catalog.upstream-untrusted']);
      expect(await told(packed(catalog([flat('a.inf', inf)])), root(sign))).toEqual([
        'catalog.upstream-unsigned',
      ]);
    }
    const changed = Uint8Array.from(good);
    const place = Buffer.from(good).indexOf(Buffer.from('a.inf', 'utf16le'));
    changed[place] = 0x62;
    expect(await told(packed(changed), root(false))).toEqual(['catalog.upstream-signature']);
  });
});
