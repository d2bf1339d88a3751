/** The bytes of a file that a person named: a plain file, of bounded size, that isn't world-writable. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { isError } from '#core/error/index.ts';
import { ConfigurationError, type ConfigurationProblem } from './problem.ts';

/**
 * Opening a pipe doesn't wait for a writer, and opening a terminal doesn't make it the controlling one. Links are
 * followed, since mounts consist of them.
 */
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const othersMayWrite = 0o002;

/** Rejects with a ConfigurationError where it isn't a plain file, is larger than `sizeBytesMax`, or is world-writable. */
export function readConfigurationFile(file: string, sizeBytesMax: number): Uint8Array {
  const refuse = (message: string, fix: string, cause?: unknown): ConfigurationError => {
    const problem: ConfigurationProblem = { line: null, column: null, message, fix };
    return new ConfigurationError(file, [problem], cause);
  };
  let descriptor: number;
  try {
    descriptor = openSync(file, openFlags);
  } catch (cause) {
    throw refuse(...explainOpening(cause), cause);
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) throw refuse(`It is ${kindOf(found)}.`, 'Name a plain file.');
    if (process.platform !== 'win32' && (found.mode & othersMayWrite) !== 0) {
      const mode = (found.mode & 0o777).toString(8);
      throw refuse(
        `Everybody on this machine may change it (mode ${mode}).`,
        `Check whether it was changed, then: chmod o-w ${file}`,
      );
    }
    const bytes = readAtMost(descriptor, sizeBytesMax + 1);
    if (bytes.byteLength <= sizeBytesMax) return bytes;
    throw refuse(`It is larger than ${sizeBytesMax} bytes.`, 'Shorten it, or name the right file.');
  } catch (cause) {
    if (isError(cause, ConfigurationError)) throw cause;
    throw refuse(...explainOpening(cause), cause);
  } finally {
    closeSync(descriptor);
  }
}

/** Doesn't rely on the reported size: some files report 0, and some grow. */
function readAtMost(descriptor: number, bytesMax: number): Uint8Array {
  const buffer = Buffer.alloc(bytesMax);
  let filled = 0;
  while (filled < bytesMax) {
    const count = readSync(descriptor, buffer, filled, bytesMax - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

function explainOpening(cause: unknown): [message: string, fix: string] {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return ['There is no such file.', 'Create it, or name the right one.'];
    case 'EACCES':
    case 'EPERM':
      return [
        'This program may not read it.',
        'Give its user the right to read the file and enter its folders.',
      ];
    case 'ENXIO':
      return ['It is a socket, or a pipe without a reader.', 'Name a plain file.'];
    default:
      return [`It can’t be read: ${message}.`, 'Check the path and the disk.'];
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}
