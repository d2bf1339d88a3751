import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import { compileGlob, foldCase } from '../glob/index.ts';
import type { ContainerContext } from './container-context.ts';
import type { CompiledDirectory } from './element.ts';
import { checkSeveral, isInSeveral } from './several-directories.ts';
import { nearDirectories } from './near-words.ts';

export interface DirectoryCheck {
  readonly findings: readonly Finding[];
  /** Indexes of absent directory elements that are optional or inside an optional one: nothing is required of them. */
  readonly absent: ReadonlySet<number>;
}

/** Which directory elements of the container are present? A directory is present if a file is in it. */
export function checkDirectories(
  context: ContainerContext & { readonly paths: readonly string[] },
): DirectoryCheck {
  const findings: Finding[] = [];
  const absent = new Set<number>();
  for (const directory of context.matcher.directories) {
    if (directory.container !== context.container) continue;
    if (isInSeveral(context.matcher, directory.index)) {
      findings.push(checkSeveral(directory, context));
      continue;
    }
    const found = matchingDirectories(directory, context.paths);
    const optional = directory.optional || (directory.parent !== null && absent.has(directory.parent));
    if (found.length === 0 && optional) absent.add(directory.index);
    findings.push(finding(directory, optional, found, context));
  }
  return { findings, absent };
}

const foundMax = 5;

function matchingDirectories(directory: CompiledDirectory, paths: readonly string[]): readonly string[] {
  const glob = compileGlob(directory.path, 'insensitive');
  const depth = directory.path.split('/').length;
  const seen = new Set<string>();
  const found: string[] = [];
  for (const path of paths) {
    const parts = path.split('/');
    if (parts.length <= depth) continue;
    const prefix = parts.slice(0, depth).join('/');
    const key = foldCase(prefix);
    if (seen.has(key)) continue;
    seen.add(key);
    if (glob.matches(prefix)) found.push(prefix);
    if (found.length > foundMax) break;
  }
  return found;
}

function finding(
  { path, pointer }: CompiledDirectory,
  optional: boolean,
  found: readonly string[],
  { containerPath, locations, paths, work }: ContainerContext & { readonly paths: readonly string[] },
): Finding {
  const shared = {
    rule: 'artifact.directory',
    expected: optional ? 'at most 1 directory' : 'exactly 1 directory',
    found: found.length === 0 ? 'no directory' : found.join(', '),
    policy: locations[pointer] ?? null,
    path: containerPath,
  };
  if (found.length > 1) {
    return fail({
      ...shared,
      message: `\`${path}\` should match one directory, but matches several.`,
      fix: 'Remove the surplus directories, or write a narrower path.',
    });
  }
  if (found.length === 0 && !optional) {
    return fail({
      ...shared,
      message: `There is no directory \`${path}\` with files in it.`,
      fix: `${near(nearDirectories(path, paths, work))}Pack the files where they are expected, change \`path\`, or set \`matches: {min: 0, max: 1}\` if the directory is optional.`,
    });
  }
  return pass({
    ...shared,
    message:
      found.length === 0
        ? `The optional directory \`${path}\` is not there.`
        : `The directory \`${path}\` is there.`,
  });
}

const near = (patterns: readonly string[]): string =>
  patterns.length === 0 ? '' : `${patterns.map((one) => `\`${one}\``).join(' or ')} would match one. `;
