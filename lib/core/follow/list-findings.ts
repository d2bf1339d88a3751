/** What is said of lists: refusals with line and fix, and for approvers what will change. */
import { fail, info, type Finding, type PolicyLocation } from '../wire/finding/index.ts';
import type { Sha256Hex } from '../ids/index.ts';
import type {
  DerivedField,
  FixedField,
  FollowError,
  FollowFormat,
  FollowField,
  PlainField,
} from './follow.ts';
import type { ExpectedField } from './rewrite.ts';
import { shownText, shownValue } from './shown.ts';
import type { StrayDigest } from './stray-digests.ts';

export interface ListAbout {
  readonly path: readonly string[];
  readonly sha256: Sha256Hex;
  /** The line that says that it follows. */
  readonly policy: PolicyLocation | null;
  readonly format: FollowFormat;
}

/** Refusals of one list; more are like these. */
const refusalsMax = 10;
const shownMax = 20;
const namedMax = 5;
/** Characters of a sentence. */
const textMax = 2000;

/** A few of them, each once. */
function firstOf(paths: Iterable<string>): readonly string[] {
  const first = new Set<string>();
  for (const path of paths) {
    first.add(path);
    if (first.size === namedMax) break;
  }
  return [...first];
}

const nameOf = ({ path }: Pick<ListAbout, 'path'>): string => path.at(-1) ?? 'the list';
const at = ({ line, label }: Pick<FollowField, 'line' | 'label'>): string => `line ${line}, ${label}`;

export class ListFindings {
  readonly #findings: Finding[] = [];
  readonly #refusals = new Map<string, number>();

  get all(): readonly Finding[] {
    return this.#findings;
  }

  unreadable(list: ListAbout, { message, line, fix }: FollowError): void {
    this.#refuse(list, {
      rule: 'follow.unreadable',
      message: `${nameOf(list)} can’t be read as ${list.format.one}: ${message}.`,
      expected: list.format.one,
      found: line === null ? null : `line ${line}`,
      fix,
    });
  }

  mismatch(list: ListAbout, field: PlainField, found: Uint8Array, right: Uint8Array, of: string): void {
    this.#refuse(list, {
      rule: 'follow.mismatch',
      message: `${nameOf(list)} is wrong before anything is signed: ${at(field)}, is not the ${field.value.what} of ${of} in the same archive.`,
      expected: shownValue(right),
      found: `line ${field.line}: ${shownValue(found)}`,
      fix: `Write ${nameOf(list)} for exactly the files that you submit, after everything else is built.`,
    });
  }

  notDerived(list: ListAbout, field: DerivedField, found: Uint8Array, right: string | null): void {
    this.#refuse(list, {
      rule: 'follow.mismatch',
      message:
        right === null
          ? `${nameOf(list)}: ${at(field)}, is about files of which it doesn’t list the checksums that it is computed from.`
          : `${nameOf(list)} is wrong before anything is signed: ${at(field)}, is not the ${field.what} of what it lists.`,
      expected: right ?? 'a list with the SHA-1 of each of these files',
      found: `line ${field.line}: ${shownValue(found)}`,
      fix: `Write ${nameOf(list)} anew with the tool that made it.`,
    });
  }

  ambiguous(list: ListAbout, field: FollowField, paths: Iterable<string>): void {
    this.#refuse(list, {
      rule: 'follow.ambiguous',
      message: `${nameOf(list)}: the name in ${at(field)}, fits several files, of which one gets signed.`,
      expected: 'a name that only one file has',
      found: `line ${field.line}: ${firstOf(paths).join(', ')}`,
      fix: 'Write the path of the file, seen from the list’s folder, or give the files different names.',
    });
  }

  cannot(list: ListAbout, field: FixedField, of: readonly string[]): void {
    this.#refuse(list, {
      rule: 'follow.cannot',
      message: `${nameOf(list)} would be false after signing: ${at(field)}, states of ${of.join(', ')} ${field.what}.`,
      expected: 'no such statement of a file that gets signed',
      found: at(field),
      fix: field.fix,
    });
  }

  stray(list: ListAbout, { line, path, algorithm }: StrayDigest): void {
    this.#refuse(list, {
      rule: 'follow.stray-digest',
      message: `${nameOf(list)} has the digest of ${path} in line ${line}, where ${list.format.one} states nothing of that file. It would be false after signing.`,
      expected: 'digests of files that get signed only where the list names these files',
      found: `line ${line}: ${algorithm} of ${path}`,
      fix: 'Name the file there as it is named in the archive, or leave the digest out.',
    });
  }

  elsewhere(list: ListAbout, { line, path, algorithm }: StrayDigest): void {
    this.#refuse(list, {
      rule: 'follow.elsewhere',
      message: `${nameOf(list)} has the digest of ${path} in line ${line}, which lies in another container. A list follows files of its own container alone, so it would be false after signing.`,
      expected: 'digests of files in the same container',
      found: `line ${line}: ${algorithm} of ${path}`,
      fix: 'Put the list into the container of that file, or leave the digest out.',
    });
  }

  cycle(list: ListAbout): void {
    this.#refuse(list, {
      rule: 'follow.cycle',
      message: `${nameOf(list)} lists a file that, directly or over others, lists ${nameOf(list)}. No order of writing makes both right.`,
      expected: 'lists that don’t list each other',
      found: nameOf(list),
      fix: 'Leave one of the lists out of the other.',
    });
  }

  /** Not of a list that was refused. */
  unaffected(list: ListAbout): void {
    if (this.#refusals.has(JSON.stringify(list.path))) return;
    this.#findings.push(
      info({
        rule: 'follow.unaffected',
        message: `${nameOf(list)} states nothing of files that get signed; it is released as it is.`,
        ...aboutOf(list),
      }),
    );
  }

  fields(list: ListAbout, fields: readonly ExpectedField[], bytes: Uint8Array, weak: number): void {
    const shown = fields.slice(0, shownMax).map((field) => {
      const { start, end, of } = field;
      return `${at(field)} of ${of.slice(0, 3).join(', ')}, now ${shownValue(bytes.subarray(start, end))}`;
    });
    const more = fields.length - shown.length;
    const count = fields.length === 1 ? 'One field' : `${fields.length} fields`;
    const legacy = weak === 0 ? '' : ` ${weak} of them are MD5 or SHA-1, which tell no forged file apart.`;
    this.#findings.push(
      info({
        rule: 'follow.fields',
        message: `${count} of ${nameOf(list)} will be written anew after signing, and nothing else of it.${legacy}`,
        found: [...shown, ...(more === 0 ? [] : [`and ${more} more`])].join('; '),
        ...aboutOf(list),
      }),
    );
  }

  #refuse(list: ListAbout, finding: Omit<Parameters<typeof fail>[0], 'path' | 'sha256' | 'policy'>): void {
    const key = JSON.stringify(list.path);
    const before = this.#refusals.get(key) ?? 0;
    this.#refusals.set(key, before + 1);
    if (before >= refusalsMax) return;
    const { rule, message, expected = null, found = null, fix } = finding;
    const shown = (text: string | null): string | null => (text === null ? null : shownText(text, textMax));
    this.#findings.push(
      fail({
        rule,
        message: shownText(message, textMax),
        expected: shown(expected),
        found: shown(found),
        fix: shownText(fix, textMax),
        ...aboutOf(list),
      }),
    );
  }
}

const aboutOf = ({ path, sha256, policy }: ListAbout): Pick<ListAbout, 'path' | 'sha256' | 'policy'> => ({
  path,
  sha256,
  policy,
});
