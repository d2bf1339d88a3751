import { compileAsWritten, isSigned } from '#core/artifact/index.ts';
import { formats } from '#core/formats/registry.ts';
import type { ArtifactMatcher, CompiledElement } from '#core/artifact/index.ts';
import { hasWildcard } from '#core/glob/index.ts';
import type { ArtifactConfigurationDocument } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';
import { patternCovers } from './pattern-covers.ts';
import type { TrialBudget } from './pattern-covers.ts';

/** Trials for one configuration; the largest real ones need a few hundred. */
const trialsMax = 20_000;

/** One artifact configuration of a snapshot → what in it is probably unintended. */
export function lintArtifact(
  artifact: ArtifactConfigurationDocument,
  total: TrialBudget,
): readonly LintFinding[] {
  const matcher = compileAsWritten(artifact.value);
  const own = { left: Math.min(trialsMax, total.left) };
  const before = own.left;
  const unreachable = lintReachability(artifact, matcher, own);
  total.left -= before - Math.max(0, own.left);
  return [
    ...unreachable,
    ...lintCounts(artifact, matcher),
    ...lintThirdParty(artifact, matcher),
    ...lintOpaque(artifact, matcher),
  ];
}

function lintOpaque(
  artifact: ArtifactConfigurationDocument,
  matcher: ArtifactMatcher,
): readonly LintFinding[] {
  return matcher.elements.flatMap((element) => {
    if (element.opaque === null) return [];
    const broad = element.path !== null && hasWildcard(element.path);
    const what = element.path === null ? 'The artifact' : `\`${element.path}\``;
    const message = `${what} may contain what can’t be opened and scanned${broad ? ', in any number of files that match' : ''}; the reason is public.`;
    const fix = broad
      ? 'Name the one file that can’t be opened, or submit its content in a form that can.'
      : 'Remove `opaque` as soon as the file’s content can be submitted in a form that can be opened.';
    return [lintFinding(locateElement(artifact, element), 'lint.opaque-file', message, fix)];
  });
}

function locateElement(artifact: ArtifactConfigurationDocument, { pointer }: CompiledElement) {
  return artifact.locate(pointer.slice(1).split('/').map(step));
}

function locate(artifact: ArtifactConfigurationDocument, { pointer }: CompiledElement) {
  return artifact.locate([...pointer.slice(1).split('/').map(step), 'path']);
}

const step = (text: string): string | number => (/^[0-9]+$/.test(text) ? Number(text) : text);

function lintReachability(
  artifact: ArtifactConfigurationDocument,
  matcher: ArtifactMatcher,
  budget: TrialBudget,
): readonly LintFinding[] {
  return matcher.elements.flatMap((container) => {
    const children = container.contents.flatMap((index) => matcher.elements[index] ?? []);
    return children.flatMap((child, at) => {
      const { path } = child;
      if (path === null) return [];
      const earlier = children
        .slice(0, at)
        .find(
          (candidate) =>
            candidate.path !== null &&
            (hasWildcard(candidate.path) || candidate.path === path) &&
            patternCovers(candidate.path, path, 'insensitive', budget),
        );
      if (earlier === undefined) return [];
      const line = locate(artifact, earlier).line;
      const message = `\`${path}\` can never match: \`${earlier.path}\` (line ${line}) takes all its files first.`;
      const fix = 'Move it above that element, or remove it.';
      return [lintFinding(locate(artifact, child), 'lint.unreachable-include', message, fix)];
    });
  });
}

/** An artifact without a single file to sign passes if every signed element, or something around it, is optional. */
function lintCounts(
  artifact: ArtifactConfigurationDocument,
  matcher: ArtifactMatcher,
): readonly LintFinding[] {
  const signed = matcher.elements.filter(isSigned);
  if (signed.length === 0 || signed.some((candidate) => isRequired(matcher, candidate))) return [];
  const message = 'No file that gets signed is required: an artifact without any of them passes.';
  const fix = 'Set `min` to 1 or more for at least one element that is signed.';
  return [lintFinding(artifact.locate(['root', 'contents']), 'lint.vacuous-counts', message, fix)];
}

function isRequired(matcher: ArtifactMatcher, element: CompiledElement): boolean {
  for (let directory = element.directory; directory !== null;) {
    const around = matcher.directories[directory];
    if (around === undefined || around.optional) return false;
    directory = around.parent;
  }
  if (element.min === 0) return false;
  const parent = element.parent === null ? undefined : matcher.elements[element.parent];
  return parent === undefined || isRequired(matcher, parent);
}

/** Folders in which package managers put third-party files. */
const packageFolders = new Set([
  'node_modules',
  'vendor',
  'vendors',
  'third_party',
  'third-party',
  'thirdparty',
  'external',
  'redist',
  'runtimes',
  'site-packages',
]);
/** Any name, or any library: the libraries that a project ships are rarely all its own. */
const anyLibrary = /^(?:\*+|\*+\.\*|\*+\.(?:dll|sys|ocx|drv|node|pyd|\*dll))$/i;

function lintThirdParty(
  artifact: ArtifactConfigurationDocument,
  matcher: ArtifactMatcher,
): readonly LintFinding[] {
  return matcher.elements.flatMap((element) => {
    const { path, check, type } = element;
    if (path === null || !isSigned(element) || !hasWildcard(path)) return [];
    // A required product name keeps third-party files out.
    if (formats[type].identity(check).texts.some((text) => /[^*?]/.test(text))) return [];
    const parts = path.toLowerCase().split('/');
    const folder = parts.slice(0, -1).find((part) => packageFolders.has(part));
    if (folder === undefined && !anyLibrary.test(parts.at(-1) ?? '')) return [];
    const why = folder === undefined ? 'any library that is shipped' : `files in ${folder}`;
    const message = `\`${path}\` signs ${why}, whoever made it.`;
    const fix = 'Name the files, narrow the pattern, or require the product name under `metadata`.';
    return [lintFinding(locate(artifact, element), 'lint.third-party-files', message, fix)];
  });
}
