/** The resource tree (PE format, "The .rsrc Section"): type, name, language; three levels, never more. */
import { PeVersionError } from './error.ts';
import { readAt, type Image } from './image.ts';

export interface ResourceData {
  /** Windows language id, for example 0x0409. */
  readonly language: number;
  readonly bytes: DataView;
}

const versionType = 16;
const headerBytes = 16;
const entryBytes = 8;
const dataEntryBytes = 16;
const directoryFlag = 0x80000000;
const entriesMax = 4096;
const resourcesMax = 128;
/** A version resource states its length in 16 bits. */
const resourceBytesMax = 0xffff + 4;

interface Entry {
  readonly id: number;
  readonly target: number;
  readonly directory: boolean;
}

/** All resources of type RT_VERSION, in every language; empty where the program has none. */
export async function versionResources(image: Image): Promise<readonly ResourceData[]> {
  if (image.resources === 0) return [];
  const types = (await readDirectory(image, 0)).filter(({ id }) => id === versionType);
  const [type, second] = types;
  if (second !== undefined) {
    throw new PeVersionError('AMBIGUOUS', image.resources, 'the resources name the version type twice');
  }
  if (type === undefined) return [];
  const found: ResourceData[] = [];
  for (const name of await readDirectory(image, subdirectory(image, type))) {
    for (const language of await readDirectory(image, subdirectory(image, name))) {
      if (found.length >= resourcesMax) {
        throw new PeVersionError('TOO_MANY', image.resources, `more than ${resourcesMax} version resources`);
      }
      found.push(await readData(image, language));
    }
  }
  return found;
}

async function readDirectory(image: Image, offset: number): Promise<readonly Entry[]> {
  const at = image.resources + offset;
  const header = await readAt(image, at, headerBytes);
  const count = header.getUint16(12, true) + header.getUint16(14, true);
  if (count > entriesMax) {
    throw new PeVersionError('TOO_MANY', at, `a resource directory with ${count} entries`);
  }
  if (count === 0) return [];
  const entries = await readAt(image, at + headerBytes, count * entryBytes);
  return Array.from({ length: count }, (_, index) => {
    const target = entries.getUint32(index * entryBytes + 4, true);
    return {
      id: entries.getUint32(index * entryBytes, true),
      target: target % directoryFlag,
      directory: target >= directoryFlag,
    };
  });
}

function subdirectory(image: Image, entry: Entry): number {
  if (entry.directory) return entry.target;
  throw new PeVersionError(
    'MALFORMED',
    image.resources + entry.target,
    'a version resource without a language',
  );
}

async function readData(image: Image, entry: Entry): Promise<ResourceData> {
  const at = image.resources + entry.target;
  if (entry.directory) {
    throw new PeVersionError('MALFORMED', at, 'a fourth level in the resources; there are three');
  }
  const data = await readAt(image, at, dataEntryBytes);
  const sizeBytes = data.getUint32(4, true);
  if (sizeBytes > resourceBytesMax) {
    const message = `a version resource of ${sizeBytes} bytes; at most ${resourceBytesMax} are read`;
    throw new PeVersionError('TOO_MANY', at, message);
  }
  return {
    language: entry.id % 0x10000,
    bytes: await readAt(image, data.getUint32(0, true), sizeBytes),
  };
}
