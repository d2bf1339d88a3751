/** Windows programs and programs for firmware: unsigned, signed, with signatures nested and side by side. What is read is added to, and read back. */
import { createHash } from 'node:crypto';
import { signRounds } from '#core/formats/authenticode/sign-rounds.fixture.ts';
import {
  embedPeSignatures,
  extractPeSignatures,
  openPeImage,
  parsePe,
  readPeAddress,
} from '#core/formats/pe/index.ts';
import { buildProgram, collect } from '#core/formats/pe/program.fixture.ts';
import { peSigning } from '#core/formats/pe/sign.ts';
import { memorySource, type RandomAccessSource } from '#core/formats/random-access.ts';
import { findSignatures } from '#core/pki/cms/index.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import type { FuzzedFormat } from './fuzzed-format.ts';

const signer = createTestSigner('Fuzz');
const append = { method: 'authenticode', existingSignature: 'append' } as const;
const signed = (file: Uint8Array) => signRounds({ signing: peSigning, signer, file, sign: append });

const plain = buildProgram({ overlay: Uint8Array.of(1, 2, 3) });
const firmware = buildProgram({ format: 'pe32', subsystem: 10 });

async function signaturesOf(file: Uint8Array): Promise<readonly Uint8Array[]> {
  const source = memorySource(file);
  return extractPeSignatures(source, await parsePe(source));
}
const added = (await signaturesOf(await signed(plain)))[0] ?? new Uint8Array();

export const peFuzz: FuzzedFormat = {
  name: 'pe',
  async seeds() {
    const once = await signed(plain);
    const efi = await signed(firmware);
    return [plain, firmware, once, await signed(once), efi, await signed(efi)];
  },
  async read(bytes) {
    const source = memorySource(bytes);
    const { digest } = await peSigning.subject(source, append);
    const output = memorySource(await collect(peSigning.embed(source, added, append)));
    const { subject } = await peSigning.readBack(source, output, added, append);
    if (subject.digest !== digest) throw new Error('the signed program has another digest');
    await withoutAdded(source, output);
    return { digest, meaning: await loadedFrom(source) };
  },
};

/** What was there before is found in the signed program as it is found in the one before. */
async function withoutAdded(before: RandomAccessSource, after: RandomAccessSource): Promise<void> {
  const read = async (source: RandomAccessSource) =>
    findSignatures(await extractPeSignatures(source, await parsePe(source))).signatures.map(
      ({ signedData }) => Buffer.from(signedData.signerInfo.signature).toString('base64'),
    );
  const [were, are] = [await read(before), await read(after)];
  if (were.some((one) => !are.includes(one)) || are.length !== were.length + 1)
    throw new Error('a signature that was there is gone');
  const layout = await parsePe(before);
  if (layout.certificateTable === null) return;
  const again = memorySource(
    await collect(embedPeSignatures(after, await parsePe(after), await extractPeSignatures(before, layout))),
  );
  if ((await peSigning.subject(again, append)).digest !== (await peSigning.subject(before, append)).digest)
    throw new Error('the program with its signatures from before is another one');
}

/** What is loaded: the headers without what signing changes, and each section's bytes. */
async function loadedFrom(source: RandomAccessSource): Promise<string> {
  const layout = await parsePe(source);
  const hash = createHash('sha256');
  const image = await openPeImage(source, layout);
  for (const { name, address, rawOffset, sizeBytes } of image.sections) {
    const bytes = await readPeAddress(image, address, sizeBytes);
    hash.update(JSON.stringify([name, address, rawOffset, sizeBytes]));
    hash.update(bytes instanceof DataView ? bytes : bytes.message);
  }
  const { format, machine, characteristics, subsystem, dllCharacteristics, directoryCount } = layout;
  const header = { format, machine, characteristics, subsystem, dllCharacteristics, directoryCount };
  return `${JSON.stringify(header)} ${hash.digest('hex')}`;
}
