/** Lists that follow: which versions of them may be in a container that gets signed. */
import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { InspectedArtifact } from '../checks/index.ts';
import { inspectedAs } from '../checks/proofs.fixture.ts';
import {
  asDetached,
  asFollowed,
  asInspected,
  asRebuilt,
  asSigned,
  lineageProblem,
  type FileVersion,
} from './index.ts';
import { versionAs } from './versions.fixture.ts';

const digest = (letter: string) => parseSha256Hex(letter.repeat(64));
const seen = (letter: string, ...path: readonly string[]) => ({
  path,
  file: letter,
  sha256: digest(letter),
  sizeBytes: 1,
});
const fields = (...of: readonly string[]) => [{ start: 0, end: 64, line: 1, label: 'SHA-256', of }];

/** A tar with a program, a list of it, a list of both, and a zip with the same in it. */
const artifact = (): InspectedArtifact =>
  inspectedAs({
    containers: [
      { ...seen('a'), type: 'tar' },
      { ...seen('b', 'in.zip'), type: 'zip' },
    ],
    leaves: [seen('c', 'app.exe'), seen('d', 'in.zip', 'app.exe'), seen('e', 'SUMS'), seen('f', 'ALL')],
    signTargets: [
      { ...seen('c', 'app.exe'), type: 'pe' },
      { ...seen('d', 'in.zip', 'app.exe'), type: 'pe' },
      { ...seen('e', 'SUMS'), type: 'file' },
    ],
    follows: [
      { ...seen('e', 'SUMS'), format: 'checksums', fields: fields('app.exe') },
      { ...seen('f', 'ALL'), format: 'checksums', fields: fields('SUMS') },
      { ...seen('9', 'in.zip', 'SUMS'), format: 'checksums', fields: fields('app.exe') },
    ],
  });

const inspected = artifact();
const at = (...path: readonly string[]): FileVersion => {
  const version = asInspected(inspected, path);
  if (version === null) throw new Error('nothing was inspected there');
  return version;
};
const written = (letter: string) => ({ file: letter, sha256: digest(letter), sizeBytes: 2 });

const program = asSigned(at('app.exe'), written('1'));
const sums = asFollowed(at('SUMS'), [program], written('2'));
const all = asFollowed(at('ALL'), [sums], written('3'));
const inner = asSigned(at('in.zip', 'app.exe'), written('4'));
const innerSums = asFollowed(at('in.zip', 'SUMS'), [inner], written('5'));
const zip = asRebuilt(at('in.zip'), [inner, innerSums], written('6'));

describe('a list that was written anew', () => {
  it('leads from the inspection to the container around it and what it lists', () => {
    const signature = asDetached(sums, 'SUMS.p7s', written('7'));
    const tar = asRebuilt(at(), [program, sums, signature, all, zip], written('8'));
    for (const version of [sums, all, innerSums, zip, signature, tar, asSigned(tar, written('0'))])
      expect(lineageProblem(version, inspected)).toBeNull();
  });

  it.each([
    ['for nothing', () => asFollowed(at('SUMS'), [], written('8'))],
    ['for a file that nobody changed', () => asFollowed(at('SUMS'), [at('app.exe')], written('8'))],
    ['for a file of another container', () => asFollowed(at('SUMS'), [inner], written('8'))],
    ['for another file than it lists', () => asFollowed(at('SUMS'), [all], written('8'))],
    ['for more files than it lists', () => asFollowed(at('SUMS'), [program, all], written('8'))],
    ['twice', () => asFollowed(sums, [program], written('8'))],
    ['where the inspection named no list', () => asFollowed(at('app.exe'), [sums], written('8'))],
    [
      'for a file that comes from nowhere',
      () =>
        asFollowed(
          at('SUMS'),
          [versionAs(program, { before: versionAs(at('app.exe'), { sha256: digest('0') }) })],
          written('8'),
        ),
    ],
  ])('%s is refused', (_, make) => {
    expect(lineageProblem(make(), inspected)).not.toBeNull();
  });

  it.each([
    ['as it was, beside the signed program', () => [program, zip]],
    ['for another version of the program', () => [asSigned(at('app.exe'), written('0')), sums, all, zip]],
    [
      'for another version of a list',
      () => [program, asFollowed(at('SUMS'), [program], written('0')), all, zip],
    ],
    [
      'otherwise than its signature is about',
      () => {
        const other = asFollowed(at('SUMS'), [program], written('2'));
        return [program, sums, all, zip, asDetached(other, 'SUMS.p7s', written('7'))];
      },
    ],
  ])('is refused in a container %s', (_, replaced) => {
    expect(lineageProblem(asRebuilt(at(), replaced(), written('8')), inspected)).not.toBeNull();
  });
});
