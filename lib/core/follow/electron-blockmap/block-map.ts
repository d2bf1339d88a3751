/** The map of a file’s blocks: {"version":"2","files":[{"name":"file","offset":0,"checksums":[…],"sizes":[…]}]}. */
import { blake2b } from './blake2b.ts';
import { blockLength, blockMax } from './chunks.ts';

const checksumBytes = 18;

/** Content of a file → its map, as electron-builder writes it before it compresses it. */
export async function computeBlockMap(content: AsyncIterable<Uint8Array>): Promise<string> {
  const checksums: string[] = [];
  const sizes: number[] = [];
  let rest = new Uint8Array(0);
  const cut = (isEnd: boolean): void => {
    let at = 0;
    while (isEnd ? at < rest.length : rest.length - at >= blockMax) {
      const length = blockLength(rest.subarray(at, at + blockMax));
      const block = rest.subarray(at, at + length);
      checksums.push(checksumOf(block));
      sizes.push(length);
      at += length;
    }
    rest = rest.subarray(at);
  };
  for await (const chunk of content) {
    const joined = new Uint8Array(rest.length + chunk.length);
    joined.set(rest);
    joined.set(chunk, rest.length);
    rest = joined;
    cut(false);
  }
  cut(true);
  return JSON.stringify({ version: '2', files: [{ name: 'file', offset: 0, checksums, sizes }] });
}

export const checksumOf = (block: Uint8Array): string =>
  Buffer.from(blake2b(block, checksumBytes)).toString('base64');
