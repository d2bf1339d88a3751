import { FormatError } from '../format.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';

/** The file that was written beside another one, after proving that it is what was to be written. Throws FormatError. */
export async function readWhole(
  source: RandomAccessSource,
  bytesMax: number,
  expected: Uint8Array,
): Promise<Uint8Array> {
  if (source.size > bytesMax) throw differs(`the signature is over ${bytesMax} bytes`);
  const found = await readExactly(source, 0, source.size);
  if (Buffer.compare(found, expected) !== 0)
    throw differs('the file with the signature holds something else');
  return found;
}

export function differs(message: string): FormatError {
  return new FormatError('DIFFERS', message, 'Submit the artifact again.');
}
