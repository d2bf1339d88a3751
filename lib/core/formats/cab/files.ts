/**
 * CFFILE ([MS-CAB] section 2.3): cbFile u32, bytes of the file; uoffFolderStart u32, where it begins in its unpacked folder;
 * iFolder u16; date u16, time u16, attribs u16; szName, up to 255 bytes and a zero.
 */
import {
  NameRegistry,
  readEntryName,
  type ArchiveIssue,
  type EntryName,
  type UnpackBudget,
} from '../archive/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { cabError } from './cab-error.ts';
import type { CabHeader } from './header.ts';

const fixedBytes = 16;
const nameBytesMax = 255;
/** iFolder of files that begin or end in another cabinet of the set. */
const firstContinued = 0xfffd;
/** _A_NAME_IS_UTF of attribs: szName is UTF-8. Otherwise it is of the code page of whoever unpacks it. */
const nameIsUtf8 = 0x80;

export interface CabFile {
  /** Where its entry in the table is. */
  readonly entryOffset: number;
  readonly sizeBytes: number;
  /** In its unpacked folder. */
  readonly offset: number;
  readonly folder: number;
  /** With `/` between its parts. */
  readonly path: string;
  readonly issues: readonly ArchiveIssue[];
}

/** The table lies between the folders' and the data, without a byte left over. `dataOffset`: where the first data are. */
export async function readFiles(
  source: RandomAccessSource,
  { filesOffset, fileCount }: CabHeader,
  { folders, dataOffset }: { readonly folders: number; readonly dataOffset: number },
  budget: UnpackBudget,
): Promise<readonly CabFile[]> {
  const length = dataOffset - filesOffset;
  if (length > fileCount * (fixedBytes + nameBytesMax + 1))
    throw cabError(
      'HIDDEN_DATA',
      'has bytes between its files and their data that belong to neither',
      filesOffset,
    );
  budget.countNames(length);
  const table = Buffer.from(await readExactly(source, filesOffset, length));
  const separators = separatorsOf(table, fileCount);
  const names = new NameRegistry();
  const files: CabFile[] = [];
  let at = 0;
  for (let index = 0; index < fileCount; index += 1) {
    const entryOffset = filesOffset + at;
    const nameEnd = endOfName(table, at);
    if (nameEnd === null) throw cabError('BAD_HEADER', 'has a damaged list of files', entryOffset);
    budget.countEntry(0);
    const folder = table.readUInt16LE(at + 8);
    if (folder >= firstContinued) {
      const fix = 'Pack everything into one cabinet.';
      throw cabError('UNSUPPORTED', 'has a file that goes on in another cabinet', entryOffset, fix);
    }
    if (folder >= folders) throw cabError('BAD_HEADER', 'has a file in a folder that it hasn’t', entryOffset);
    const isUtf8 = (table.readUInt16LE(at + 14) & nameIsUtf8) !== 0;
    const { path, issues } = readName(table.subarray(at + fixedBytes, nameEnd), isUtf8, separators);
    const clash = path === '' ? null : names.add(path, 'file');
    files.push({
      entryOffset,
      sizeBytes: table.readUInt32LE(at),
      offset: table.readUInt32LE(at + 4),
      folder,
      path,
      issues: clash === null ? issues : [...issues, clash],
    });
    at = nameEnd + 1;
  }
  if (at !== table.length)
    throw cabError(
      'HIDDEN_DATA',
      'has bytes between its files and their data that belong to neither',
      filesOffset + at,
    );
  return files;
}

/** Where the zero behind the name of the entry at `at` is; null: the entry is cut off, or its name is too long. */
function endOfName(table: Buffer, at: number): number | null {
  const end = table.indexOf(0, at + fixedBytes);
  return at + fixedBytes >= table.length || end === -1 || end - at - fixedBytes > nameBytesMax ? null : end;
}

interface Separators {
  readonly slash: boolean;
  readonly backslash: boolean;
}

/** Which separators the names of the whole cabinet use. */
function separatorsOf(table: Buffer, fileCount: number): Separators {
  let [slash, backslash] = [false, false];
  for (let at = 0, index = 0; index < fileCount; index += 1) {
    const end = endOfName(table, at);
    if (end === null) break;
    const name = table.subarray(at + fixedBytes, end);
    slash ||= name.includes(0x2f);
    backslash ||= name.includes(0x5c);
    at = end + 1;
  }
  return { slash, backslash };
}

/** Parts of a name are separated by `\`; some programs write `/`. Where a cabinet has both, readers disagree on what they mean. */
function readName(bytes: Uint8Array, isUtf8: boolean, { slash, backslash }: Separators): EntryName {
  if (!isUtf8 && bytes.some((byte) => byte >= 0x80)) {
    const shown = JSON.stringify(Buffer.from(bytes).toString('latin1')).replace(/[^\x20-\x7e]/gu, '?');
    return {
      path: '',
      isDirectoryName: false,
      issues: [
        {
          code: 'NAME_ENCODING',
          message: `The name ${shown} is in some code page, and the cabinet doesn’t say in which.`,
          fix: 'Use names of ASCII, or pack with gcab, which marks names as UTF-8.',
        },
      ],
    };
  }
  const name = readEntryName(
    backslash ? bytes.map((byte) => (byte === 0x5c ? 0x2f : byte)) : bytes,
    nameBytesMax,
  );
  if (!name.isDirectoryName && !(slash && backslash && bytes.includes(0x2f))) return name;
  const message = `The name ${JSON.stringify(name.path)} can be taken for that of another file or of a folder.`;
  const issue: ArchiveIssue = {
    code: 'AMBIGUOUS',
    message: message.replace(/[^\x20-\x7e]/gu, '?'),
    fix: 'Pack with plain names, and one kind of separator.',
  };
  return { ...name, issues: [...name.issues, issue] };
}
