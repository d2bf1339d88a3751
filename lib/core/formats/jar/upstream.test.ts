import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseSha256Hex } from '../../ids/index.ts';
import { createTestSigner } from '../../pki/cms/signer.fixture.ts';
import { memorySource } from '../random-access.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { zip } from '../zip/zip.fixture.ts';
import { jarFormat } from './index.ts';
import { signJar } from './jar.fixture.ts';
import {
  archiveSignedBy,
  base64,
  blockOf,
  manifestOf,
  signatureFileOf,
  someFiles,
} from './upstream.fixture.ts';

const upstream = createTestSigner('Upstream');
const stranger = createTestSigner('Stranger');
const trust: UpstreamTrust = {
  now: new Date('2026-06-01T00:00:00Z'),
  signers: null,
  judgeSigner: ({ certificate }) =>
    Buffer.compare(certificate, stranger.certificate) === 0
      ? { ok: false, why: 'untrusted', problem: 'nobody knows it' }
      : { ok: true, subject: 'CN=Upstream', issuer: 'CN=Root', lifetimeSigning: false },
  judgeTimestamp: () => ({ problem: 'there is none' }),
};

async function inspect(archive: Uint8Array, known: UpstreamTrust | null = trust) {
  const about = { path: ['x.jar'], sha256: parseSha256Hex('ab'.repeat(32)), policy: null };
  const context = { sizeBytes: archive.length, carries: [], digestsWanted: false, upstream: known };
  const asked = { sign: null, check: { verify: true } };
  const { findings } = await jarFormat.inspect(memorySource(archive), { ...about, ...context, ...asked });
  const told = findings
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ rule }) => rule.slice('jar.'.length));
  return { told, findings, why: findings.find(({ outcome }) => outcome === 'fail')?.message ?? '' };
}
const failures = async (archive: Uint8Array, known?: UpstreamTrust | null) =>
  (await inspect(archive, known)).told;

/** A second signature of the same archive. */
const also = (signer: typeof upstream, signatureFile: string, name = 'SECOND') => [
  { name: `META-INF/${name}.SF`, content: signatureFile },
  { name: `META-INF/${name}.RSA`, content: blockOf(signer, signatureFile) },
];

describe('an archive that upstream signed', () => {
  test('is taken where its signature covers every file, and who signed is told', async () => {
    const { told, findings } = await inspect(archiveSignedBy(upstream));
    expect(told).toEqual([]);
    const said = findings.find(({ rule }) => rule === 'jar.upstream-signature');
    expect(said?.message).toContain('The archive carries a valid signature of “Upstream”');
    expect(said?.found).toContain('META-INF/UPSTREAM.RSA');
    expect(findings.map(({ rule }) => rule)).not.toContain('jar.signatures');
  });

  test('may be signed here, or without signed attributes, as the JDK did before 16', async () => {
    const ours = await signJar(zip([{ name: 'a.txt', content: 'a' }]), upstream, { method: 'jar' });
    expect(await failures(ours.file)).toEqual([]);
    expect(await failures(archiveSignedBy(upstream, { bare: true }))).toEqual([]);
    const changed = { bare: true, signatureFile: `${signatureFileOf(manifestOf(someFiles))}Name: x\r\n\r\n` };
    const good = archiveSignedBy(upstream, changed);
    expect(await failures(good)).toEqual([]);
    const other = zip([
      { name: 'META-INF/MANIFEST.MF', content: manifestOf(someFiles) },
      { name: 'META-INF/A.SF', content: signatureFileOf(manifestOf(someFiles)) },
      { name: 'META-INF/A.RSA', content: blockOf(upstream, changed.signatureFile, true) },
      ...Object.entries(someFiles).map(([name, content]) => ({ name, content })),
    ]);
    expect(await failures(Uint8Array.from(other))).toEqual(['upstream-signature']);
  });

  test('is refused unsigned, of a stranger, and where no root is known', async () => {
    const unsigned = zip(Object.entries(someFiles).map(([name, content]) => ({ name, content })));
    expect(await failures(unsigned)).toEqual(['upstream-unsigned']);
    expect(await failures(archiveSignedBy(stranger))).toEqual(['upstream-untrusted']);
    expect(await failures(archiveSignedBy(upstream), null)).toEqual(['upstream-untrusted']);
  });

  const manifest = manifestOf(someFiles);
  const added = { ...someFiles, 'demo/Evil.class': 'evil' };
  test.each<[string, Uint8Array]>([
    ['a changed file', archiveSignedBy(upstream, {}, { ...someFiles, 'demo/Main.class': 'evil' })],
    ['a file that nobody signed', archiveSignedBy(upstream, {}, added)],
    ['a file that was removed', archiveSignedBy(upstream, {}, { 'demo/Main.class': 'class' })],
    [
      'a file with a section in the manifest that nobody signed',
      archiveSignedBy(
        upstream,
        { manifest: manifestOf(added), signatureFile: signatureFileOf(manifest) },
        added,
      ),
    ],
    [
      'a section for a folder that nobody signed',
      archiveSignedBy(upstream, {
        manifest: `${manifest}Name: demo/\r\nSealed: false\r\n\r\n`,
        signatureFile: signatureFileOf(manifest),
      }),
    ],
    [
      'another main section',
      archiveSignedBy(upstream, {
        manifest: manifest.replace('demo.Main', 'demo.Evil'),
        signatureFile: signatureFileOf(manifest),
      }),
    ],
    [
      'a changed section, though it has the right digest',
      archiveSignedBy(upstream, {
        manifest: manifest.replace('Name: demo/Main.class\r\n', '$&Content-Type: text/evil\r\n'),
        signatureFile: signatureFileOf(manifest),
      }),
    ],
    [
      'a section that the signature file doesn’t name',
      archiveSignedBy(upstream, {
        signatureFile: signatureFileOf(manifest).replace(/Name: demo\/Main\.class\r\n.*\r\n\r\n/, ''),
      }),
    ],
    [
      'a second signature that covers less',
      archiveSignedBy(upstream, {
        more: also(
          upstream,
          'Signature-Version: 1.0\r\nSHA-256-Digest-Manifest: ' + base64(manifest) + '\r\n\r\n',
        ),
      }),
    ],
  ])('is refused with %s', async (_what, archive) => {
    expect(await failures(archive)).toEqual(expect.arrayContaining(['upstream-digest']));
    expect(await failures(archive)).toHaveLength(1);
  });

  test('holds by sections where somebody signed again and added to the manifest', async () => {
    const grown = `${manifest}Name: demo/\r\nSealed: true\r\n\r\n`;
    const old = signatureFileOf(grown).replace(/Manifest: .*/, `Manifest: ${base64(manifest)}`);
    expect(await failures(archiveSignedBy(upstream, { manifest: grown, signatureFile: old }))).toEqual([]);
    const unsaid = old.replace(/SHA-256-Digest-Manifest-Main-Attributes: .*\r\n/, '');
    expect(await failures(archiveSignedBy(upstream, { manifest: grown, signatureFile: unsaid }))).toEqual([
      'upstream-digest',
    ]);
  });

  test('is refused with any signature that doesn’t hold, however many others do', async () => {
    const signatureFile = signatureFileOf(manifest);
    const two = (signer: typeof upstream) => archiveSignedBy(upstream, { more: also(signer, signatureFile) });
    expect(await failures(two(upstream))).toEqual([]);
    expect(await failures(two(stranger))).toEqual(['upstream-untrusted']);
  });

  test('is refused where the configuration names other signers, whose root is known all the same', async () => {
    const certificateSha256 = createHash('sha256').update(upstream.certificate).digest('hex');
    const by = (...signers: readonly object[]) => failures(archiveSignedBy(upstream), { ...trust, signers });
    expect(await by({ commonName: 'Upstream' })).toEqual([]);
    expect(await by({ commonName: 'Upstream', organization: 'Countersign test' })).toEqual([]);
    expect(await by({ commonName: 'Nobody' }, { certificateSha256 })).toEqual([]);
    expect(await by({ commonName: 'upstream' })).toEqual(['upstream-signer']);
    expect(await by({ commonName: 'Upstream', organization: 'Another' })).toEqual(['upstream-signer']);
    expect(await by({ certificateSha256: 'ab'.repeat(32) })).toEqual(['upstream-signer']);
    expect(await by({})).toEqual(['upstream-signer']);
    const told = await inspect(archiveSignedBy(upstream), {
      ...trust,
      signers: [{ organization: 'Another' }],
    });
    expect(told.why).toContain('none of its valid signatures is by “Another”');
    const strange = archiveSignedBy(upstream, { more: also(stranger, signatureFileOf(manifest)) });
    expect(await failures(strange, { ...trust, signers: [{ commonName: 'Upstream' }] })).toEqual([
      'upstream-untrusted',
    ]);
  });

  test.each<[string, readonly { name: string; content: string | Uint8Array }[]]>([
    ['a signature file without its block', [{ name: 'META-INF/X.SF', content: signatureFileOf(manifest) }]],
    ['a block without its signature file', [{ name: 'META-INF/X.EC', content: 'block' }]],
    ['what only old readers take for a signature', [{ name: 'META-INF/SIG-X', content: 'x' }]],
    [
      'two signature files of one name',
      [{ name: 'META-INF/upstream.sf', content: signatureFileOf(manifest) }],
    ],
    [
      'a block that can’t be read',
      also(upstream, signatureFileOf(manifest)).map((part) => ({
        ...part,
        content: part.name.endsWith('SF') ? part.content : 'x',
      })),
    ],
    [
      'a signature file that Java reads otherwise',
      also(upstream, `${signatureFileOf(manifest)}Name: a\r\nName: b\r\n`),
    ],
  ])('is refused with %s', async (_what, more) => {
    expect(await failures(archiveSignedBy(upstream, { more }))).toEqual(['upstream-signature']);
  });

  test('may carry SHA-1 next to SHA-256, but not alone', async () => {
    const old = manifestOf(someFiles, 'SHA-1').replaceAll('SHA-1-Digest', 'SHA1-Digest');
    const text = signatureFileOf(old, 'SHA-1').replaceAll('SHA-1-Digest', 'SHA1-Digest');
    expect(await failures(archiveSignedBy(upstream, { manifest: old, signatureFile: text }))).toEqual([
      'upstream-weak',
    ]);
    const strong = signatureFileOf(old);
    expect(await failures(archiveSignedBy(upstream, { manifest: old, signatureFile: strong }))).toEqual([
      'upstream-weak',
    ]);
    const weaker = signatureFileOf(manifest, 'SHA-1').replaceAll('SHA-1-Digest', 'SHA1-Digest');
    expect(await failures(archiveSignedBy(upstream, { more: also(upstream, weaker) }))).toEqual([]);
    expect(await failures(archiveSignedBy(upstream, { signatureFile: weaker }))).toEqual(['upstream-weak']);
  });

  test('can’t be judged again from facts alone, but that it isn’t signed can', () => {
    const facts = { type: 'jar', signed: true, kind: 'library', texts: {} } as const;
    const context = { sign: null, check: { verify: true }, policy: null, path: ['x.jar'], sha256: null };
    expect(jarFormat.rejudge(facts, context).missing).toMatch(/was not recorded/);
    const unsigned = jarFormat.rejudge({ ...facts, signed: false }, context);
    expect(unsigned.findings.map(({ rule }) => rule)).toEqual(['jar.upstream-unsigned']);
  });

  test('is told on the public page, and excludes being signed here without saying what becomes of its signature', () => {
    const compiled = jarFormat.compile({ type: 'jar', verify: 'jar' } as never, undefined);
    expect(jarFormat.describe(compiled).check).toBe('signed by upstream, which is verified');
    const both = jarFormat.compile(
      { type: 'jar', verify: 'jar', sign: { method: 'jar' } } as never,
      undefined,
    );
    expect(both.problems.map(({ rule }) => rule)).toEqual(['rule.verify-refuse']);
  });
});
