/** Small libraries with exports and a .NET header, for tests. */
import { buildProgram, offsets } from '../program.fixture.ts';

interface LibraryOptions {
  readonly exports?: readonly string[];
  /** Of the .NET header; by default there is none. */
  readonly clr?: { readonly flags: number; readonly entryPoint: number };
  readonly characteristics?: number;
  readonly subsystem?: number;
  readonly format?: 'pe32' | 'pe32+';
}

const sectionAddress = 0x1000;
/** What buildProgram itself puts into the section. */
const ownBytes = 0x200;

export function buildLibrary(options: LibraryOptions = {}): Uint8Array {
  const { exports: names = [], clr, format = 'pe32+' } = options;
  const strings = names.map((name) => Buffer.from(`${name}\0`, 'latin1'));
  const clrAt = 0;
  const directoryAt = 72;
  const pointersAt = directoryAt + 40;
  const namesAt = pointersAt + names.length * 4;
  const content = new Uint8Array(namesAt + Buffer.concat(strings).length + 64);
  const view = new DataView(content.buffer);
  const address = (at: number) => sectionAddress + ownBytes + at;
  view.setUint32(clrAt, 72, true);
  view.setUint32(clrAt + 16, clr?.flags ?? 0, true);
  view.setUint32(clrAt + 20, clr?.entryPoint ?? 0, true);
  view.setUint32(directoryAt + 24, names.length, true);
  view.setUint32(directoryAt + 32, address(pointersAt), true);
  let at = namesAt;
  strings.forEach((bytes, index) => {
    view.setUint32(pointersAt + index * 4, address(at), true);
    content.set(bytes, at);
    at += bytes.length;
  });
  const size = ownBytes + content.length;
  const library = buildProgram({
    format,
    overlay: content,
    sectionRawSize: size,
    sectionVirtualSize: size,
    characteristics: options.characteristics ?? 0x2022,
    subsystem: options.subsystem ?? 2,
  });
  const place = offsets(format);
  const header = new DataView(library.buffer);
  const directories = place.directoryCount + 4;
  header.setUint32(directories + 16 * 8 + 12, sectionAddress, true);
  if (names.length > 0) header.setUint32(directories, address(directoryAt), true);
  if (clr !== undefined) header.setUint32(directories + 14 * 8, address(clrAt), true);
  return library;
}
