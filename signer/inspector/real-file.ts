import { realpath } from 'node:fs/promises';
import { InspectorError } from './inspector-error.ts';

export async function realFile(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (cause) {
    throw new InspectorError('INSPECTOR_IO', `no file ${file}`, '', { cause });
  }
}
