/** `countersign download`: the whole file or none. */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from './error.ts';
import { networkFailure } from './http.ts';
import { whenInterrupted } from './interrupt.ts';
import { download, type Portal } from './portal.ts';

/** Writes a release beside `file` and puts it in its place once it is complete; devices and pipes are written to directly. */
export async function saveArtifact(
  portal: Portal,
  { id, file, despite }: { readonly id: string; readonly file: string; readonly despite: boolean },
): Promise<void> {
  const there = await stat(file).catch(() => null);
  if (there?.isDirectory() === true)
    throw new CliError('USAGE', `--output ${file} is a folder; name a file in it`);
  const source = await download(portal, id, { despite });
  const isDevice = there !== null && !there.isFile();
  const beside = isDevice
    ? file
    : path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  const forget = whenInterrupted(() => {
    if (!isDevice) rmSync(beside, { force: true });
  });
  let received = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(source, count, createWriteStream(beside));
    if (!isDevice) await rename(beside, file);
  } catch (error) {
    if (!isDevice) await rm(beside, { force: true });
    throw failure(error, { portal, file, received });
  } finally {
    forget();
  }
}

function failure(
  error: unknown,
  { portal, file, received }: { readonly portal: Portal; readonly file: string; readonly received: number },
): CliError {
  // A path tells what can't be written from what can't be read.
  if (error instanceof Error && 'syscall' in error && ('path' in error || error.syscall === 'write')) {
    return new CliError('REFUSED', `${file} can’t be written: ${error.message}`, error);
  }
  const { message } = networkFailure(new URL(portal.url), error);
  return new CliError('UNREACHABLE', `${message} ${received} bytes had come; nothing was written.`, error);
}
