/** What comes back from a signed program is held to what was signed, by whoever trusts none of the steps before. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { nestSignature } from '../../pki/cms/index.ts';
import { createTestSigner, type TestSigner } from '../../pki/cms/signer.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { memorySource } from '../random-access.ts';
import { embedPeSignatures, extractPeSignatures, parsePe } from './index.ts';
import { buildProgram, collect } from './program.fixture.ts';
import { peSigning } from './sign.ts';

const program = buildProgram({ overlay: Uint8Array.of(1, 2, 3) });
const firmware = buildProgram({ subsystem: 10 });
const once: AuthenticodeSign = { method: 'authenticode' };
const append: AuthenticodeSign = { ...once, existingSignature: 'append' };

let ours: TestSigner;
let upstream: TestSigner;
beforeAll(() => {
  ours = createTestSigner('Ours');
  upstream = createTestSigner('Upstream');
});

const signed = (file: Uint8Array, signer: TestSigner, sign = once) =>
  signRounds({ signing: peSigning, signer, file, sign });

async function signaturesOf(file: Uint8Array): Promise<readonly Uint8Array[]> {
  const source = memorySource(file);
  return extractPeSignatures(source, await parsePe(source));
}

async function withSignatures(file: Uint8Array, signatures: readonly Uint8Array[]): Promise<Uint8Array> {
  const source = memorySource(file);
  return collect(embedPeSignatures(source, await parsePe(source), signatures));
}

const readBack = (before: Uint8Array, after: Uint8Array, signature: Uint8Array, sign: AuthenticodeSign) =>
  peSigning.readBack(memorySource(before), memorySource(after), signature, sign);

const none = new Uint8Array();
const first = ([one = none]: readonly Uint8Array[]): Uint8Array => one;

describe('reading back', () => {
  test('a signed program is refused where nothing else was said', async () => {
    const theirs = await signed(program, upstream);
    const refused = { code: 'ALREADY_SIGNED' };
    await expect(peSigning.subject(memorySource(theirs), once)).rejects.toMatchObject(refused);
    await expect(collect(peSigning.embed(memorySource(theirs), none, once))).rejects.toMatchObject(refused);
    expect((await peSigning.subject(memorySource(theirs), append)).digest).toBe(
      (await peSigning.subject(memorySource(program), once)).digest,
    );
  });

  test('what was embedded has to be in its place', async () => {
    const [theirs, mine] = [await signed(program, upstream), await signed(program, ours)];
    const [other, signature] = [first(await signaturesOf(theirs)), first(await signaturesOf(mine))];
    await expect(readBack(program, theirs, signature, once)).rejects.toMatchObject({ code: 'DIFFERS' });
    const nested = await withSignatures(theirs, [nestSignature(other, other)]);
    await expect(readBack(theirs, nested, signature, append)).rejects.toMatchObject({ code: 'DIFFERS' });
    const beside = await withSignatures(theirs, [other, signature]);
    await expect(readBack(theirs, beside, signature, append)).rejects.toMatchObject({ code: 'DIFFERS' });
  });

  test('a checksum that isn’t the file’s own is found out, although no digest covers it', async () => {
    const file = await signed(program, ours);
    const signature = first(await signaturesOf(file));
    const { checksumOffset } = await parsePe(memorySource(file));
    const changed = Uint8Array.from(file);
    changed[checksumOffset] = (changed[checksumOffset] ?? 0) ^ 1;
    await expect(readBack(program, changed, signature, once)).rejects.toMatchObject({
      code: 'DIFFERS',
      message: expect.stringContaining('another checksum') as string,
    });
  });

  test('what was there before has to be there still, byte for byte', async () => {
    const [theirs, mine] = [await signed(program, upstream), await signed(program, ours)];
    const [other, signature] = [first(await signaturesOf(theirs)), first(await signaturesOf(mine))];
    const good = nestSignature(other, signature);
    expect(
      (await readBack(theirs, await withSignatures(theirs, [good]), signature, append)).signature,
    ).toEqual(signature);
    const changed = Uint8Array.from(good);
    const at = Buffer.from(good).indexOf(other.subarray(-40));
    changed[at] = (changed[at] ?? 0) ^ 1;
    for (const signatures of [[changed], [good, other], [nestSignature(signature, signature)]]) {
      const bad = await withSignatures(theirs, signatures);
      await expect(readBack(theirs, bad, signature, append)).rejects.toMatchObject({ code: 'DIFFERS' });
    }
    const efi = await signed(firmware, upstream);
    const added = first(await signaturesOf(await signed(firmware, ours)));
    for (const signatures of [[added], [added, added], [first(await signaturesOf(efi)), added, added]]) {
      const bad = await withSignatures(efi, signatures);
      await expect(readBack(efi, bad, added, append)).rejects.toMatchObject({ code: 'DIFFERS' });
    }
  });

  test('a signature by another hash, or by another key, is found out', async () => {
    const strong: AuthenticodeSign = { ...once, hashAlgorithm: 'sha384' };
    const file = await signed(program, ours, strong);
    const signature = first(await signaturesOf(file));
    const read = await readBack(program, file, signature, strong);
    expect(peSigning.verify(read, ours.certificate, strong).problems).toEqual([]);
    expect(peSigning.verify(read, ours.certificate, once).problems).toEqual([
      'the signature was made with another hash than sha256',
    ]);
    expect(peSigning.verify(read, upstream.certificate, strong).problems).toEqual([
      'the signature names another certificate',
    ]);
  });

  test('a signature about another program is found out', async () => {
    const file = await signed(program, ours);
    const signature = first(await signaturesOf(file));
    const subject = await peSigning.subject(memorySource(firmware), once);
    expect(peSigning.verify({ signature, subject }, ours.certificate, once).problems).toEqual([
      'the signature is about another program',
    ]);
  });
});
