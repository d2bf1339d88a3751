/** A list that follows: written anew by the inspector once the files that it lists are as they will be released. */
import type { FieldChange } from '#core/follow/index.ts';
import { followFormats } from '#core/follow/index.ts';
import { pass, type Finding } from '#core/wire/finding/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { FollowTarget } from '../checks/index.ts';
import { asFollowed, type FileVersion } from '../file-version/index.ts';
import { passesOrThrows } from './refused.ts';
import type { SigningContext } from './signing-context.ts';

export interface FollowedFile {
  readonly target: FollowTarget;
  readonly version: FileVersion;
  /** What was changed in it, as read back from the new list. */
  readonly changes: readonly FieldChange[];
  readonly finding: Finding;
}

/** `files`: what it lists, as it is now. */
export async function followList(
  { inspector, run, evidence }: SigningContext,
  target: FollowTarget,
  list: FileVersion,
  files: readonly FileVersion[],
): Promise<FollowedFile> {
  const { format, fields, path } = target;
  const answer = await inspector
    .follow({
      folder: run.requestId,
      file: list.file,
      sha256: list.sha256,
      name: path.at(-1)?.split('/').at(-1) ?? '',
      format,
      fields,
      files: files.map((version) => ({
        path: version.path.at(-1) ?? '',
        before: knownOf(firstOf(version)),
        after: knownOf(version),
      })),
    })
    .catch(passesOrThrows);
  const { outputFile, sha256, sizeBytes, changes } = answer;
  const version = asFollowed(list, files, { file: outputFile, sha256, sizeBytes });
  const problem = followedProblem({ target, version, changes });
  // What comes next signs it, or the container around it.
  if (problem !== null)
    throw new Unavailable(
      'inspector',
      `it wrote ${path.join(' → ')} anew, and ${problem}`,
      'see the signer’s log: this is a defect of the signer',
    );
  const finding = pass({
    rule: 'follow.rewritten',
    message: `${path.at(-1) ?? ''}, ${followFormats[format].one}, was written anew: ${changes.length === 1 ? 'one field' : `${changes.length} fields`}, and nothing else of it.`,
    expected: `only what it states of ${namesOf(files)}`,
    found: describeChanges(changes),
    path,
    sha256,
    policy: evidence.governing.effective.locateArtifact(['root']),
  });
  return { target, version, changes, finding };
}

/**
 * Why the changes aren’t those that were to be made; null: they are, as far as can be told here: each is one of the inspection’s
 * fields, and SHA-256 and sizes are those of the files that are released.
 */
export function followedProblem({
  target: { fields },
  version,
  changes,
}: Pick<FollowedFile, 'target' | 'version' | 'changes'>): string | null {
  if (changes.length !== fields.length) return `changed ${changes.length} fields instead of ${fields.length}`;
  const byName = new Map(version.replaced.map((file) => [file.path.at(-1) ?? '', file]));
  for (const [at, { line, label, of, from, to }] of changes.entries()) {
    const field = fields[at];
    const isIt = field?.line === line && field.label === label && field.of.join('\0') === of.join('\0');
    if (!isIt) return `changed ${label} in line ${line}, which was not to be changed`;
    const [name, ...others] = of;
    const file = name === undefined || others.length > 0 ? undefined : byName.get(name);
    if (file === undefined) continue;
    const expected = spellings(firstOf(file)).indexOf(from);
    if (expected >= 0 && spellings(file)[expected] !== to)
      return `${label} in line ${line} isn’t the value of the released ${name ?? 'file'}`;
  }
  return null;
}

/** How lists write what the daemon knows of a file by itself. */
function spellings({ sha256, sizeBytes }: FileVersion): readonly string[] {
  const base64 = Buffer.from(sha256, 'hex').toString('base64');
  return [sha256, sha256.toUpperCase(), base64, String(sizeBytes)];
}

/** The version that was inspected. */
function firstOf(version: FileVersion): FileVersion {
  return version.before === null ? version : firstOf(version.before);
}

const knownOf = ({ file, sha256 }: FileVersion): Pick<FileVersion, 'file' | 'sha256'> => ({ file, sha256 });

const shownMax = 20;
const namesMax = 5;

function namesOf(files: readonly FileVersion[]): string {
  const names = files.slice(0, namesMax).map(({ path }) => path.at(-1) ?? '');
  const more = files.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}

function describeChanges(changes: readonly FieldChange[]): string {
  const shown = changes
    .slice(0, shownMax)
    .map(
      ({ line, label, of, from, to }) =>
        `line ${line}, ${label} of ${of.slice(0, 3).join(', ')}: ${from} → ${to}`,
    );
  const more = changes.length - shown.length;
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])].join('; ');
}
