/** NuGet packages, signed and not: whatever gives the digest of a package without its signature has its files and its metadata. */
import { createHash } from 'node:crypto';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import { nupkg, nuspec, signPackage } from '#core/formats/nuget/nuget.fixture.ts';
import { contentOf, nuspecOf, readPackage } from '#core/formats/nuget/read-package.ts';
import { packageDigest, unsignedDigest } from '#core/formats/nuget/unsigned-digest.ts';
import { memorySource } from '#core/formats/random-access.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

export const nugetFuzz: FuzzedFormat = {
  name: 'nuget',
  async seeds() {
    const types = '<packageTypes><packageType name="DotnetTool"/></packageTypes>';
    const unsigned = [
      nupkg(),
      nupkg([{ name: 'content/caf%C3%A9%2B.txt', content: 'x', method: 0 }], { comment: 'a comment' }),
      nupkg(
        [{ name: 'tools/init.ps1', content: 'y'.repeat(300), descriptor: { signature: true, wide: false } }],
        {
          spec: nuspec({ more: types }),
        },
      ),
      nupkg([{ name: 'lib/a.dll' }, { name: 'lib/b.dll', content: 'b' }], { order: [4, 2, 0, 1, 3] }),
    ];
    const signer = createTestSigner('Fuzz');
    const signed = await Promise.all(
      unsigned.map(async (bytes) => (await signPackage(signer, bytes)).signed),
    );
    return [...unsigned, ...signed].map((bytes) => Uint8Array.from(bytes));
  },
  async read(bytes) {
    const source = memorySource(bytes);
    const read = await readPackage(source);
    const files: (readonly [string, string])[] = [];
    for (const { entry, name } of read.files) {
      if (entry === read.signature) continue;
      files.push([
        name,
        createHash('sha256')
          .update(await contentOf(source, entry))
          .digest('hex'),
      ]);
    }
    const digest =
      read.signature === null
        ? await packageDigest(source, 'sha256')
        : await unsignedDigest(source, read, 'sha256');
    const meaning = JSON.stringify([files, await nuspecOf(source, read)]);
    return { digest: Buffer.from(digest).toString('hex'), meaning };
  },
};
