import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { parsePolicyFile } from '#core/policy/index.ts';
import { configuration, importText, refusal } from './configuration.fixture.ts';
import { importSignpath } from './import.ts';
import { directiveAttributes, fileKinds, setKinds } from './vocabulary.ts';

const namespace = 'http://signpath.io/artifact-configuration/v1';
const policy = 'release.yml';

function many(count: number, one: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => one(at)).join('');
}

describe('a configuration that SignPath’s format does not know', () => {
  it.each([
    ['an unknown element', '<zip-file><exe-file path="a"/></zip-file>', '3:11 signpath.element'],
    ['an unknown directive', '<pe-file><authenticode-sing/></pe-file>', '3:10 signpath.element'],
    ['a directive of another kind', '<pe-file><nuget-sign/></pe-file>', '3:10 signpath.element'],
    [
      'a file in a file that can’t contain any',
      '<pe-file><pe-file path="a"/></pe-file>',
      '3:10 signpath.element',
    ],
    ['an unknown attribute', '<pe-file\n  product-nam="x"/>', '4:3 signpath.attribute'],
    ['an attribute of another kind', '<msi-file product-name="x"/>', '3:11 signpath.attribute'],
    [
      'a misspelt count',
      '<zip-file><pe-file path="a" max-occurences="2"/></zip-file>',
      '3:29 signpath.attribute',
    ],
    ['a missing path', '<zip-file><pe-file/></zip-file>', '3:11 signpath.path'],
    ['a path that leaves', '<zip-file><pe-file path="../a"/></zip-file>', '3:20 signpath.path'],
    ['stars next to characters', '<zip-file><pe-file path="a**"/></zip-file>', '3:20 signpath.path'],
    ['an empty path', '<zip-file><pe-file path=""/></zip-file>', '3:20 signpath.path'],
    [
      'an invalid count',
      '<zip-file><pe-file path="a" min-matches="-1"/></zip-file>',
      '3:29 signpath.matches',
    ],
    [
      'counts the wrong way round',
      '<zip-file><pe-file path="a" min-matches="2"/></zip-file>',
      '3:29 signpath.matches',
    ],
    ['an empty set', '<zip-file><pe-file-set/></zip-file>', '3:11 signpath.set'],
    ['a set as the root', '<pe-file-set><include path="a"/></pe-file-set>', '3:1 signpath.element'],
    ['two roots', '<pe-file/><pe-file/>', '3:11 signpath.root'],
    ['no root', '<parameters/>', '2:1 signpath.root'],
    [
      'verification after signing',
      '<pe-file><authenticode-sign/><authenticode-verify/></pe-file>',
      '3:30 signpath.order',
    ],
    ['an undeclared parameter', '<pe-file product-name="${x}"/>', '3:10 signpath.parameter'],
    ['text between elements', '<zip-file>\n sign it</zip-file>', '4:2 signpath.text'],
    ['CDATA', '<zip-file><![CDATA[x]]></zip-file>', '3:11 signpath.text'],
    ['an element of another namespace', '<x:y xmlns:x="urn:x"/>', '3:1 signpath.namespace'],
    [
      'a parameter twice',
      '<parameters><parameter name="a"/><parameter name="a"/></parameters><pe-file/>',
      '3:45 signpath.parameter',
    ],
    ['an invalid flag', '<pe-file><authenticode-sign append="maybe"/></pe-file>', '3:29 signpath.value'],
    [
      'a hidden character behind a reference',
      '<pe-file product-name="a&#x202e;b"/>',
      '3:10 signpath.characters',
    ],
  ])('refuses %s with line and column', (_, inside, expected) => {
    expect(refusal(configuration(inside))).toBe(expected);
  });

  it.each([
    ['an end tag too few', `<artifact-configuration xmlns="${namespace}">\n<zip-file>`, 'signpath.xml'],
    [
      'crossed end tags',
      `<artifact-configuration xmlns="${namespace}">\n<a></b></a></artifact-configuration>`,
      'signpath.xml',
    ],
    ['an attribute twice', configuration('<pe-file path="a" path="b"/>'), 'signpath.xml'],
    ['an unknown entity', configuration('<pe-file path="&x;"/>'), 'signpath.xml'],
    [
      'a document type',
      `<!DOCTYPE a SYSTEM "file:///etc/passwd">${configuration('<pe-file/>')}`,
      'signpath.doctype',
    ],
    ['custom entities', `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, 'signpath.doctype'],
    ['no namespace', '<artifact-configuration><pe-file/></artifact-configuration>', 'signpath.namespace'],
    [
      'another namespace',
      '<artifact-configuration xmlns="urn:x"><pe-file/></artifact-configuration>',
      'signpath.namespace',
    ],
    ['another root', `<configuration xmlns="${namespace}"/>`, 'signpath.element'],
    ['nothing but a comment', '<!-- x -->', 'signpath.xml'],
    ['a zero byte', '<a>\0</a>', 'signpath.characters'],
    ['an empty file', '', 'file.'],
  ])('refuses %s', (_, text, rule) => {
    const result = importText(text);
    expect(result.ok ? 'imported' : result.diagnostic.rule).toMatch(
      new RegExp(`^(?:${rule}|signpath.value)`),
    );
  });

  it('names what was probably meant', () => {
    const result = importText(configuration('<zip-file><pe-fil path="a"/></zip-file>'));
    expect(result.ok ? '' : result.diagnostic.fix).toBe('Did you mean <pe-file>?');
  });

  it('refuses files that are not UTF-8, at the byte', () => {
    const bytes = Buffer.concat([Buffer.from('<a>\n  '), Buffer.from([0xff]), Buffer.from('</a>')]);
    const result = importSignpath({ path: 'a.xml', bytes });
    expect(
      result.ok ? null : [result.diagnostic.line, result.diagnostic.column, result.diagnostic.rule],
    ).toEqual([2, 3, 'signpath.encoding']);
  });
});

describe('a policy file that SignPath does not know', () => {
  it.each([
    ['an unknown section', 'github-polices:\n  build: {}\n', '1:1 signpath.key'],
    ['an unknown key', 'github-policies:\n  runner: {}\n', '2:3 signpath.key'],
    [
      'an invented key in the second generation',
      'github-build-policies:\n  invalid-key: abc\n',
      '2:3 signpath.key',
    ],
    [
      'an unknown rule',
      'github-policies:\n  branch_rulesets:\n    - condition:\n        rules:\n          - no_pushes: true\n',
      '5:13 signpath.key',
    ],
    [
      'an unknown rule type',
      'github-scm-policies:\n  ruleset_constraints:\n    - rules:\n      - type: deletions\n',
      '4:15 signpath.value',
    ],
    ['a text for a flag', 'github-policies:\n  build:\n    disallow_reruns: "yes"\n', '3:22 signpath.value'],
    [
      'an invalid date',
      'github-scm-policies:\n  ruleset_constraints:\n  - enforced_from: 2025-02-30\n',
      '3:20 signpath.value',
    ],
    ['two generations at once', 'github-policies: {}\ngithub-build-policies: {}\n', '1:1 signpath.value'],
    ['a list', '- a\n', '1:1 signpath.value'],
    ['a duplicate key', 'github-policies: {}\ngithub-policies: {}\n', '2:1 yaml.duplicate-key'],
    ['a custom tag', 'github-policies: !!js/function x\n', '1:18 yaml.tag'],
    ['a prototype key', 'github-policies:\n  __proto__: {}\n', '2:3 yaml.key'],
  ])('refuses %s with line and column', (_, text, expected) => {
    expect(refusal(text, policy)).toBe(expected);
  });
});

describe('the importer', () => {
  it.each([
    ['1 MiB of nested elements', '<a>'.repeat(300_000), 'signpath.depth'],
    [
      '65 levels',
      configuration(`${'<directory path="a">'.repeat(64)}${'</directory>'.repeat(64)}`),
      'signpath.depth',
    ],
    ['too many elements', configuration('<pe-file/>'.repeat(20_000)), 'signpath.size'],
    [
      '1 MiB of references',
      configuration(`<zip-file><pe-file path="${'&amp;'.repeat(200_000)}"/></zip-file>`),
      'signpath',
    ],
    ['1 MiB of open quotes', `<a ${'b="'.repeat(300_000)}`, 'signpath.xml'],
    ['1 MiB of comment openings', '<!--'.repeat(250_000), 'signpath.xml'],
    ['1 MiB of less-than signs', '<'.repeat(1_000_000), 'signpath.xml'],
    [
      '1 MiB of attributes',
      `<a ${Array.from({ length: 80_000 }, (_, at) => `a${at}=""`).join(' ')}/>`,
      'signpath',
    ],
    ['1 MiB of brackets in YAML', '['.repeat(1_000_000), '(?:file|yaml).'],
    ['an alias bomb', `a: &a [x,x]\n${'b: [*a,*a]\n'.repeat(2)}`, 'yaml.'],
    ['2 MiB', ' '.repeat(2 * 1024 * 1024), 'signpath.size'],
  ])('refuses %s quickly', (_, text, rule) => {
    const milliseconds = cpuTimeOf(() => {
      const result = importText(text, text.startsWith('<') ? 'a.xml' : 'a.yml');
      expect(result.ok ? 'imported' : result.diagnostic.rule).toMatch(new RegExp(`^${rule}`));
    });
    expect(milliseconds).toBeLessThan(3_000);
  });

  it.each([
    [
      'namespaces',
      'a.xml',
      `<artifact-configuration xmlns="${namespace}" ${many(20_000, (at) => `xmlns:a${at}="u" `)}><zip-file>${many(
        9_000,
        (at) => `<file path="x${at}" xmlns:b="q"/>`,
      )}</zip-file></artifact-configuration>`,
    ],
    ['lines of a comment', 'a.xml', configuration(`<!--${'a\n'.repeat(500_000)}--><pe-file/>`)],
    [
      'changed parameters',
      'a.xml',
      configuration(
        `<parameters>${many(1_300, (at) => `<parameter name="a${'.'.repeat(at)}"/>`)}</parameters><pe-file/>`,
      ),
    ],
    [
      'commented rules',
      'a.yml',
      `github-scm-policies:\n  ruleset_constraints:\n  - rules:\n${many(
        3_300,
        (at) => `    # c${at}\n    - type: deletion\n`,
      )}`,
    ],
  ])('imports many %s in bounded time', (_, path, text) => {
    const milliseconds = cpuTimeOf(() => {
      expect(importText(text, path).ok).toBe(true);
    });
    expect(milliseconds).toBeLessThan(10_000);
  });

  it('answers any text with a result or a place, never with an exception', () => {
    const piece = fc.constantFrom(
      ...[...fileKinds.keys(), ...setKinds.keys(), ...directiveAttributes.keys()].flatMap((name) => [
        `<${name}>`,
        `</${name}>`,
        `<${name} path="a"/>`,
      ]),
      '<!--',
      '-->',
      '&amp;',
      '&#x41;',
      '<include path="*"/>',
      '<for-each>',
      '</for-each>',
      '𝄞',
      ' x="${y}"',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ maxLength: 8, unit: 'binary' })), { maxLength: 20 }),
        fc.boolean(),
        (pieces, wrapped) => {
          const text = wrapped ? configuration(pieces.join('')) : pieces.join('');
          const result = importText(text);
          if (result.ok) return;
          expect(result.diagnostic.line).toBeGreaterThan(0);
          expect(result.diagnostic.column).toBeGreaterThan(0);
          expect(text.split('\n').length).toBeGreaterThanOrEqual(result.diagnostic.line);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('makes of every configuration it accepts a file that our schema accepts', () => {
    const kinds = [...fileKinds].filter(([name]) => name !== 'directory');
    const file = fc
      .record({
        kind: fc.constantFrom(...kinds),
        name: fc.stringMatching(/^[a-zA-Z0-9 ._#:-]{0,12}[a-z]$/),
        min: fc.integer({ min: 0, max: 3 }),
        isSet: fc.boolean(),
        sign: fc.boolean(),
        comment: fc.stringMatching(/^[a-zA-Z0-9 #:'"\n]{0,20}$/),
      })
      .map(({ kind: [name, kind], name: path, min, isSet, sign, comment }) => {
        const directive = sign && kind.directives[0] !== undefined ? `<${kind.directives[0]}/>` : '';
        const at = `path="${path}" min-matches="${min}" max-matches="unbounded"`;
        return isSet
          ? `<!--${comment}--><${name}-set><include ${at}/><!--${comment}--><for-each>${directive}</for-each></${name}-set>`
          : `<!--${comment}--><${name} ${at}>${directive}</${name}>`;
      });
    fc.assert(
      fc.property(fc.array(file, { maxLength: 8 }), fc.boolean(), (files, nested) => {
        const inside = nested ? `<directory path="d">${files.join('')}</directory>` : files.join('');
        const result = importText(configuration(`<zip-file>${inside}</zip-file>`));
        if (!result.ok) throw new Error(`${result.diagnostic.message} in ${inside}`);
        const parsed = parsePolicyFile({
          path: 'projects/a/artifacts/a.yaml',
          bytes: new TextEncoder().encode(result.yaml),
        });
        if (!parsed.ok) throw new Error(`${parsed.diagnostics[0]?.message ?? ''}\n${result.yaml}`);
      }),
      { numRuns: 200 },
    );
  });
});
