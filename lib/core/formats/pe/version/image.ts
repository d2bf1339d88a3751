/** Where a program's resources are. */
import { openPeImage, peDirectories, peDirectory, readPeAddress, type PeImage } from '../image.ts';
import type { PeLayout } from '../layout.ts';
import type { RandomAccessSource } from '../../random-access.ts';
import { PeVersionError } from './error.ts';

export interface Image extends PeImage {
  /** Address of the resource directory; 0 if the program has none. */
  readonly resources: number;
}

/** Program with a layout that parsePe accepted → its sections and where its resources are. */
export async function openImage(source: RandomAccessSource, layout: PeLayout): Promise<Image> {
  const image = await openPeImage(source, layout);
  return { ...image, resources: await peDirectory(image, peDirectories.resources) };
}

/** `length` bytes at an address of the loaded program; rejects (OUT_OF_BOUNDS, MALFORMED) what can't be determined. */
export async function readAt(image: Image, address: number, length: number): Promise<DataView> {
  const read = await readPeAddress(image, address, length);
  if (read instanceof DataView) return read;
  throw new PeVersionError(read.code, read.offset, `the resources: ${read.message}`);
}
