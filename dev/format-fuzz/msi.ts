/** Windows Installer files: versions 3 and 4, streams of every size, storages, unsigned and signed. */
import { createHash } from 'node:crypto';
import { signRounds } from '#core/formats/authenticode/sign-rounds.fixture.ts';
import type { Described } from '#core/formats/cfb/cfb.fixture.ts';
import { readCompoundFile, type StorageEntry, type StreamEntry } from '#core/formats/cfb/index.ts';
import { installer } from '#core/formats/msi/msi.fixture.ts';
import { msiSigning } from '#core/formats/msi/sign.ts';
import { isSignatureStream, readPackage } from '#core/formats/msi/package.ts';
import { readTexts } from '#core/formats/msi/texts.ts';
import { readChunks, memorySource } from '#core/formats/random-access.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

const sign = { method: 'authenticode', existingSignature: 'replace' } as const;
const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff);
const streams: readonly Described[] = [
  { name: 'empty', content: bytes(0) },
  { name: 'mini', content: bytes(200) },
  { name: 'large', content: bytes(4500) },
  {
    name: 'storage',
    clsid: '0123456789abcdef0123456789abcdef',
    stateBits: 5,
    created: 77n,
    children: [
      { name: 'inner', content: bytes(70) },
      { name: 'nothing', children: [] },
    ],
  },
];

export const msiFuzz: FuzzedFormat = {
  name: 'msi',
  async seeds() {
    const signer = createTestSigner('Fuzz');
    const plain = await installer();
    const full = await installer({ streams });
    return [
      plain,
      full,
      await installer({ streams, wide: true, codePage: 65001 }, { version: 4 }),
      await signRounds({ signing: msiSigning, signer, file: plain, sign }),
      await signRounds({ signing: msiSigning, signer, file: full, sign }),
    ];
  },
  async read(file) {
    const source = memorySource(file);
    const { digest } = await msiSigning.subject(source, sign);
    const found = await readCompoundFile(source);
    const said = async (entry: StorageEntry | StreamEntry): Promise<string> => {
      // Name and times of the root are no part of what is signed, and nobody reads them.
      const own =
        entry.type === 'root'
          ? entry.record.toString('hex', 80, 100)
          : `${JSON.stringify(entry.name)} ${entry.record.toString('hex', 80, 116)}`;
      if (entry.type !== 'stream') {
        const counted = entry.children.filter((child) => entry.type !== 'root' || !isSignatureStream(child));
        return `${own} {${(await Promise.all(counted.map(said))).sort().join('\n')}}`;
      }
      const hash = createHash('sha256');
      for await (const chunk of readChunks(found.open(entry), 0, entry.sizeBytes)) hash.update(chunk);
      return `${own} ${hash.digest('hex')}`;
    };
    const texts = await readTexts(await readPackage(source)).catch(() => null);
    return {
      digest,
      meaning: `${await said(found.root)} ${JSON.stringify(texts === null ? null : [...texts].sort())}`,
    };
  },
};
