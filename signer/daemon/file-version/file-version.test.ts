import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { InspectedArtifact } from '../checks/index.ts';
import { inspectedAs } from '../checks/proofs.fixture.ts';
import { asDetached, asInspected, asRebuilt, asSigned, lineageProblem, type FileVersion } from './index.ts';
import { versionAs } from './versions.fixture.ts';

const digest = (letter: string) => parseSha256Hex(letter.repeat(64));
const seen = (letter: string, ...path: readonly string[]) => ({
  path,
  file: letter,
  sha256: digest(letter),
  sizeBytes: 1,
});

/** A tar that holds two zips with a program in each, and another program beside. */
const artifact = (): InspectedArtifact =>
  inspectedAs({
    containers: [
      { ...seen('a'), type: 'tar' },
      { ...seen('b', 'in.zip'), type: 'zip' },
      { ...seen('7', 'other.zip'), type: 'zip' },
    ],
    leaves: [
      seen('c', 'in.zip', 'one.exe'),
      seen('8', 'other.zip', 'one.exe'),
      seen('d', 'two.exe'),
      seen('e', 'notes.txt'),
    ],
    signTargets: [
      { ...seen('c', 'in.zip', 'one.exe'), type: 'pe' },
      { ...seen('8', 'other.zip', 'one.exe'), type: 'pe' },
      { ...seen('d', 'two.exe'), type: 'pe' },
    ],
  });

const inspected = artifact();
const at = (...path: readonly string[]): FileVersion => {
  const version = asInspected(inspected, path);
  if (version === null) throw new Error('nothing was inspected there');
  return version;
};
const written = (letter: string) => ({ file: letter, sha256: digest(letter), sizeBytes: 2 });

describe('the versions of a file during signing', () => {
  it('lead from the inspection through what was signed inside to the container around it', () => {
    const program = asSigned(at('in.zip', 'one.exe'), written('1'));
    const zip = asRebuilt(at('in.zip'), [program], written('2'));
    const tar = asRebuilt(at(), [zip, asSigned(at('two.exe'), written('3'))], written('4'));
    for (const version of [at(), at('two.exe'), program, zip, tar, asSigned(tar, written('5'))])
      expect(lineageProblem(version, inspected)).toBeNull();
  });

  it('lead from the finished file to the signature beside it, whatever was signed in it before', () => {
    const program = asSigned(at('in.zip', 'one.exe'), written('1'));
    const zip = asRebuilt(
      at('in.zip'),
      [program, asDetached(program, 'one.exe.asc', written('2'))],
      written('3'),
    );
    const ofZip = asDetached(zip, 'in.zip.asc', written('4'));
    for (const version of [zip, ofZip, asRebuilt(at(), [zip, ofZip], written('5'))])
      expect(lineageProblem(version, inspected)).toBeNull();
  });

  it('never have a signature beside another version of the file than the released one', () => {
    const first = asSigned(at('in.zip', 'one.exe'), written('1'));
    const last = asSigned(first, written('2'));
    const other = 'a list or a signature of other versions';
    for (const of of [at('in.zip', 'one.exe'), first]) {
      const beside = asDetached(of, 'one.exe.asc', written('3'));
      const zip = asRebuilt(at('in.zip'), [last, beside], written('4'));
      expect(lineageProblem(zip, inspected)).toContain(other);
    }
    // The file of which it is isn't released at all.
    const alone = asRebuilt(at('in.zip'), [asDetached(last, 'one.exe.asc', written('3'))], written('4'));
    expect(lineageProblem(alone, inspected)).toContain(other);
    const ofSignature = asDetached(asDetached(last, 'one.exe.asc', written('3')), 'x.asc', written('4'));
    expect(lineageProblem(ofSignature, inspected)).toContain('beside a signature');
  });

  it('lead from an inspected file to the signature beside it, and to the container that gets both', () => {
    const signature = asDetached(at('in.zip', 'one.exe'), 'one.exe.p7s', written('1'));
    expect(signature.path).toEqual(['in.zip', 'one.exe.p7s']);
    const zip = asRebuilt(at('in.zip'), [signature], written('2'));
    for (const version of [signature, zip, asRebuilt(at(), [zip], written('3'))])
      expect(lineageProblem(version, inspected)).toBeNull();
  });

  it('start at targets and declared containers only', () => {
    expect(asInspected(inspected, ['notes.txt'])).toBeNull();
    expect(asInspected(inspected, ['in.zip', 'two.exe'])).toBeNull();
  });

  it.each([
    [
      'belongs to another inspection',
      () => asSigned(versionAs(at('two.exe'), { inspected: artifact() }), written('1')),
    ],
    ['that the inspection saw with other bytes', () => versionAs(at('two.exe'), { sha256: digest('9') })],
    ['that claims to be signed, and comes from nowhere', () => versionAs(at('two.exe'), { cause: 'signed' })],
    [
      'put in another one’s place',
      () => versionAs(asSigned(at('two.exe'), written('1')), { path: ['in.zip'] }),
    ],
    ['rebuilt without a replacement', () => asRebuilt(at('in.zip'), [], written('1'))],
    [
      'rebuilt around what nobody changed',
      () => asRebuilt(at('in.zip'), [at('in.zip', 'one.exe')], written('1')),
    ],
    [
      'rebuilt around a file that lies elsewhere',
      () => asRebuilt(at('in.zip'), [asSigned(at('two.exe'), written('1'))], written('2')),
    ],
    [
      'rebuilt around a file of another container',
      () => asRebuilt(at('in.zip'), [asSigned(at('other.zip', 'one.exe'), written('1'))], written('2')),
    ],
    [
      'of a signature that lies elsewhere than its file',
      () => versionAs(asDetached(at('two.exe'), 'x', written('1')), { path: ['in.zip', 'x'] }),
    ],
    ['of a signature in its file’s place', () => asDetached(at('two.exe'), 'two.exe', written('1'))],
    ['of a signature beside the whole artifact', () => asDetached(at(), 'x', written('1'))],
    ['that replaces a signature', () => asSigned(asDetached(at('two.exe'), 'x', written('1')), written('2'))],
    [
      'rebuilt around a file of another inspection',
      () => {
        const foreign = asInspected(artifact(), ['in.zip', 'one.exe']);
        if (foreign === null) throw new Error('nothing was inspected there');
        return asRebuilt(at('in.zip'), [asSigned(foreign, written('1'))], written('2'));
      },
    ],
  ])('are refused for a file %s', (_, version) => {
    expect(lineageProblem(version(), inspected)).not.toBeNull();
  });
});
