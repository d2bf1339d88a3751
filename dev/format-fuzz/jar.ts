/** Java archives: two with one signature file have the same files, and manifests that say the same. */
import { createHash } from 'node:crypto';
import { collect } from '#core/formats/archive/stream.fixture.ts';
import { jarBudget, manifestOf, readJar } from '#core/formats/jar/read-jar.ts';
import { jarSigning } from '#core/formats/jar/sign.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { openZipEntry } from '#core/formats/zip/index.ts';
import { zip, type ZipPart } from '#core/formats/zip/zip.fixture.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

const manifest = (content: string): ZipPart => ({ name: 'META-INF/MANIFEST.MF', content, method: 0 });
const main = 'Manifest-Version: 1.0\r\nMain-Class: demo.Main\r\n\r\n';
const sections =
  'Name: demo/Main.class\nContent-Type: x\n y\n\nName: demo/\rSealed: true\r\rName: gone\r\nSHA1-Digest: x\r\n';
const files: readonly ZipPart[] = [
  { name: 'demo/', method: 0, attributes: 0o040755 * 65536 },
  { name: 'demo/Main.class', content: 'class', descriptor: { signature: true, wide: false } },
  { name: 'META-INF/LICENSE', content: 'licence', method: 0 },
];

export const jarFuzz: FuzzedFormat = {
  name: 'jar',
  seeds: () =>
    Promise.resolve(
      [
        zip([manifest(main), ...files]),
        zip([...files, manifest(`${main}${sections}`)], { comment: 'a comment' }),
        zip(files),
        zip([manifest(`${main}${sections}\n`), ...files], { zip64: true }),
      ].map((bytes) => Uint8Array.from(bytes)),
    ),
  async read(bytes) {
    const source = memorySource(bytes);
    const jar = await readJar(source);
    const { digest } = await jarSigning.subject(source, { method: 'jar' });
    const read: (readonly [string, string])[] = [];
    for (const entry of jar.covered) {
      const content = await collect(openZipEntry(source, entry, jarBudget().limits));
      read.push([entry.path, createHash('sha256').update(content).digest('hex')]);
    }
    // Order is the archive's, of which Java takes no notice; the digest does.
    const said = await manifestOf(source, jar);
    const attributes = said?.main.attributes.map(({ name, value }) => [name, value]) ?? [];
    return { digest, meaning: JSON.stringify([read, attributes]) };
  },
};
