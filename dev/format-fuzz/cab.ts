/** Cabinets: stored, MSZIP and LZX, with and without checksums, unsigned and signed. */
import { createHash } from 'node:crypto';
import { UnpackBudget, defaultUnpackLimits } from '#core/formats/archive/index.ts';
import { signRounds } from '#core/formats/authenticode/sign-rounds.fixture.ts';
import { cab, lzxType, mszip, type CabFolderParts } from '#core/formats/cab/cab.fixture.ts';
import { cabSigning, openCab } from '#core/formats/cab/index.ts';
import { packLzx, sampleBytes, seeded } from '#core/formats/cab/lzx.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

const sign = { method: 'authenticode', existingSignature: 'append' } as const;
const content = sampleBytes(seeded(1), 1500);
const lzxFolder = (windowBits: number): CabFolderParts => ({
  type: lzxType(windowBits),
  files: [{ name: 'lzx\\packed', content }],
  blocks: packLzx(content, { windowBits, random: seeded(windowBits), translated: 5000 }),
});

export const cabFuzz: FuzzedFormat = {
  name: 'cab',
  async seeds() {
    const mszipFolder = {
      type: mszip,
      files: [
        { name: 'a', content: content.subarray(0, 700) },
        { name: 'b', content: 'b' },
      ],
    };
    const folders = [
      mszipFolder,
      {
        files: [
          { name: 'stored', content: 'stored' },
          { name: 'empty', content: '' },
        ],
      },
    ];
    const signer = createTestSigner('Fuzz');
    const unchecked = { unchecked: true };
    return [
      cab(folders),
      cab(folders, unchecked),
      cab([lzxFolder(15)], unchecked),
      cab([...folders, lzxFolder(21)], { ...unchecked, reserve: { header: Buffer.alloc(40) } }),
      cab([mszipFolder], { reserve: { header: Buffer.alloc(20) } }),
      await signRounds({ signing: cabSigning, signer, file: cab(folders, unchecked), sign }),
    ];
  },
  async read(bytes) {
    const source = memorySource(bytes);
    const files: string[] = [];
    for await (const { path, issues, content: chunks } of openCab(
      source,
      new UnpackBudget(defaultUnpackLimits),
    )) {
      const hash = createHash('sha256');
      for await (const chunk of chunks) hash.update(chunk);
      files.push(`${path} ${issues.map(({ code }) => code).join()} ${hash.digest('hex')}`);
    }
    const { digest } = await cabSigning.subject(source, sign);
    return { digest, meaning: files.join('\n') };
  },
};
