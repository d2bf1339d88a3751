/** What a service writes into its log, as it is written. */
import { open, stat } from 'node:fs/promises';

const everyMilliseconds = 300;
const pieceBytesMax = 64 * 1024;

/** Tells `say` what is added to a file once `started` → and `end` ends that. A file that was begun anew is told from its beginning. */
export function followLog(
  file: string,
  say: (text: string) => void,
): { readonly started: Promise<void>; readonly end: () => void } {
  let told = 0;
  let isReading = true;
  const started = sizeOf(file).then((size) => {
    told = size;
    isReading = false;
  });
  const look = async (): Promise<void> => {
    const size = await sizeOf(file);
    if (size < told) told = 0;
    if (size === told) return;
    const handle = await open(file);
    try {
      const length = Math.min(size - told, pieceBytesMax);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, told);
      told += bytesRead;
      say(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await handle.close();
    }
  };
  const timer = setInterval(() => {
    if (isReading) return;
    isReading = true;
    // Gone since it was looked at: the next look finds what comes then.
    void look()
      .catch(() => undefined)
      .finally(() => {
        isReading = false;
      });
  }, everyMilliseconds);
  return { started, end: () => clearInterval(timer) };
}

/** 0 where there is none. */
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
