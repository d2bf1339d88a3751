/** Addresses of x86 calls, which LZX makes absolute before it compresses ([MS-PATCH] section 2.3). */
const call = 0xe8;
/** Of each chunk the last bytes stay as they are. */
const untouchedBytes = 10;
const chunkBytes = 32_768;
/** Only so many chunks are translated. */
const chunksMax = 32_768;

/** In place. `start`: where the chunk is in the stream; `size`: as the stream's header tells it; 0: nothing was translated. */
export function restoreCalls(chunk: Uint8Array, start: number, size: number): void {
  if (size === 0 || chunk.length <= untouchedBytes || start / chunkBytes >= chunksMax) return;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const end = chunk.length - untouchedBytes;
  const signedSize = size | 0;
  for (let at = chunk.indexOf(call); at !== -1 && at < end; at = chunk.indexOf(call, at)) {
    const absolute = view.getInt32(at + 1, true);
    const place = start + at;
    if (absolute >= -place && absolute < signedSize)
      view.setInt32(at + 1, absolute >= 0 ? absolute - place : absolute + signedSize, true);
    at += 5;
  }
}
