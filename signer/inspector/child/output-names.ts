/** Files that signing puts beside others: each needs a name that nothing in the container has. */
import type { CompiledElement } from '#core/artifact/index.ts';
import { readEntryName, type ArchiveIssue, type NameRegistry } from '#core/formats/archive/index.ts';
import { formats } from '#core/formats/registry.ts';
import { fail, type Finding, type PolicyLocation } from '#core/wire/finding/index.ts';

interface Target {
  readonly path: readonly string[];
  /** `CompiledElement.index`. */
  readonly element: number;
  readonly detached: boolean;
}

/** The path in its container of the file that is put beside the target; null: none is. */
function outputPath(
  { path, element, detached }: Target,
  elements: readonly CompiledElement[],
): string | null {
  const place = path.at(-1);
  const compiled = elements[element];
  if (place === undefined || compiled === undefined) return null;
  const [type, sign] = detached ? (['file', compiled.detached] as const) : [compiled.type, compiled.sign];
  if (sign === null) return null;
  const cut = place.lastIndexOf('/') + 1;
  const name = formats[type].signing?.outputName(sign, place.slice(cut)) ?? null;
  return name === null ? null : place.slice(0, cut) + name;
}

interface OutputNames {
  /** Those directly in the container. */
  readonly targets: readonly Target[];
  readonly elements: readonly CompiledElement[];
  /** Everything that is in the container. */
  readonly names: NameRegistry;
  readonly nameBytesMax: number;
  locate(element: CompiledElement): PolicyLocation | null;
}

/** Names that are taken, by an entry, a folder or another file that is put there; and names that no system can have. */
export function outputNameFindings(input: OutputNames): readonly Finding[] {
  return input.targets.flatMap((target) => {
    const output = outputPath(target, input.elements);
    const element = input.elements[target.element];
    if (output === null || element === undefined) return [];
    const issue = takenBySigning(output, element, input) ?? issueOf(output, input);
    if (issue === null) return [];
    return fail({
      rule: 'inspection.output-name',
      message: `The signature would be put beside the file as ${output}, and that can’t be: ${issue.message}`,
      expected: 'a name that nothing in the container has',
      found: output,
      fix: 'Write another `outputFile`, with ${file.name} in it, or leave the other file out.',
      path: target.path,
      policy: input.locate(element),
    });
  });
}

/** The container is signed after both, and its signature is a file of that name, or replaces it. */
function takenBySigning(
  output: string,
  { parent }: CompiledElement,
  { elements }: OutputNames,
): ArchiveIssue | null {
  const around = parent === null ? undefined : elements[parent];
  if (around === undefined || around.sign === null) return null;
  if (formats[around.type].signing?.takesName?.(output) !== true) return null;
  return { code: 'NAME_CONFLICT', message: 'It belongs to the signature of the archive itself.', fix: '' };
}

function issueOf(output: string, { names, nameBytesMax }: OutputNames): ArchiveIssue | null {
  const read = readEntryName(Buffer.from(output, 'utf8'), nameBytesMax);
  const [issue] = read.issues;
  if (issue !== undefined) return issue;
  if (read.path !== output || read.isDirectoryName)
    return { code: 'NAME_CHARACTERS', message: 'It is no name of a file.', fix: '' };
  return names.add(output, 'file');
}

/** What signing changes: the target, or where the signature is put beside it, only the container around both. */
export function changedBySigning(
  targets: readonly Target[],
  elements: readonly CompiledElement[],
): readonly Pick<Target, 'path'>[] {
  return targets.map((target) =>
    outputPath(target, elements) === null ? target : { path: target.path.slice(0, -1) },
  );
}
