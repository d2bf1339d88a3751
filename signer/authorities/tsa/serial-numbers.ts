import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../ground/durable-file/index.ts';
import { TsaError } from './error.ts';

/** Numbers reserved at a time: a crash skips at most this many, and one write covers this many tokens. */
const block = 64n;

declare class Fresh {
  readonly #proof: true;
}
/** Proof that no earlier token has this number. */
export type FreshSerial = bigint & Fresh;

export interface SerialNumbers {
  /** A number greater than every one before, in this process and all earlier ones. */
  next(): Promise<FreshSerial>;
}

/**
 * Serial numbers that are never used twice (RFC 3161 §2.4.2): the file holds the first one that is not yet
 * reserved, and is on disk before any of a block is used. Where there is no file, numbers begin at the
 * milliseconds of `now` times 2^20, beyond what a lost file can have reached.
 */
export async function openSerialNumbers(file: string, now: Date): Promise<SerialNumbers> {
  let next = (await readReserved(file)) ?? BigInt(now.getTime()) << 20n;
  let reserved = next;
  let working: Promise<unknown> = Promise.resolve();

  async function take(): Promise<FreshSerial> {
    if (next === reserved) {
      await replaceFile(file, `${reserved + block}\n`);
      reserved += block;
    }
    const serial = next;
    next += 1n;
    return serial as FreshSerial;
  }

  return {
    next() {
      const taken = working.then(take);
      working = taken.catch(() => undefined);
      return taken;
    },
  };
}

async function readReserved(file: string): Promise<bigint | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  if (!/^[0-9]{1,40}\n$/.test(text)) {
    throw new TsaError(
      'SERIAL_FILE_INVALID',
      `${file} holds no serial number: restore it, or remove it to go on above every number given before`,
    );
  }
  return BigInt(text.trim());
}
