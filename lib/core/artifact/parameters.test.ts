import { describe, expect, test } from 'vitest';
import { problems, sign, zip, type Contents } from './configuration.fixture.ts';
import { compileConfiguration, configurationProblems } from './index.ts';

describe('parameters', () => {
  const program = (path: string, more: object = {}): Contents => [{ type: 'pe', path, sign, ...more }];

  test('stand for their defaults in every text', () => {
    const one = zip(
      program('widget-${version}.exe', {
        metadata: { productVersion: '${version}.*' },
        sign: { ...sign, description: 'Widget ${version}', descriptionUrl: 'https://example.org/${version}' },
      }),
      [{ name: 'version', default: '1.2' }],
    );
    expect(configurationProblems(one)).toEqual([]);
    expect(compileConfiguration(one).elements[1]).toMatchObject({
      path: 'widget-1.2.exe',
      check: { metadata: { productVersion: '1.2.*' } },
      sign: { description: 'Widget 1.2', descriptionUrl: 'https://example.org/1.2' },
    });
  });

  test('are not looked for in their values, and $${ is a literal ${', () => {
    const one = zip(program('$${a}${a}.exe'), [
      { name: 'a', default: '${b}' },
      { name: 'b', default: 'never' },
    ]);
    expect(compileConfiguration(one).elements[1]?.path).toBe('${a}${b}.exe');
  });

  test.each([
    ['an unknown name', '${verson}.exe', 'rule.parameter root/contents/0/path'],
    ['a name without an end', '${version', 'rule.parameter root/contents/0/path'],
    ['no name', '${}', 'rule.parameter root/contents/0/path'],
    ['a name for outputFile only', '${file.name}', 'rule.parameter root/contents/0/path'],
    ['steps up', 'a/${up}/b.exe', 'rule.parameter root/contents/0/path'],
    ['nothing', '${empty}/b.exe', 'rule.parameter root/contents/0/path'],
    ['backslashes', 'a${back}b.exe', 'rule.parameter root/contents/0/path'],
    ['an invalid pattern', '${stars}x.exe', 'rule.pattern root/contents/0/path'],
  ])('are refused where they stand for %s', (_, path, expected) => {
    const parameters = [
      { name: 'version', default: '1' },
      { name: 'up', default: '..' },
      { name: 'empty' },
      { name: 'back', default: '\\' },
      { name: 'stars', default: '**' },
    ];
    const one = zip(program(path), parameters);
    expect(problems(one)).toEqual([expected]);
    expect(() => compileConfiguration(one)).toThrow();
  });

  test('are refused if two have one name', () => {
    expect(problems(zip(program('a.exe'), [{ name: 'a' }, { name: 'a' }]))).toEqual([
      'rule.parameter parameters/1/name',
    ]);
  });

  test('can’t make a description or an address that isn’t one', () => {
    const long = [{ name: 'x', default: 'x'.repeat(200) }];
    const description = '${x}${x}';
    expect(problems(zip(program('a.exe', { sign: { ...sign, description } }), long))).toEqual([
      'rule.parameter root/contents/0/sign/description',
    ]);
    const descriptionUrl = 'https://${x}/';
    const blank = [{ name: 'x', default: 'a b' }];
    expect(problems(zip(program('a.exe', { sign: { ...sign, descriptionUrl } }), blank))).toEqual([
      'rule.parameter root/contents/0/sign/descriptionUrl',
    ]);
  });
});
