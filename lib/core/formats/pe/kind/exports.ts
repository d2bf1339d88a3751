import { peDirectories, peDirectory, readPeAddress, type PeImage } from '../image.ts';

const directoryBytes = 40;
/** Ordinals have 16 bits. */
const namesMax = 65_536;

/**
 * Program → the map's value for the first of its names that the program exports; null if it exports none of them. Checks
 * every name, sorted or not. For a table that can't be read, the reason instead.
 */
export async function exportsAny(
  image: PeImage,
  searched: ReadonlyMap<string, string>,
): Promise<string | null> {
  const address = await peDirectory(image, peDirectories.exports);
  if (address === 0) return null;
  const unreadable = (why: string): string => `what it exports can't be read: ${why}`;
  const directory = await readPeAddress(image, address, directoryBytes);
  if (!(directory instanceof DataView)) return unreadable(directory.message);
  const count = directory.getUint32(24, true);
  if (count > namesMax) return unreadable(`${count} names, and ordinals reach to ${namesMax}`);
  if (count === 0) return null;
  const pointers = await readPeAddress(image, directory.getUint32(32, true), count * 4);
  if (!(pointers instanceof DataView)) return unreadable(pointers.message);
  const longest = Math.max(...[...searched.keys()].map(({ length }) => length));
  const window = new NameWindow(image, longest + 1);
  for (let index = 0; index < count; index += 1) {
    const name = await window.nameAt(pointers.getUint32(index * 4, true));
    if (name === null) return unreadable('a name is outside the sections');
    const found = searched.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

const windowBytes = 16 * 1024;

/** Names are stored one after the other, so they are read in pieces, not one by one. */
class NameWindow {
  readonly #image: PeImage;
  readonly #needed: number;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(image: PeImage, needed: number) {
    this.#image = image;
    this.#needed = needed;
  }

  /** The name at the address, or its beginning if it is longer than any that is searched for; null: it isn't in the file. */
  async nameAt(address: number): Promise<string | null> {
    const held = address - this.#start;
    const isHeld = held >= 0 && held + this.#needed <= this.#bytes.length;
    if (!isHeld && !(await this.#read(address))) return null;
    const from = address - this.#start;
    const bytes = this.#bytes.subarray(from, from + this.#needed);
    const end = bytes.indexOf(0);
    return bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
  }

  async #read(address: number): Promise<boolean> {
    // Near a section's end less than a window is left, or less than a name.
    for (const length of [windowBytes, this.#needed, ...shorter(this.#needed)]) {
      const read = await readPeAddress(this.#image, address, length);
      if (!(read instanceof DataView)) continue;
      this.#start = address;
      this.#bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
      return true;
    }
    return false;
  }
}

const shorter = (length: number): readonly number[] =>
  Array.from({ length: length - 1 }, (_, index) => length - 1 - index);
