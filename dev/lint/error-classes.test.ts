/** Walks the sources: what an error class must have for logs, and for code that tells errors by name, to know it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { projectDirectory } from '../stack/index.ts';

interface SourceClass {
  readonly file: string;
  readonly name: string;
  readonly parent: string;
  /** Of its own, as a literal. */
  readonly errorName: string | null;
  /** Text of the first type argument of what it extends. */
  readonly codes: string | null;
}

/** Runs before any package is there and on any version of Node, so it can import nothing that has types. */
const withoutPackages = ['scripts/set-up/steps.mjs SetUpError'];

function classesOf(file: string, source: string): readonly SourceClass[] {
  const found: SourceClass[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) {
      const extended = node.heritageClauses?.find((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)
        ?.types[0];
      if (extended !== undefined) {
        found.push({
          file,
          name: node.name?.text ?? '(without a name)',
          parent: extended.expression.getText(),
          errorName: errorNameOf(node),
          codes: extended.typeArguments?.[0]?.getText() ?? null,
        });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

function errorNameOf(node: ts.ClassLikeDeclaration): string | null {
  for (const member of node.members) {
    if (!ts.isPropertyDeclaration(member) || member.name.getText() !== 'errorName') continue;
    if (member.initializer !== undefined && ts.isStringLiteral(member.initializer))
      return member.initializer.text;
  }
  return null;
}

/** What is wrong with the error classes among these. */
function problemsOf(classes: readonly SourceClass[]): readonly string[] {
  // To a fixed point, for a child may stand before its parent.
  const known = new Set(['Error', 'AggregateError', 'TypeError', 'RangeError', 'SyntaxError']);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const { name, parent } of classes) if (known.has(parent)) known.add(name);
  }
  const errors = classes.filter(
    (sourceClass) => known.has(sourceClass.parent) && sourceClass.name !== 'CodedError',
  );
  const names = new Map<string, string>();
  return errors.flatMap(({ file, name, parent, errorName, codes }) => {
    const at = `${file} ${name}`;
    const problems: string[] = [];
    if (/^(?:Aggregate|Type|Range|Syntax)?Error$/.test(parent)) problems.push(`${at} extends ${parent}`);
    if (errorName !== name) problems.push(`${at} has the name ${String(errorName)}`);
    const other = names.get(name);
    if (other !== undefined) problems.push(`${at} has the name of one in ${other}`);
    names.set(name, file);
    if (parent === 'CodedError' && codes === null) problems.push(`${at} says no codes`);
    return [...problems, ...wrongCodes(codes ?? '').map((code) => `${at} has the code ${code}`)];
  });
}

/** Literals among the codes of a class that are no code, or there twice. */
function wrongCodes(codes: string): readonly string[] {
  const literals = Array.from(codes.matchAll(/'([^']*)'/g), ([, code = '']) => code);
  return literals.filter((code, at) => !/^[A-Z][A-Z0-9_]*$/.test(code) || literals.indexOf(code) !== at);
}

/** The literals of `export type XErrorCode = 'A' | 'B'`. */
function codeTypesOf(file: string, source: string): readonly string[] {
  const types = source
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .matchAll(/^(?:export )?type (\w*Error)Code =\s*([^;]*);/gm);
  return Array.from(types).flatMap(([, name = '', codes = '']) =>
    wrongCodes(codes).map((code) => `${file} ${name} has the code ${code}`),
  );
}

const files = globSync('{app,bench,cli,dev,e2e,lib,scripts,signer}/**/*.{ts,tsx,mjs}', {
  cwd: projectDirectory,
  exclude: ['**/*.test.ts', '**/*.test.tsx', '**/node_modules/**', '**/generated/**'],
}).concat('server.ts');
const sources = files.map((file) => [file, readFileSync(join(projectDirectory, file), 'utf8')] as const);

describe('the error classes of this project', () => {
  it('extend the common base, with a unique name and codes', () => {
    const classes = sources
      .filter(([, source]) => source.includes(' extends '))
      .flatMap(([file, source]) => classesOf(file, source))
      .filter(({ file, name }) => !withoutPackages.includes(`${file} ${name}`));
    expect(classes.length).toBeGreaterThan(80);
    expect(problemsOf(classes)).toEqual([]);
    expect(sources.flatMap(([file, source]) => codeTypesOf(file, source))).toEqual([]);
  });

  it.each([
    ["class A extends Error { static readonly errorName = 'A' }", 'x.ts A extends Error'],
    ["class A extends CodedError<'A'> {}", 'x.ts A has the name null'],
    ["class A extends CodedError<'A'> { static override readonly errorName = 'B' }", 'x.ts A has the name B'],
    ["class A extends CodedError { static override readonly errorName = 'A' }", 'x.ts A says no codes'],
    [
      "class A extends CodedError<'A' | 'B' | 'A'> { static readonly errorName = 'A' }",
      'x.ts A has the code A',
    ],
    [
      "class A extends CodedError<'not found'> { static readonly errorName = 'A' }",
      'x.ts A has the code not found',
    ],
    [
      "class B extends A { }; class A extends CodedError<'A'> { static errorName = 'A' }",
      'x.ts B has the name null',
    ],
  ])('are reported: %s', (source, problem) => {
    const base = 'abstract class CodedError extends Error {}\n';
    expect(problemsOf(classesOf('x.ts', base + source))).toEqual([problem]);
  });

  it('are reported if two have the same name', () => {
    const one =
      "class CodedError extends Error {}\nclass A extends CodedError<'A'> { static errorName = 'A' }\n";
    const all = [...classesOf('x.ts', one), ...classesOf('y.ts', one)];
    expect(problemsOf(all)).toEqual(['y.ts A has the name of one in x.ts']);
  });
});
