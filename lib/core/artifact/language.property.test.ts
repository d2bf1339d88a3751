/** What validation lets through compiles, and what doesn't compile is never let through. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemas } from '../generated/index.ts';
import type { ArtifactConfiguration, Parameter } from '../generated/index.ts';
import { GlobError } from '../glob/index.ts';
import {
  ArtifactError,
  checkCounts,
  compileAsWritten,
  compileConfiguration,
  configurationProblems,
  fillParameters,
} from './index.ts';
import { configuration, problems, type Contents } from './configuration.fixture.ts';

const sign = { method: 'authenticode' } as const;
const path = fc.oneof(
  fc.constantFrom('a.exe', 'A.exe', '**', '*', 'a/**/b', 'x**', '${v}', '${w}', '${nobody}', '$${v}', '${'),
  fc.stringMatching(/^[a-c*?./${}v]{1,8}$/),
);
const matches = fc.constantFrom(
  {},
  { matches: { min: 0, max: 'unbounded' as const } },
  { matches: { min: 3, max: 1 } },
  { matches: { min: 1, max: 2 } },
);
const bodies = fc.letrec<{ contents: Contents; body: object }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 4 },
    fc.constant({ type: 'pe', sign }),
    fc.record({
      type: fc.constant('pe'),
      sign: fc.constant(sign),
      metadata: fc.record({ productName: path }),
    }),
    fc.constantFrom(
      { type: 'file' },
      { type: 'oci', sign: { method: 'cosign' } },
      { type: 'pe', verify: 'authenticode' },
      { type: 'msi', sign },
      { type: 'cab', sign },
      { type: 'catalog', sign },
      { type: 'powershell', sign },
      { type: 'nuget', sign: { method: 'nuget' } },
      { type: 'jar', sign: { method: 'jar' } },
      { type: 'file', sign: { method: 'cms' } },
    ),
    fc.record({
      type: fc.constantFrom('zip', 'tar.gz', 'directory', 'directory', 'cab', 'nuget', 'jar', 'msi'),
      contents: tie('contents'),
    }),
  ),
  contents: fc.array(
    fc.oneof(
      fc.tuple(tie('body'), path, matches).map(([body, at, count]) => ({ ...body, path: at, ...count })),
      fc.record({
        type: fc.constant('set'),
        include: fc.array(
          fc.tuple(path, matches).map(([at, count]) => ({ path: at, ...count })),
          { minLength: 1, maxLength: 3 },
        ),
        each: tie('body'),
      }),
    ) as fc.Arbitrary<Contents[number]>,
    { minLength: 1, maxLength: 4 },
  ),
}));
const parameters = fc.constantFrom<Parameter[]>(
  [{ name: 'v', default: '1' }],
  [{ name: 'v' }, { name: 'w', default: '..' }],
  [{ name: 'v', pattern: '*' }],
);
const configurations = fc
  .tuple(bodies.contents, parameters)
  .map(([contents, list]): ArtifactConfiguration => configuration({ type: 'zip', contents }, list));

function compiles(artifactConfiguration: ArtifactConfiguration): boolean {
  try {
    compileAsWritten(artifactConfiguration).matchEntry(0, 'a/b/c.exe');
    return true;
  } catch (error) {
    if (error instanceof ArtifactError || error instanceof GlobError) return false;
    throw error;
  }
}

describe('any configuration', () => {
  test('compiles where validation finds nothing, and is reported where it doesn’t compile', () => {
    let good = 0;
    fc.assert(
      fc.property(configurations, (artifactConfiguration) => {
        const found = problems(artifactConfiguration);
        const compiled = compiles(artifactConfiguration);
        if (found.length === 0) good += 1;
        expect(compiled || found.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(good).toBeGreaterThan(10);
  });

  test('gets elements that name one another rightly', () => {
    fc.assert(
      fc.property(configurations, (artifactConfiguration) => {
        if (!compiles(artifactConfiguration)) return;
        const { elements, directories } = compileAsWritten(artifactConfiguration);
        elements.forEach((element, at) => {
          expect(element.index).toBe(at);
          for (const inner of element.contents) expect(elements[inner]?.parent).toBe(at);
          if (element.directory !== null) {
            const around = directories[element.directory];
            expect(around?.container).toBe(element.parent);
            expect(element.path?.startsWith(`${around?.path ?? ''}/`)).toBe(true);
          }
        });
      }),
    );
  });

  test('has its problems at places that exist', () => {
    fc.assert(
      fc.property(configurations, (artifactConfiguration) => {
        for (const { path: place } of configurationProblems(artifactConfiguration)) {
          let value: unknown = artifactConfiguration;
          // The last key may be one that is missing, such as a matches that was left out.
          for (const key of place.slice(0, -1)) value = (value as Record<string, unknown>)[key];
          expect(value).toBeTypeOf('object');
        }
      }),
    );
  });
});

/** All that the signer opens and packs again. */
const containers = ['zip', 'tar', 'tar.gz', 'cab', 'nuget', 'jar'] as const;
const leaf = fc.tuple(fc.constantFrom('a.exe', '*.exe', 'd/*', '**'), matches).map(([at, count]) => ({
  type: 'pe',
  sign,
  path: at,
  ...count,
}));
const grouped = fc.oneof(
  leaf,
  fc
    .tuple(fc.constantFrom('d', '?', 'd/?'), matches, fc.array(leaf, { minLength: 1, maxLength: 2 }))
    .map(([at, count, inside]) => ({ type: 'directory', path: at, contents: inside, ...count })),
  fc
    .array(fc.tuple(fc.constantFrom('a.exe', 'b.exe', 'd/a.exe'), matches), { minLength: 1, maxLength: 2 })
    .map((included) => ({
      type: 'set',
      include: included.map(([at, count]) => ({ path: at, ...count })),
      each: { type: 'pe', sign },
    })),
) as fc.Arbitrary<Contents[number]>;

test('directories, sets and counts mean the same in every container', () => {
  const paths = fc.uniqueArray(
    fc.constantFrom('a.exe', 'b.exe', 'd/a.exe', 'd/b.exe', 'e/a.exe', 'd/e/a.exe'),
    {
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(fc.array(grouped, { minLength: 1, maxLength: 3 }), paths, (contents, list) => {
      const judged = containers.map((type) => {
        const one = configuration({ type, contents });
        if (problems(one).length > 0) return problems(one).join();
        const filled = fillParameters(one, {});
        if (!filled.ok) return 'not filled';
        const matcher = compileConfiguration(filled.configuration);
        const counts = new Map<number, number>();
        for (const each of list) {
          const index = matcher.matchEntry(0, each)?.index ?? -1;
          counts.set(index, (counts.get(index) ?? 0) + 1);
        }
        const context = { matcher, container: 0, containerPath: [], locations: {}, counts, paths: list };
        return JSON.stringify(checkCounts(context));
      });
      expect(new Set(judged).size).toBe(1);
    }),
  );
});

test('the schema knows every type that the signer may learn one day', () => {
  const text = JSON.stringify(schemas.ArtifactConfiguration);
  for (const type of [
    'pe',
    'msi',
    'cab',
    'catalog',
    'powershell',
    'windows-script',
    'appx',
    'msix',
    'jar',
    'nuget',
  ]) {
    expect(text).toContain(`"${type}"`);
  }
  for (const type of [
    'opc',
    'deb',
    'rpm',
    'apk',
    'xml',
    'oci',
    'zip',
    'tar',
    'tar.gz',
    'directory',
    'file',
    'set',
  ]) {
    expect(text).toContain(`"${type}"`);
  }
});
