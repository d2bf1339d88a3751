/**
 * Files that vouch for others by their digests, as a catalog does for the files of a driver. Trusting its signature
 * means trusting those files, so each has to be in the same artifact: expected, inspected and scanned like all of it.
 */
import type { CompiledElement } from '#core/artifact/index.ts';
import type { FileReport, FormatType, VouchedFile } from '#core/formats/format.ts';
import { readExactly, type RandomAccessSource } from '#core/formats/random-access.ts';
import { formats } from '#core/formats/registry.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { fail, pass, type Finding, type PolicyLocation } from '#core/wire/finding/index.ts';

interface SeenFile {
  readonly path: readonly string[];
  readonly declared: FormatType;
  readonly sha256: Sha256Hex;
  /** null: a container. */
  readonly report: FileReport | null;
  readonly policy: PolicyLocation | null;
  /** Whether the digest of all its bytes may be some unseen file's by the rules of that one's format. */
  readonly ambiguous: boolean;
}

const beginnings = Object.values(formats).flatMap(({ digestBegins }) => digestBegins ?? []);

/** What is known about a digest of a file in the artifact. */
interface Known {
  readonly file: SeenFile;
  /** Digest of the whole file, which signing changes. */
  readonly wholeFile: boolean;
}

const namedMax = 5;

export class Vouching {
  /** Whether a file to be signed vouches for others. */
  readonly digestsWanted: boolean;
  readonly #byDigest = new Map<Sha256Hex, Known>();
  readonly #vouching: SeenFile[] = [];

  constructor(elements: readonly CompiledElement[]) {
    this.digestsWanted = elements.some(({ sign, type }) => sign !== null && formats[type].vouches);
  }

  /** Of a file's bytes: `ambiguous`, where anybody asks. */
  async isAmbiguous(source: RandomAccessSource): Promise<boolean> {
    if (!this.digestsWanted) return false;
    for (const beginning of beginnings) {
      const found = await readExactly(source, 0, Math.min(source.size, beginning.length));
      if (Buffer.compare(found, beginning) === 0) return true;
    }
    return false;
  }

  add(file: SeenFile): void {
    if (!this.digestsWanted) return;
    this.#know(file.sha256, { file, wholeFile: true });
    for (const digest of file.report?.digests ?? []) this.#know(digest, { file, wholeFile: false });
    if (file.report?.vouchesFor !== undefined) this.#vouching.push(file);
  }

  /** Of two files with the same content, the one with the weaker declaration decides. */
  #know(digest: Sha256Hex, known: Known): void {
    const before = this.#byDigest.get(digest);
    if (before === undefined || isUndeclared(known.file)) this.#byDigest.set(digest, known);
  }

  /** `targets`: the files to be signed. */
  findings(targets: readonly { readonly path: readonly string[] }[]): readonly Finding[] {
    const changed = new Set<string>();
    for (const { path } of targets) {
      for (let depth = 0; depth <= path.length; depth += 1) changed.add(JSON.stringify(path.slice(0, depth)));
    }
    return this.#vouching.flatMap((vouchingFile) => this.#judge(vouchingFile, changed));
  }

  #judge(vouchingFile: SeenFile, changed: ReadonlySet<string>): readonly Finding[] {
    const vouched = vouchingFile.report?.vouchesFor ?? [];
    const about = { path: vouchingFile.path, sha256: vouchingFile.sha256, policy: vouchingFile.policy };
    const name = vouchingFile.path.at(-1) ?? 'The file';
    const known = vouched.map((vouchedFile) => ({
      one: vouchedFile,
      found: this.#byDigest.get(vouchedFile.sha256) ?? null,
    }));
    const absent = known.filter(({ found }) => found === null);
    const undeclared = known.filter(({ found }) => found !== null && isUndeclared(found.file));
    const changing = known.filter(
      ({ found }) => found?.wholeFile === true && changed.has(JSON.stringify(found.file.path)),
    );
    const ambiguous = known.filter(({ found }) => found?.wholeFile === true && found.file.ambiguous);
    const refused = [
      ...refusal(absent, about, {
        rule: 'inspection.vouched-absent',
        message: (files) => `${name} vouches for files that are not in this artifact: ${files}.`,
        expected: 'only digests of files of this artifact',
        fix: 'Put the files into the same archive, as they are released, and create the list from them again.',
      }),
      ...refusal(undeclared, about, {
        rule: 'inspection.vouched-undeclared',
        message: (files) =>
          `${name} vouches for files that are declared as files of any kind but have a known type: ${files}. They would be trusted like signed ones.`,
        expected: 'files that are declared with their type',
        fix: 'Declare their elements with their type, `pe` for Windows programs and libraries.',
      }),
      ...refusal(ambiguous, about, {
        rule: 'inspection.vouched-ambiguous',
        message: (files) =>
          `${name} vouches for files that begin like programs, by the digest of all their bytes: ${files}. A program that isn’t in this artifact can have the same digest by its format’s rules, and would be trusted, too.`,
        expected: 'programs by the digest of their format, and other files by that of all their bytes',
        fix: 'List programs by Authenticode’s digest, as inf2cat does. Leave out files that begin with MZ and are no programs.',
      }),
      ...refusal(changing, about, {
        rule: 'inspection.vouched-changing',
        message: (files) =>
          `${name} vouches for files that get signed now, by digests that signing changes: ${files}.`,
        expected: 'digests that are still valid after signing',
        fix: 'List such files by the digest of their format (Authenticode, as inf2cat does), or sign them in a request before this one.',
      }),
    ];
    if (refused.length > 0) return refused;
    return [
      pass({
        ...about,
        rule: 'inspection.vouched',
        message: `${name} vouches for ${vouched.length} files, all of them in this artifact.`,
      }),
    ];
  }
}

/** A file of any kind that is signed as one has facts of its own. */
const isUndeclared = ({ declared, report }: SeenFile): boolean =>
  declared === 'file' && report !== null && report.facts !== null && report.facts.type !== 'file';

function refusal(
  files: readonly { readonly one: VouchedFile; readonly found: Known | null }[],
  about: Pick<Finding, 'path' | 'policy'> & { readonly sha256: Sha256Hex },
  words: {
    readonly rule: string;
    readonly message: (files: string) => string;
    readonly expected: string;
    readonly fix: string;
  },
): readonly Finding[] {
  if (files.length === 0) return [];
  const named = files.slice(0, namedMax).map(({ one, found }) => {
    const name = found?.file.path.join(' → ') ?? one.name ?? 'without a name';
    return `${name} (SHA-256 ${one.sha256})`;
  });
  const more = files.length - named.length;
  const all = more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`;
  const { rule, expected, fix } = words;
  return [fail({ ...about, rule, message: words.message(all), expected, found: all, fix })];
}
