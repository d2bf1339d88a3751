/** The programs that unpack what the inspector has no reader for: how each is asked, and what in its answer means that all went well. */
import type { UnpackedElsewhere } from '#core/formats/recognise/index.ts';
import { inputPlace, outputPlace } from './fence.ts';

export interface Listing {
  /** Without folders. */
  readonly files: number;
  readonly bytes: number;
}

/** `ok: false`: in its own words, as the end of a sentence; `encrypted` where it asked for a password. */
export type Judged<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string; readonly encrypted: boolean };

export interface Unpacker {
  /** As people call it. */
  readonly name: string;
  /** Its command. */
  readonly program: string;
  readonly package: string;
  readonly formats: readonly UnpackedElsewhere[];
  readonly versionArgs: readonly string[];
  readonly version: RegExp;
  list(format: UnpackedElsewhere): readonly string[];
  /** Exit code and all that it said; and how many bytes it was given. */
  judgeListing(format: UnpackedElsewhere, answer: Answer): Judged<Listing>;
  extract(format: UnpackedElsewhere): readonly string[];
  /** → how many files it says it wrote; null: it doesn't say. */
  judgeExtraction(format: UnpackedElsewhere, answer: Answer): Judged<number | null>;
}

export interface Answer {
  readonly code: number | null;
  readonly text: string;
  readonly inputBytes: number;
}

const good = <Value>(value: Value): Judged<Value> => ({ ok: true, value });
const bad = (
  why: string,
  encrypted = false,
): { readonly ok: false; readonly why: string; readonly encrypted: boolean } => ({
  ok: false,
  why,
  encrypted,
});

const wordsMax = 200;

/** A line of a program that hostile bytes may have written. */
const quoted = (line: string): string =>
  `“${line
    .trim()
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, wordsMax)}”`;

const typesOf7Zip: Readonly<Partial<Record<UnpackedElsewhere, string>>> = { nsis: 'Nsis', '7z': '7z' };

/** Anything that it warns of, or an exit code other than 0. It exits with 0 where data follow the archive, and warns. */
function complaintOf7Zip({ code, text }: Answer): ReturnType<typeof bad> | null {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => complaints.test(line));
  if (at === -1 && code === 0) return null;
  // The first one in capitals says what of, the others count.
  const said = lines.find((line) => /^(?:ERROR|WARNING): /.test(line)) ?? lines.slice(at, at + 2).join(' ');
  const encrypted = /wrong password|encrypted archive/i.test(text);
  return bad(at === -1 ? `it ended with code ${code ?? 'none'}` : `it says ${quoted(said)}`, encrypted);
}

const complaints = /^(?:open )?(?:warnings?|errors?|sub items errors|archives with|can'?t|cannot)\b/i;

/** It may have one thread: `mt` is for decoders, `mtf` for the filters of 7z archives. */
const shared7Zip = ['-bd', '-y', '-p-', '-sccUTF-8', '-mmt=off', '-mmtf=off'];

const sevenZip: Unpacker = {
  name: '7-Zip',
  program: '7zz',
  package: '7zip',
  formats: ['nsis', '7z'],
  versionArgs: [],
  version: /^7-Zip \(z\) (\d+\.\d+)/m,
  list: (format) => ['l', '-slt', `-t${format}`, ...shared7Zip, '--', inputPlace],
  judgeListing(format, answer) {
    const complaint = complaintOf7Zip(answer);
    if (complaint !== null) return complaint;
    const [head = '', items] = answer.text.split(/^-{10}\n/m, 2);
    const types = [...head.matchAll(/^Type = (.*)$/gm)].map(([, type]) => type);
    if (items === undefined && types.length === 0) return bad('it says nothing of what is inside');
    if (types.length !== 1 || types[0] !== typesOf7Zip[format]) return bad('it takes it for something else');
    if (Number(/^Physical Size = (\d+)$/m.exec(head)?.[1] ?? -1) !== answer.inputBytes)
      return bad('by its count, bytes of the file belong to no archive');
    if (/^Encrypted = \+$/m.test(items ?? '')) return bad('files in it are encrypted', true);
    let [files, bytes] = [0, 0];
    for (const item of (items ?? '').split(/^(?=Path = )/m)) {
      if (!item.startsWith('Path = ')) continue;
      if (/^Folder = \+$/m.test(item) || /^Attributes = D/m.test(item)) continue;
      files += 1;
      bytes += Number(/^Size = (\d+)$/m.exec(item)?.[1] ?? 0);
    }
    return good({ files, bytes });
  },
  // Names that meet are changed: every file comes out.
  extract: (format) => ['x', `-t${format}`, '-aou', ...shared7Zip, `-o${outputPlace}`, '--', inputPlace],
  judgeExtraction(_format, answer) {
    const complaint = complaintOf7Zip(answer);
    if (complaint !== null) return complaint;
    if (!/^Everything is Ok$/m.test(answer.text)) return bad('it doesn’t say that all went well');
    const files = /^Files: (\d+)$/m.exec(answer.text)?.[1];
    // One file is said without a count.
    return good(
      files === undefined ? (/^No files to process$/m.test(answer.text) ? 0 : null) : Number(files),
    );
  },
};

function complaintOfInnoextract({ code, text }: Answer): ReturnType<typeof bad> | null {
  const line = text
    .split('\n')
    .find((one) => /\b(?:warning|error|unsupported|unexpected|password|encrypted)/i.test(one));
  if (line === undefined && code === 0) return null;
  const encrypted = /password|encrypted/i.test(line ?? '');
  return bad(
    line === undefined ? `it ended with code ${code ?? 'none'}` : `it says ${quoted(line)}`,
    encrypted,
  );
}

const sharedInno = ['--color=0', '--progress=0', '--no-extract-unknown'];

const innoextract: Unpacker = {
  name: 'innoextract',
  program: 'innoextract',
  package: 'innoextract',
  formats: ['inno'],
  versionArgs: ['--version', '--color=0'],
  version: /^innoextract (\d+\.\d+)/m,
  list: () => ['--list', ...sharedInno, inputPlace],
  judgeListing(_format, answer) {
    const complaint = complaintOfInnoextract({ ...answer, text: withoutNames(answer.text) });
    if (complaint !== null) return complaint;
    return good({ files: [...answer.text.matchAll(/^ - "/gm)].length, bytes: 0 });
  },
  extract: () => [
    '--extract',
    '--collisions=rename-all',
    ...sharedInno,
    `--output-dir=${outputPlace}`,
    inputPlace,
  ],
  judgeExtraction(_format, answer) {
    const complaint = complaintOfInnoextract({ ...answer, text: withoutNames(answer.text) });
    if (complaint !== null) return complaint;
    return /^Done\.$/m.test(answer.text) ? good(null) : bad('it doesn’t say that all went well');
  },
};

/** A file may be called "error.txt". */
const withoutNames = (text: string): string => text.replaceAll(/^ - ".*$/gm, '');

export const unpackers: readonly Unpacker[] = [sevenZip, innoextract];
