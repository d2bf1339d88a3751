import { crc32 } from 'node:zlib';
import { buildProgram } from '../pe/program.fixture.ts';

export const loader = buildProgram();
export const tablePlace = loader.length - 100;
const [engine, header, files] = [300, 100, 500].map((size) => Buffer.alloc(size, 'z'));
const data = Buffer.concat([files, header, engine].map((part) => part ?? Buffer.alloc(0)));

interface Table {
  readonly version?: number;
  readonly end?: number;
  readonly filesAt?: number;
  readonly engineAt?: number;
}

/** RCDATA 11111 of the loader, as Inno Setup 5.1.5 to 6.4 write it. */
export function innoInstaller({ version = 1, end, filesAt, engineAt }: Table = {}, behind = ''): Buffer {
  const bytes = Buffer.concat([loader, data, Buffer.from(behind)]);
  bytes.write('rDlPtS\xcd\xe6\xd7{\x0b*', tablePlace, 'latin1');
  const at = loader.length;
  const numbers = [version, end ?? at + 900, engineAt ?? at + 600, 5000, 7, at + 500, filesAt ?? at];
  numbers.forEach((number, index) => bytes.writeUInt32LE(number, tablePlace + 12 + index * 4));
  bytes.writeUInt32LE(crc32(bytes.subarray(tablePlace, tablePlace + 40)), tablePlace + 40);
  return bytes;
}
