import { readFile, stat } from 'node:fs/promises';
import { KeyHolderError, pinFile, type PinSource } from '../protocol/index.ts';

/** Reads the PIN: one line, 4 to 255 characters. Refuses a file that group or others can read. */
export async function readPin(source: PinSource, env: NodeJS.ProcessEnv): Promise<string> {
  const file = pinFile(source, env);
  const variable = 'env' in source ? source.env : '';
  const pin = file === null ? env[variable] : await readPrivateFile(file);
  const place = file ?? `environment variable ${variable}`;
  const line = pin?.replace(/\r?\n$/, '');
  if (line === undefined || line.length < 4 || line.length > 255 || /[\r\n\0]/.test(line)) {
    throw new KeyHolderError(
      'PIN_SOURCE_INVALID',
      `no PIN in ${place}: it has to hold one line of 4 to 255 characters`,
    );
  }
  return line;
}

async function readPrivateFile(file: string): Promise<string> {
  let mode: number;
  let text: string;
  try {
    mode = (await stat(file)).mode;
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new KeyHolderError('PIN_SOURCE_INVALID', `PIN file ${file} can't be read by this user`, { cause });
  }
  // Windows has no such mode bits: there the file's access list is the operator's to set.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new KeyHolderError(
      'PIN_SOURCE_INVALID',
      `PIN file ${file} can be read by others (mode ${(mode & 0o777).toString(8)}): run chmod 600 ${file}`,
    );
  }
  return text;
}
