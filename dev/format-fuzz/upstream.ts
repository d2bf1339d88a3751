/** Packages that upstream signed: whatever is taken under one signature has the files that were signed. */
import { createHash } from 'node:crypto';
import { collect } from '#core/formats/archive/stream.fixture.ts';
import { manifestOf, readJar, jarBudget } from '#core/formats/jar/read-jar.ts';
import { readSignatures } from '#core/formats/jar/signatures.ts';
import { verifyJarUpstream } from '#core/formats/jar/upstream.ts';
import {
  archiveSignedBy,
  manifestOf as manifestText,
  signatureFileOf,
  someFiles,
} from '#core/formats/jar/upstream.fixture.ts';
import { FormatError } from '#core/formats/format.ts';
import { contentOf, nuspecOf, readPackage } from '#core/formats/nuget/read-package.ts';
import { nupkg, signPackage } from '#core/formats/nuget/nuget.fixture.ts';
import { verifyNugetUpstream } from '#core/formats/nuget/upstream.ts';
import { countersignature, signedBy } from '#core/formats/nuget/upstream.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import type { UpstreamTrust } from '#core/formats/upstream-trust.ts';
import { openZipEntry } from '#core/formats/zip/index.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import { failures, type Finding } from '#core/wire/finding/index.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

const signer = createTestSigner('Fuzz');
const feed = createTestSigner('Feed');
const trust: UpstreamTrust = {
  now: new Date(),
  signers: null,
  judgeSigner: () => ({ ok: true, subject: 'CN=Fuzz', issuer: 'CN=Root', lifetimeSigning: false }),
  judgeTimestamp: () => ({ problem: 'nobody knows it' }),
};
const about = { path: [], policy: null };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function requireHeld(findings: readonly Finding[]): void {
  const [refused] = failures(findings);
  if (refused !== undefined) throw new FormatError('REFUSED', refused.message, '');
}

export const jarUpstreamFuzz: FuzzedFormat = {
  name: 'jar-upstream',
  seeds() {
    const manifest = manifestText(someFiles);
    const grown = `${manifest}Name: demo/\r\nSealed: true\r\n\r\n`;
    const old = signatureFileOf(grown).replace(/Manifest: .*/, 'Manifest: x');
    return Promise.resolve([
      archiveSignedBy(signer),
      archiveSignedBy(signer, { bare: true }),
      archiveSignedBy(signer, { manifest: grown, signatureFile: old }),
    ]);
  },
  async read(bytes) {
    const source = memorySource(bytes);
    const jar = await readJar(source);
    requireHeld(await verifyJarUpstream(source, jar, trust, about));
    const signatures = await readSignatures(source, jar);
    const files: (readonly [string, string])[] = [];
    for (const entry of jar.covered)
      files.push([entry.path, sha256(await collect(openZipEntry(source, entry, jarBudget().limits)))]);
    const manifest = await manifestOf(source, jar);
    const said = [manifest?.main, ...(manifest?.sections ?? [])].map((section) =>
      section?.attributes.map(({ name, value }) => [name, value]),
    );
    const digest = signatures.map(({ signatureFile }) => sha256(signatureFile)).join(' ');
    return { digest, meaning: JSON.stringify([files.sort(), said]) };
  },
};

export const nugetUpstreamFuzz: FuzzedFormat = {
  name: 'nuget-upstream',
  async seeds() {
    const unsigned = nupkg();
    const both = await signedBy(signer, unsigned, { ...countersignature(feed), others: [feed] });
    return [Uint8Array.from((await signPackage(signer, unsigned)).signed), both];
  },
  async read(bytes) {
    const source = memorySource(bytes);
    const read = await readPackage(source);
    requireHeld(await verifyNugetUpstream(source, read, trust, about));
    const files: (readonly [string, string])[] = [];
    for (const { entry, name } of read.files)
      if (entry !== read.signature) files.push([name, sha256(await contentOf(source, entry))]);
    return { digest: 'of the package', meaning: JSON.stringify([files, await nuspecOf(source, read)]) };
  },
};
