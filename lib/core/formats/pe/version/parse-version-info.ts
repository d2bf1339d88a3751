/** VS_VERSIONINFO (Windows, "Version Information", "Structures"): nested nodes, all strings UTF-16, all 32-bit aligned. */
import { PeVersionError } from './error.ts';

export interface StringTable {
  /** Language and code page as the table names them, eight hexadecimal digits in lower case: `040904b0`. */
  readonly translation: string;
  /** Names as written → values. No two names differ only in case. */
  readonly strings: ReadonlyMap<string, string>;
}

export interface FixedVersion {
  /** Four numbers with dots between. */
  readonly fileVersion: string;
  readonly productVersion: string;
}

export interface VersionInfo {
  readonly fixed: FixedVersion | null;
  readonly tables: readonly StringTable[];
}

const nodeHeaderBytes = 6;
const keyLengthMax = 256;
const nodesMax = 2048;
/** Some compilers count the padding after the last child, some don't. */
const paddingMax = 3;
const fixedBytes = 52;
const fixedSignature = 0xfeef04bd;

interface Node {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** In bytes for a binary value, in characters for text. */
  readonly valueLength: number;
  readonly valueStart: number;
}

/**
 * One version resource → its strings by language and its fixed numbers. A value ends at its first NUL, as it
 * does for Windows; what isn't UTF-16 becomes U+FFFD.
 * Rejects (PeVersionError): MALFORMED for inconsistent lengths and unknown structures, AMBIGUOUS for a name that appears
 * twice in a table, TOO_MANY.
 */
export function parseVersionInfo(bytes: DataView): VersionInfo {
  const budget = { nodes: 0 };
  const root = readNode(bytes, 0, bytes.byteLength, budget);
  if (root?.key !== 'VS_VERSION_INFO') {
    throw new PeVersionError('MALFORMED', 0, 'the version resource does not start with VS_VERSION_INFO');
  }
  const valueEnd = root.valueStart + root.valueLength;
  const fixed = readFixed(bytes, root);
  const tables: StringTable[] = [];
  for (const child of readChildren(bytes, root, valueEnd, budget)) {
    if (child.key.toLowerCase() !== 'stringfileinfo') continue;
    for (const table of readChildren(bytes, child, child.valueStart, budget)) {
      tables.push(readTable(bytes, table, budget));
    }
  }
  return { fixed, tables };
}

function readTable(bytes: DataView, table: Node, budget: { nodes: number }): StringTable {
  if (!/^[0-9a-fA-F]{8}$/.test(table.key)) {
    throw new PeVersionError('MALFORMED', table.start, 'a table of strings without a language and code page');
  }
  const strings = new Map<string, string>();
  const names = new Set<string>();
  for (const node of readChildren(bytes, table, table.valueStart, budget)) {
    const name = node.key.toLowerCase();
    if (names.has(name)) {
      const message = `the name ${JSON.stringify(node.key)} appears twice in table ${table.key}`;
      throw new PeVersionError('AMBIGUOUS', node.start, message);
    }
    names.add(name);
    const end = Math.min(node.end, node.valueStart + node.valueLength * 2);
    strings.set(node.key, readText(bytes, node.valueStart, end).text);
  }
  return { translation: table.key.toLowerCase(), strings };
}

function readFixed(bytes: DataView, root: Node): FixedVersion | null {
  if (root.valueLength === 0) return null;
  const at = root.valueStart;
  if (root.valueLength !== fixedBytes || at + fixedBytes > root.end) {
    const message = `fixed version numbers of ${root.valueLength} bytes; there are ${fixedBytes}`;
    throw new PeVersionError('MALFORMED', at, message);
  }
  if (bytes.getUint32(at, true) !== fixedSignature) {
    throw new PeVersionError('MALFORMED', at, 'the fixed version numbers lack their signature 0xFEEF04BD');
  }
  const version = (offset: number): string =>
    [2, 0, 6, 4].map((part) => bytes.getUint16(at + offset + part, true)).join('.');
  return { fileVersion: version(8), productVersion: version(16) };
}

function* readChildren(
  bytes: DataView,
  parent: Node,
  start: number,
  budget: { nodes: number },
): Generator<Node> {
  let at = aligned(start);
  while (at + nodeHeaderBytes <= parent.end) {
    const node = readNode(bytes, at, parent.end, budget);
    // Windows treats a length of 0 as the end, whatever follows.
    if (node === null) return;
    yield node;
    at = aligned(node.end);
  }
}

function readNode(bytes: DataView, start: number, limit: number, budget: { nodes: number }): Node | null {
  if (limit - start < nodeHeaderBytes) {
    throw new PeVersionError('MALFORMED', start, 'the version resource ends in the middle of a part');
  }
  const length = bytes.getUint16(start, true);
  if (length === 0) return null;
  budget.nodes += 1;
  if (budget.nodes > nodesMax) {
    throw new PeVersionError('TOO_MANY', start, `more than ${nodesMax} parts in a version resource`);
  }
  if (length < nodeHeaderBytes || start + length > limit + paddingMax) {
    const message = `a part of ${length} bytes where ${limit - start} are left`;
    throw new PeVersionError('MALFORMED', start, message);
  }
  const end = Math.min(start + length, limit);
  const key = readText(
    bytes,
    start + nodeHeaderBytes,
    Math.min(end, start + nodeHeaderBytes + keyLengthMax * 2),
  );
  if (!key.ended) {
    throw new PeVersionError('MALFORMED', start, `a name without an end, or longer than ${keyLengthMax - 1}`);
  }
  return {
    key: key.text,
    start,
    end,
    valueLength: bytes.getUint16(start + 2, true),
    valueStart: aligned(key.end),
  };
}

/** UTF-16 up to a NUL or `limit`; `end` is after the NUL. */
function readText(
  bytes: DataView,
  start: number,
  limit: number,
): { readonly text: string; readonly ended: boolean; readonly end: number } {
  let at = start;
  while (at + 2 <= limit && bytes.getUint16(at, true) !== 0) at += 2;
  const ended = at + 2 <= limit;
  const length = Math.max(at - start, 0);
  const text = new TextDecoder('utf-16le', { ignoreBOM: true }).decode(
    length === 0 ? new Uint8Array() : new Uint8Array(bytes.buffer, bytes.byteOffset + start, length),
  );
  return { text, ended, end: ended ? at + 2 : at };
}

const aligned = (offset: number): number => offset + ((4 - (offset % 4)) % 4);
