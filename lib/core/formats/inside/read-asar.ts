/**
 * asar archives of Electron: two pickles – the header's size, then its JSON – and the files one after the other.
 * `{"files": {"name": {"size": 3, "offset": "0"}, "folder": {"files": {…}}}}`
 */
import { showName, streamRange, type UnpackBudget } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { damaged, hidden, type InnerFile } from './inner-file.ts';

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

export async function* readAsar(source: RandomAccessSource, budget: UnpackBudget): AsyncGenerator<InnerFile> {
  const sizes = Buffer.from(await source.read(0, Math.min(16, source.size)));
  const headerBytes = sizes.length < 16 ? source.size : sizes.readUInt32LE(4);
  if (headerBytes - sizes.readUInt32LE(8) !== 4)
    throw damaged('The header of the asar archive is longer than Electron writes.', 0);
  const textBytes = sizes.readUInt32LE(12);
  const start = 8 + headerBytes;
  if (start > source.size || 16 + textBytes > start)
    throw damaged('The header of the asar archive is cut off.', 0);
  budget.countNames(headerBytes);
  const text = Buffer.from(await source.read(16, textBytes)).toString('utf8');
  const members: Member[] = [];
  try {
    collect(JSON.parse(text) as unknown, '', members, budget);
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged('The header of the asar archive is not JSON.', 16);
    throw error;
  }
  members.sort((member, other) => member.offset - other.offset);
  let reached = 0;
  for (const { offset, sizeBytes } of members) {
    if (offset > reached)
      throw hidden('Bytes between the files of the asar archive belong to none.', start + reached);
    reached = Math.max(reached, offset + sizeBytes);
  }
  if (start + reached !== source.size)
    throw hidden('The files of the asar archive don’t end with it.', start + reached);
  for (const { name, offset, sizeBytes } of members) {
    yield {
      name: showName(name).slice(1, -1),
      closed: null,
      content: streamRange(source, start + offset, sizeBytes),
    };
  }
}

const depthMax = 64;

function collect(node: unknown, path: string, members: Member[], budget: UnpackBudget, depth = 0): void {
  if (depth > depthMax) throw damaged('Folders of the asar archive are nested too deeply.', 16);
  const files = (node as { files?: unknown } | null)?.files;
  if (files === null || typeof files !== 'object')
    throw damaged('The header of the asar archive names no files.', 16);
  for (const [name, value] of Object.entries(files as Record<string, unknown>)) {
    budget.countEntry(0);
    const entry = (value ?? {}) as Record<string, unknown>;
    const place = path === '' ? name : `${path}/${name}`;
    if (entry['files'] !== undefined) collect(entry, place, members, budget, depth + 1);
    // Links, and files next to the archive in app.asar.unpacked, take no bytes here.
    else if (entry['link'] === undefined && entry['unpacked'] !== true)
      members.push(memberOf(entry, place, budget));
  }
}

function memberOf(entry: Record<string, unknown>, name: string, budget: UnpackBudget): Member {
  const { size, offset } = entry;
  const valid = typeof offset === 'string' && /^[0-9]{1,15}$/.test(offset);
  if (!valid || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw damaged('An entry of the asar archive has no valid size and offset.', 16);
  }
  budget.countContent(size);
  return { name, offset: Number(offset), sizeBytes: size };
}
