import { describe, expect, test } from 'vitest';
import { nuspec, type NuspecOptions } from './nuget.fixture.ts';
import { readNuspec } from './nuspec.ts';
import { readXml } from '#core/xml/index.ts';

const read = (text: string) => readNuspec(Buffer.from(text));
const about = (options: NuspecOptions) => read(nuspec(options));

test('texts are those of XML: references, CDATA, comments and white space around', () => {
  const more = '<authors>\n A &amp; <![CDATA[<B>]]><!-- c --> &#x43;&#68; </authors><owners/>';
  expect(about({ more })).toMatchObject({ authors: 'A & <B> CD', owners: '', repositoryUrl: null });
});

test('package types, of NuGet’s own namespace or of none', () => {
  const more =
    '<packageTypes><packageType name="DotnetTool" version="1"/><packageType name="X"/></packageTypes>';
  expect(about({ more }).packageTypes).toEqual(['DotnetTool', 'X']);
  const bare =
    '<package><metadata xmlns="http://example.org/x"><id>A</id><version>1</version></metadata></package>';
  expect(read(bare)).toMatchObject({ id: 'A', version: '1', packageTypes: [] });
});

describe('a .nuspec that two programs could read differently is refused', () => {
  test.each<[string, NuspecOptions]>([
    ['an id twice', { more: '<id>Other</id>' }],
    ['an id with a prefix', { more: '<x:id xmlns:x="y">Other</x:id>' }],
    ['authors in another namespace', { more: '<authors xmlns="y">Other</authors>' }],
    ['elements in an id', { id: 'A<b>B</b>' }],
    ['an id with a space', { id: 'A B' }],
    ['an id that is a path', { id: '../A' }],
    ['an id over 100 characters', { id: 'A'.repeat(101) }],
    ['no version', { version: '' }],
    ['a version with five parts', { version: '1.2.3.4.5' }],
    ['a version that is a word', { version: 'latest' }],
    ['a package type without name', { more: '<packageTypes><packageType/></packageTypes>' }],
    ['something else among package types', { more: '<packageTypes><type name="a"/></packageTypes>' }],
    ['two repositories', { more: '<repository url="a"/><repository url="b"/>' }],
  ])('%s', (_title, options) => {
    expect(() => about(options)).toThrow(expect.objectContaining({ code: 'NUSPEC_INVALID' }));
  });

  test.each([
    ['another root', '<packages/>'],
    ['no metadata', '<package/>'],
    ['metadata twice', '<package><metadata/><metadata/></package>'],
    ['metadata with a prefix', '<package xmlns:p="x"><p:metadata/></package>'],
  ])('%s', (_title, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'NUSPEC_INVALID' }));
  });

  test('other encodings', () => {
    expect(() => readNuspec(Uint8Array.of(0xff, 0xfe, 0x3c, 0))).toThrow(
      expect.objectContaining({ code: 'NUSPEC_ENCODING' }),
    );
    expect(() => read('<?xml version="1.0" encoding="utf-16"?><a/>')).toThrow('utf-16');
  });
});

describe('XML that isn’t well-formed, or more than is read, is refused with its line', () => {
  test.each([
    ['', 'no element'],
    ['<a>', 'missing'],
    ['\n<a></b>', 'line 2'],
    ['<a/><b/>', 'second root'],
    ['<a/>x', 'outside'],
    ['&#32;<a/>', 'outside'],
    ['<![CDATA[x]]><a/>', 'outside'],
    ['<!DOCTYPE a><a/>', 'document type'],
    ['<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', 'document type'],
    ['<?pi x?><a/>', 'processing instruction'],
    ['<a>&e;</a>', 'reference'],
    ['<a>& b</a>', 'reference'],
    ['<a>&#0;</a>', 'reference'],
    ['<a>&#xD800;</a>', 'reference'],
    ['<a>&constructor;</a>', 'reference'],
    ['<a b="1" b="2"/>', 'twice'],
    ['<a b=1/>', 'without its end'],
    ['<a b="<"/>', 'without its end'],
    ['<a b="1"c="2"/>', 'without its end'],
    ['<a>]]></a>', 'CDATA'],
    ['<a><!-- -- --></a>', 'comment'],
    ['<a><!-- </a>', 'without its end'],
    ['<a>\u0001</a>', 'character'],
    ['<a>\ufffe</a>', 'character'],
    ['< a/>', 'begins no element'],
    ['<a:b:c/>', 'without its end'],
    [`${'<a>'.repeat(65)}${'</a>'.repeat(65)}`, '64 levels'],
    [`<a>${'<b/>'.repeat(20_000)}</a>`, '20000 elements'],
    [`<a ${Array.from({ length: 65 }, (_none, index) => `a${index}=""`).join(' ')}/>`, '64 attributes'],
  ])('$1, of $0', (text, message) => {
    expect(() => readXml(text)).toThrow(message);
  });

  test('64 levels and line ends of every kind are read', () => {
    expect(() => readXml(`${'<a>'.repeat(64)}${'</a>'.repeat(64)}`)).not.toThrow();
    expect(readXml("<?xml version='1.0'?>\r<a b='\r\n&#13;'>\r\n</a>")).toMatchObject({
      name: 'a',
      attributes: new Map([['b', ' \r']]),
      children: [],
      text: '\n',
    });
  });
});
