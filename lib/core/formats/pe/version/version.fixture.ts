/** Builds version resources and programs that contain them, for tests. */
import { buildProgram, offsets, withField } from '../program.fixture.ts';

export type Strings = Readonly<Record<string, string>>;

interface NodeOptions {
  readonly value?: Uint8Array;
  readonly valueLength?: number;
  readonly text?: boolean;
  readonly children?: readonly Uint8Array[];
}

const utf16 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(`${text}\0`, 'utf16le'));

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}

/** One node of VS_VERSIONINFO; its length doesn't count the padding after it. */
export function node(key: string, options: NodeOptions = {}): Uint8Array {
  const { value = new Uint8Array(), children = [], text = false } = options;
  const head = new Uint8Array(6);
  const start = padded(Buffer.concat([head, utf16(key)]));
  const parts = children.length === 0 ? [value] : [padded(value), ...children.map(padded)];
  const bytes = Uint8Array.from(Buffer.concat([start, ...parts]));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, bytes.length, true);
  view.setUint16(2, options.valueLength ?? value.length, true);
  view.setUint16(4, text ? 1 : 0, true);
  return bytes;
}

export function stringNode(key: string, value: string): Uint8Array {
  return node(key, { value: utf16(value), valueLength: value.length + 1, text: true });
}

export function tableNode(translation: string, strings: readonly Uint8Array[]): Uint8Array {
  return node(translation, { text: true, children: strings });
}

export function fixedInfo(file: readonly number[], product: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(52);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xfeef04bd, true);
  [file, product].forEach((numbers, at) => {
    [2, 0, 6, 4].forEach((offset, part) => {
      view.setUint16(8 + at * 8 + offset, numbers[part] ?? 0, true);
    });
  });
  return bytes;
}

/** Tables by language and code page → a whole version resource. */
export function versionInfo(
  tables: Readonly<Record<string, Strings>>,
  fixed: Uint8Array = fixedInfo([1, 2, 3, 4], [1, 2, 0, 0]),
): Uint8Array {
  const children = Object.entries(tables).map(([translation, strings]) =>
    tableNode(
      translation,
      Object.entries(strings).map(([key, value]) => stringNode(key, value)),
    ),
  );
  return node('VS_VERSION_INFO', {
    value: fixed,
    children: [
      node('StringFileInfo', { text: true, children }),
      node('VarFileInfo', { text: true, children: [node('Translation', { value: new Uint8Array(4) })] }),
    ],
  });
}

export const resourceAddress = 0x1200;
/** Where `versionProgram` puts its resource directory in the file. */
export const resourceOffset = 0x600;
const directoryBytes = 24;

/** Version resources by language id → resource section: one type, one name, a language for each. */
export function resourceSection(resources: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const languagesAt = directoryBytes * 2;
  const entriesAt = languagesAt + 16 + resources.size * 8;
  let dataAt = entriesAt + resources.size * 16;
  const total = [...resources.values()].reduce((sum, resource) => sum + padded(resource).length, dataAt);
  const section = new Uint8Array(total);
  const view = new DataView(section.buffer);
  const directory = (at: number, ...entries: readonly (readonly [number, number])[]): void => {
    view.setUint16(at + 14, entries.length, true);
    entries.forEach(([id, target], index) => {
      view.setUint32(at + 16 + index * 8, id, true);
      view.setUint32(at + 20 + index * 8, target, true);
    });
  };
  directory(0, [16, 0x80000000 + directoryBytes]);
  directory(directoryBytes, [1, 0x80000000 + languagesAt]);
  directory(languagesAt, ...[...resources.keys()].map((id, index) => [id, entriesAt + index * 16] as const));
  [...resources.values()].forEach((bytes, index) => {
    view.setUint32(entriesAt + index * 16, resourceAddress + dataAt, true);
    view.setUint32(entriesAt + index * 16 + 4, bytes.length, true);
    section.set(bytes, dataAt);
    dataAt += padded(bytes).length;
  });
  return section;
}

/** A program whose only section ends with the given resources. */
export function programWithResources(section: Uint8Array, format: 'pe32' | 'pe32+' = 'pe32+'): Uint8Array {
  const size = 0x200 + section.length;
  const at = offsets(format);
  const program = buildProgram({
    format,
    overlay: section,
    sectionRawSize: size,
    sectionVirtualSize: size,
  });
  const sectionTable = at.certificateDirectory + 12 * 8;
  const withSection = withField(program, sectionTable + 12, resourceAddress - 0x200);
  return withField(
    withField(withSection, at.certificateDirectory - 16, resourceAddress),
    at.certificateDirectory - 12,
    section.length,
  );
}

/** A program with one version resource that contains these tables. */
export function versionProgram(tables: Readonly<Record<string, Strings>>): Uint8Array {
  return programWithResources(resourceSection(new Map([[0x409, versionInfo(tables)]])));
}
