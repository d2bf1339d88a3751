/**
 * META-INF/MANIFEST.MF (JAR File Specification, "JAR Manifest"), read by its bytes: a signature states digests over them.
 * ```
 * Manifest-Version: 1.0          main section, up to and with its blank line
 * Main-Class: org.example.Tool
 *                                a line ends with CR LF, LF or CR
 * Name: org/example/Tool.class   one section for an entry, or for a package (its name ends with /)
 * SHA-256-Digest: 47DEQpj8HBSa+
 *  /TImW+5JCeuQeRkm5NMpJWZG3hSu  a line that starts with a space continues the one before
 * ```
 * Of what Java itself would read otherwise than it stands there, or drop, nothing is accepted.
 */
import { JarError, writeAnew } from './errors.ts';

export interface Attribute {
  /** As it stands there; case doesn't matter. */
  readonly name: string;
  readonly value: string;
  /** With all its lines and their ends. */
  readonly bytes: Uint8Array;
}

export interface Section {
  /** null: the main section. */
  readonly name: string | null;
  readonly attributes: readonly Attribute[];
  /** Blank lines before it, which belong to no section. */
  readonly gap: Uint8Array;
  /** With the blank line that ends it, where there is one. */
  readonly bytes: Uint8Array;
  /** Whether a blank line ends it: the last one may lack it. */
  readonly terminated: boolean;
}

export interface Manifest {
  readonly main: Section;
  readonly sections: readonly Section[];
  /** Blank lines after the last section. */
  readonly tail: Uint8Array;
}

/** Java refuses larger manifests and signature files of signed archives (`jdk.jar.maxSignatureFileSize`). */
export const manifestBytesMax = 8_000_000;
/** The specification has 72; up to here, Java 10 and older read longer ones too (`java.util.jar.Attributes`). */
const lineBytesMax = 510;
const nameCharactersMax = 70;

interface Line {
  readonly start: number;
  /** Where its end of line begins. */
  readonly contentEnd: number;
  readonly end: number;
}

const [cr, lf, space, colon] = [0x0d, 0x0a, 0x20, 0x3a];
const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const anyText = new TextDecoder('utf-8', { ignoreBOM: true });

/** Throws JarError. */
export function readManifest(bytes: Uint8Array, version = 'Manifest-Version'): Manifest {
  if (bytes.length > manifestBytesMax) throw tooLarge('The manifest', bytes.length);
  const sections: Section[] = [];
  const names = new Set<string>();
  let at = 0;
  let lines: Line[] = [];
  let gapStart = 0;
  const finish = (end: number, terminated: boolean): void => {
    const start = lines[0]?.start ?? end;
    const section = readSection(bytes, lines, sections.length === 0 ? version : null, {
      gap: bytes.subarray(gapStart, start),
      bytes: bytes.subarray(start, end),
      terminated,
    });
    if (section.name !== null) {
      if (names.has(section.name)) throw duplicate(`has two sections for ${show(section.name)}`, start);
      names.add(section.name);
    }
    sections.push(section);
    lines = [];
    gapStart = end;
  };
  while (at < bytes.length) {
    const line = readLine(bytes, at);
    at = line.end;
    if (line.contentEnd > line.start) lines.push(line);
    else if (lines.length > 0) finish(line.end, true);
    else if (sections.length === 0) throw malformed('begins with a blank line: Java takes it as empty', line);
  }
  if (lines.length > 0) finish(bytes.length, false);
  const [main, ...others] = sections;
  if (main === undefined) throw malformed('is empty', null);
  return { main, sections: others, tail: bytes.subarray(gapStart) };
}

function readLine(bytes: Uint8Array, start: number): Line {
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === lf) break;
    if (byte === cr) break;
    if (byte === 0) throw malformed('holds a NUL', { start: at });
  }
  if (at === bytes.length) {
    throw new JarError(
      'MANIFEST_LAST_LINE',
      'The last line of the manifest has no end of line: Java drops the attribute on it',
      'End the manifest’s last line with an end of line.',
      { context: { offset: start } },
    );
  }
  if (at - start > lineBytesMax) {
    throw new JarError(
      'MANIFEST_LINE',
      `The manifest has a line of ${at - start} bytes, at byte ${start}; 72 are allowed, and Java 10 reads up to ${lineBytesMax}`,
      'Wrap the line: 72 bytes, and each further line begins with a space. Build tools do it themselves.',
      { context: { offset: start } },
    );
  }
  return { start, contentEnd: at, end: bytes[at] === cr && bytes[at + 1] === lf ? at + 2 : at + 1 };
}

function readSection(
  bytes: Uint8Array,
  lines: readonly Line[],
  /** What the main section has to state; null: it is another one. */
  version: string | null,
  place: Pick<Section, 'gap' | 'bytes' | 'terminated'>,
): Section {
  const attributes: Attribute[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < lines.length;) {
    const first = index;
    index += 1;
    while (bytes[lines[index]?.start ?? -1] === space) index += 1;
    const attribute = readAttribute(bytes, lines.slice(first, index));
    const key = attribute.name.toLowerCase();
    if (seen.has(key))
      throw duplicate(`has the attribute ${attribute.name} twice in one section`, lines[first]?.start ?? 0);
    seen.add(key);
    attributes.push(attribute);
  }
  const named = attributes.findIndex(({ name }) => name.toLowerCase() === 'name');
  if (version !== null) {
    if (named !== -1) throw malformed('has an attribute Name in its main section', lines[0] ?? null);
    if (!seen.has(version.toLowerCase())) {
      throw new JarError(
        'MANIFEST_VERSION',
        `The manifest has no ${version}: Java ignores its main section`,
        writeAnew,
      );
    }
    return { name: null, attributes, ...place };
  }
  if (named !== 0) throw malformed('has a section that doesn’t begin with Name', lines[0] ?? null);
  return { name: nameOf(attributes[0]?.bytes ?? bytes, lines[0] ?? null), attributes, ...place };
}

function readAttribute(bytes: Uint8Array, lines: readonly Line[]): Attribute {
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined) throw malformed('is malformed', null);
  const separator = bytes.indexOf(colon, first.start);
  const name = Buffer.from(bytes.subarray(first.start, Math.max(first.start, separator))).toString('latin1');
  const hasSpace = separator + 1 < first.contentEnd && bytes[separator + 1] === space;
  if (separator < 0 || separator > first.contentEnd || !hasSpace || !/^[A-Za-z0-9_-]+$/.test(name)) {
    throw malformed('has a line that is no “Attribute: value”', first);
  }
  if (name.length > nameCharactersMax) {
    throw malformed(`has an attribute with a name of over ${nameCharactersMax} characters`, first);
  }
  const own = bytes.subarray(first.start, last.end);
  return { name, value: anyText.decode(joined(own).subarray(separator + 2 - first.start)), bytes: own };
}

/** The lines of one attribute without their ends and the spaces that continue them. */
function joined(bytes: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== cr && byte !== lf) {
      kept.push(byte);
      continue;
    }
    if (byte === cr && bytes[at + 1] === lf) at++;
    at++;
  }
  return Uint8Array.from(kept);
}

function nameOf(bytes: Uint8Array, line: Line | null): string {
  try {
    return strictText.decode(joined(bytes).subarray('Name: '.length));
  } catch (cause) {
    throw malformed('has a name that isn’t UTF-8', line, { cause });
  }
}

/** null: it has none. */
export function attributeOf(section: Section, name: string): string | null {
  const key = name.toLowerCase();
  return section.attributes.find((attribute) => attribute.name.toLowerCase() === key)?.value ?? null;
}

const show = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);

export function tooLarge(what: string, bytes: number): JarError {
  return new JarError(
    'TOO_LARGE',
    `${what} has ${bytes} bytes; Java reads up to ${manifestBytesMax} of a signed archive`,
    'Split the archive: it has too many entries.',
  );
}

function malformed(
  what: string,
  line: Pick<Line, 'start'> | null,
  options: { readonly cause?: unknown } = {},
): JarError {
  const where = line === null ? '' : ` (at byte ${line.start})`;
  const context = { offset: line?.start ?? 0 };
  return new JarError('MANIFEST_MALFORMED', `The manifest ${what}${where}`, writeAnew, {
    ...options,
    context,
  });
}

/** `offset`: of the second. */
function duplicate(what: string, offset: number): JarError {
  return new JarError(
    'MANIFEST_DUPLICATE',
    `The manifest ${what} (at byte ${offset}): programs differ in which they take`,
    'Remove one of the two from what the build writes into the manifest.',
    { context: { offset } },
  );
}
