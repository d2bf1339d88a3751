/**
 * What tells files of Windows Installer from other compound files: the class identifier of the root storage. And where their
 * signature is: in two streams of the root.
 */
import {
  foldedName,
  readCompoundFile,
  type CompoundFile,
  type StorageEntry,
  type StreamEntry,
} from '../cfb/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { MsiError } from './errors.ts';

/** GUIDs as they are stored: the first three fields little-endian. 000C1084-0000-0000-C000-000000000046: database; …1086…: patch. */
const classes: Readonly<Record<string, MsiClass>> = {
  '84100c0000000000c000000000000046': 'database',
  '86100c0000000000c000000000000046': 'patch',
};
export type MsiClass = 'database' | 'patch';

export const signatureStream = '\x05DigitalSignature';
/** The digest of all names, sizes, times and classes. */
export const extendedSignatureStream = '\x05MsiDigitalSignatureEx';
const folded = [signatureStream, extendedSignatureStream].map(foldedName);

export interface MsiPackage {
  readonly file: CompoundFile;
  readonly class: MsiClass;
  /** Streams of a signature, in whatever state. */
  readonly signatures: readonly (StorageEntry | StreamEntry)[];
}

export const isSignatureStream = ({ name }: { readonly name: string }): boolean =>
  folded.includes(foldedName(name));

const classOf = ({ root }: CompoundFile): MsiClass | null =>
  classes[root.record.toString('hex', 80, 96)] ?? null;

/** Throws CfbError for what can't be read as a compound file, MsiError for one of something else. */
export async function readPackage(source: RandomAccessSource): Promise<MsiPackage> {
  const file = await readCompoundFile(source);
  const found = classOf(file);
  if (found === null) {
    const message =
      'it is a compound file, but its class is neither that of an installer or merge module (000C1084-…) nor that of a patch (000C1086-…)';
    const fix = 'Declare it as a file, or submit the msi, msm or msp that the build tool wrote.';
    throw new MsiError('NOT_MSI', message, fix);
  }
  return { file, class: found, signatures: file.root.children.filter(isSignatureStream) };
}
