import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Parameter } from '../generated/index.ts';
import { valueProblem } from '../wire/parameters/index.ts';
import { problems, sign, zip, type Contents } from './configuration.fixture.ts';
import { ArtifactError, compileAsWritten, compileConfiguration, fillParameters } from './index.ts';

const version: Parameter = { name: 'version', pattern: '*.*' };
const program = (path: string, more: object = {}): Contents => [{ type: 'pe', path, sign, ...more }];
const named = (list: Parameter[], path = 'widget-${version}.exe', more: object = {}) =>
  zip(program(path, more), list);

const filled = (...[configuration, values]: Parameters<typeof fillParameters>) => {
  const result = fillParameters(configuration, values);
  if (!result.ok) return result.problems.map(({ kind, name }) => `${kind} ${name ?? ''}`.trim());
  return compileConfiguration(result.configuration).elements[1]?.path;
};

describe('parameters that requests give', () => {
  test('stand for the value of the request, in paths, metadata and what is shown', () => {
    const one = named([version], undefined, {
      metadata: { productVersion: '${version}.*' },
      sign: { ...sign, description: 'Widget ${version}', descriptionUrl: 'https://example.org/${version}' },
    });
    expect(problems(one)).toEqual([]);
    const result = fillParameters(one, { version: '1.2' });
    if (!result.ok) throw new Error('the value is one');
    expect(compileConfiguration(result.configuration).elements[1]).toMatchObject({
      path: 'widget-1.2.exe',
      check: { metadata: { productVersion: '1.2.*' } },
      sign: { description: 'Widget 1.2', descriptionUrl: 'https://example.org/1.2' },
    });
    expect(result.filled).toEqual([{ name: 'version', value: '1.2', given: true }]);
  });

  test('nothing is compiled for a file before they are filled in; readers see their names', () => {
    const one = named([version]);
    expect(() => compileConfiguration(one)).toThrow(ArtifactError);
    expect(compileAsWritten(one).elements[1]?.path).toBe('widget-${version}.exe');
  });

  test('are refused where they are missing, not asked for, or look otherwise', () => {
    const optional: Parameter = { name: 'channel', pattern: '?*', default: 'stable' };
    const one = named([version, optional]);
    expect(filled(one, {})).toEqual(['missing version']);
    expect(filled(one, { version: '1.2', chanel: 'beta' })).toEqual(['unknown chanel']);
    expect(filled(one, { version: '12' })).toEqual(['pattern version']);
    expect(filled(one, { version: '1.2' })).toBe('widget-1.2.exe');
    expect(filled(one, { version: '*.*' })).toEqual(['pattern version']);
    expect(filled(one, { version: 'a.b/../c' })).toEqual(['pattern version']);
  });

  test('what the policy says for itself no request replaces', () => {
    const constant = named([{ name: 'version', default: '1.0' }]);
    expect(filled(constant, { version: '2.0' })).toEqual(['unknown version']);
    expect(filled(constant, {})).toBe('widget-1.0.exe');
    // As it was before requests could give any.
    const required = named([{ name: 'version', default: '1.0', required: true }]);
    expect(filled(required, { version: '2.0' })).toEqual(['unknown version']);
  });

  test('have a default only where none is required of the request', () => {
    expect(filled(named([{ ...version, default: '1.0' }]), {})).toBe('widget-1.0.exe');
    expect(filled(named([{ ...version, default: '1.0', required: true }]), {})).toEqual(['missing version']);
    expect(filled(named([{ name: 'version', required: true }]), { version: 'anything (x)' })).toBe(
      'widget-anything (x).exe',
    );
  });

  test('a name of JavaScript’s own is no value', () => {
    expect(filled(named([{ name: 'constructor', pattern: '*' }], '${constructor}.exe'), {})).toEqual([
      'missing constructor',
    ]);
  });

  test('are refused where the result would be no configuration', () => {
    const list = [version];
    const twice = zip([...program('${version}.exe'), { type: 'file', path: '1.2.exe' }], list);
    expect(filled(twice, { version: '1.2' })).toEqual(['unusable']);
    expect(filled(named(list, `${'a/'.repeat(200)}\${version}`), { version: `${'1.'.repeat(60)}0` })).toEqual(
      ['unusable'],
    );
  });

  test.each([
    [
      'why a file can’t be opened',
      { opaque: { reason: 'Made by ${version}, says the request.' } },
      'opaque/reason',
    ],
    [
      'the host of an address',
      { sign: { ...sign, descriptionUrl: 'https://${version}/a' } },
      'sign/descriptionUrl',
    ],
    [
      'the end of a host',
      { sign: { ...sign, descriptionUrl: 'https://a.example${version}/' } },
      'sign/descriptionUrl',
    ],
  ])('never say %s', (_, more, place) => {
    expect(problems(named([version], 'a.exe', more))).toEqual([`rule.parameter root/contents/0/${place}`]);
  });

  test('never say of what type a signed statement is', () => {
    const envelope = { method: 'dsse', payloadType: 'a/${version}' } as const;
    expect(problems(zip([{ type: 'file', path: 'a', sign: envelope }], [version]))).toEqual([
      'rule.parameter root/contents/0/sign/payloadType',
    ]);
  });

  test('never leave a pattern that is wider without them', () => {
    const empty: Parameter = { name: 'version', pattern: '*', default: '' };
    expect(problems(named([empty], 'a/*${version}*'))).toEqual(['rule.parameter root/contents/0/path']);
    expect(problems(named([empty], 'a/*${version}*.exe'))).toEqual([]);
    expect(problems(named([empty], 'a/**/${version}x'))).toEqual([]);
  });

  test('have defaults that a request could give', () => {
    const wrong = (value: string) => problems(named([{ ...version, default: value }]));
    expect(wrong('../..')).toEqual(['rule.parameter parameters/0/default']);
    expect(wrong('1')).toEqual(['rule.parameter parameters/0/default']);
    expect(wrong('1.0')).toEqual([]);
  });

  test('whatever the value: only files that have it in their path match, and no others', () => {
    const one = named([{ name: 'version', pattern: '*' }], 'a/*-${version}/b?.exe');
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 8 }), fc.stringMatching(/^[a-c1-3.*?/\\${} -]{1,6}$/)),
        fc.stringMatching(/^[a-c1-3./ -]{0,12}$/),
        (value, path) => {
          const result = fillParameters(one, { version: value });
          expect(result.ok).toBe(valueProblem(value) === null);
          if (!result.ok) return;
          const matcher = compileConfiguration(result.configuration);
          expect(matcher.matchEntry(0, `a/x-${value}/b1.exe`)?.index).toBe(1);
          const other = `a/x-${path}/b1.exe`;
          const same =
            path.toLowerCase() === value.toLowerCase() ||
            path.toLowerCase().endsWith(`-${value.toLowerCase()}`);
          expect(matcher.matchEntry(0, other) !== null).toBe(same && !path.includes('/'));
        },
      ),
    );
  });
});
