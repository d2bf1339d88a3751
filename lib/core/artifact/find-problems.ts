import type { ArtifactConfiguration, SetBody } from '../generated/index.ts';
import { formats } from '../formats/registry.ts';
import { compileGlob, foldCase, GlobError } from '../glob/index.ts';
import { placeProblems, stepsOf } from './check-places.ts';
import { isSigned } from './element.ts';
import { ArtifactError } from './error.ts';
import { expandConfiguration } from './expand.ts';
import { unsupportedProblems } from './find-unsupported.ts';
import { upstreamProblems } from './upstream.ts';
import { elementsMax, layOut } from './lay-out.ts';
import type { Layout } from './lay-out.ts';
import { writtenBodies } from './places.ts';
import type { WrittenBody, WrittenPattern } from './places.ts';
import type { ConfigurationProblem } from './problem.ts';

/**
 * ArtifactConfiguration (valid against its schema) → what would make it useless or unclear, and what this
 * version of the signer can't do yet; empty: it's good.
 */
export function configurationProblems(configuration: ArtifactConfiguration): readonly ConfigurationProblem[] {
  const expansion = expandConfiguration(configuration);
  const problems = [...expansion.problems];
  const bodies = writtenBodies(expansion.configuration);
  const unsupported = bodies.flatMap(unsupportedProblems);
  // A text that couldn't be expanded is reported already.
  const expandable = expansion.problems.length === 0;
  for (const body of bodies) problems.push(...bodyProblems(body, expandable), ...upstreamProblems(body));
  problems.push(...unsupported);
  if (unsupported.length > 0 || !expandable) return problems;
  return [...problems, ...layoutProblems(expansion.configuration)];
}

function layoutProblems(configuration: ArtifactConfiguration): readonly ConfigurationProblem[] {
  let layout: Layout;
  try {
    layout = layOut(configuration);
  } catch (error) {
    if (!(error instanceof ArtifactError) || error.code !== 'TOO_MANY_ELEMENTS') throw error;
    const message = `The configuration has more than ${elementsMax} elements, sets counted by their includes.`;
    const fix = 'Replace elements by one with a wildcard in its path.';
    return [{ rule: 'rule.elements', path: ['root'], message, fix }];
  }
  const problems = [...shadowedProblems(layout), ...placeProblems(layout)];
  if (!layout.elements.some(isSigned)) {
    problems.push({
      rule: 'rule.nothing-signed',
      path: ['root'],
      message: 'Nothing in this configuration gets signed.',
      fix: 'Add `sign: {method: authenticode}` to an element of type pe.',
    });
  }
  return problems;
}

/** The same pattern twice in a container: the second can never match. In a set, each place is named once. */
function shadowedProblems({ elements }: Layout): readonly ConfigurationProblem[] {
  const first = new Map<string, string>();
  const reported = new Set<string>();
  return elements.flatMap(({ parent, path, pointer }) => {
    if (path === null) return [];
    const key = `${parent ?? 0}:${foldCase(path)}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, pointer);
    if (earlier === undefined || reported.has(pointer)) return [];
    reported.add(pointer);
    return [
      {
        rule: 'rule.shadowed',
        path: [...stepsOf(pointer), 'path'],
        message: `\`${path}\` is the path of ${nameOf(earlier)} already; this one can never match.`,
        fix: 'Remove one of the two, or give them different paths.',
      },
    ];
  });
}

function nameOf(pointer: string): string {
  return stepsOf(pointer)
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

function bodyProblems(written: WrittenBody, expandable: boolean): readonly ConfigurationProblem[] {
  return written.patterns.flatMap((pattern) => [
    ...(expandable ? patternProblems(pattern) : []),
    ...matchesProblems(pattern),
    ...(written.body.type === 'directory' ? directoryProblems(pattern) : []),
    ...metadataProblems(written.body, pattern),
  ]);
}

function patternProblems({ path, wholePath, steps }: WrittenPattern): readonly ConfigurationProblem[] {
  try {
    compileGlob(path, 'insensitive');
    compileGlob(wholePath, 'insensitive');
    return [];
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    const fix = '* and ? stay within one part of a path; ** stands alone between slashes.';
    return [{ rule: 'rule.pattern', path: [...steps, 'path'], message: `${error.message}.`, fix }];
  }
}

function matchesProblems({ matches, steps }: WrittenPattern): readonly ConfigurationProblem[] {
  const { min, max } = matches ?? { min: 1, max: 1 };
  if (max === 'unbounded' || min <= max) return [];
  return [
    {
      rule: 'rule.matches',
      path: [...steps, 'matches', 'min'],
      message: `At least ${min} and at most ${max} files can't both be met.`,
      fix: `Set \`max\` to ${min} or more, or lower \`min\`.`,
    },
  ];
}

function directoryProblems({ path, steps }: WrittenPattern): readonly ConfigurationProblem[] {
  if (!path.split('/').includes('**')) return [];
  return [
    {
      rule: 'rule.directory',
      path: [...steps, 'path'],
      message: '`**` can’t be part of a directory’s path: it leaves open where the directory ends.',
      fix: 'Use * for each part whose name varies, or write the whole pattern at the files.',
    },
  ];
}

function metadataProblems(
  body: SetBody,
  { metadata, steps }: WrittenPattern,
): readonly ConfigurationProblem[] {
  const allowed = body.type === 'directory' ? [] : formats[body.type].metadataKeys;
  return Object.keys(metadata ?? {})
    .filter((key) => !allowed.includes(key))
    .map((key) => ({
      rule: 'rule.metadata',
      path: [...steps, 'metadata', key],
      message: `Files of type ${body.type} have no ${key}.`,
      fix:
        allowed.length === 0
          ? 'Remove the line.'
          : `Remove the line; ${body.type} knows ${allowed.join(', ')}.`,
    }));
}
