import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lacksMaterial } from '../../../dev/test/lacks.ts';
import { configuration, imported } from './configuration.fixture.ts';
import { importSignpath } from './import.ts';

const cases = '../shared/cases/signpath';
const everythingElse = { type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } };

function root(inside: string): unknown {
  return (parse(imported(configuration(inside)).yaml) as { root: unknown }).root;
}

function notes(inside: string): string[] {
  return imported(configuration(inside))
    .notes.filter(({ level }) => level !== 'note')
    .map(({ level, line, column, what }) => `${line}:${column} ${level} ${what}`);
}

describe('an artifact configuration of SignPath', () => {
  it('becomes a configuration of ours that validates', () => {
    const result = imported(
      configuration('<zip-file><pe-file path="bin\\app.exe"><authenticode-sign /></pe-file></zip-file>'),
      '.signpath/artifact-configurations/My App.xml',
    );
    expect(result.remaining).toEqual([]);
    expect(result.path).toBe('artifacts/my-app.yaml');
    expect(parse(result.yaml)).toEqual({
      apiVersion: 'countersign/v1',
      kind: 'ArtifactConfiguration',
      root: {
        type: 'zip',
        contents: [{ type: 'pe', path: 'bin/app.exe', sign: { method: 'authenticode' } }, everythingElse],
      },
    });
  });

  it('keeps sets, with the restrictions of each include over those of the set', () => {
    const inside = `<zip-file><pe-file-set product-name="App">
      <include path="a.dll" />
      <include path="*.dll" min-matches="0" max-matches="unbounded" product-name="Other" company-name="C" />
      <for-each><authenticode-verify /><authenticode-sign append="true" /></for-each></pe-file-set></zip-file>`;
    expect(root(inside)).toMatchObject({
      contents: [
        {
          type: 'set',
          include: [
            { path: 'a.dll' },
            {
              path: '*.dll',
              matches: { min: 0, max: 'unbounded' },
              metadata: { productName: 'Other', companyName: 'C' },
            },
          ],
          each: {
            type: 'pe',
            metadata: { productName: 'App' },
            verify: 'authenticode',
            sign: { method: 'authenticode', existingSignature: 'append' },
          },
        },
        everythingElse,
      ],
    });
    expect(notes(inside)).toEqual([]);
  });

  it('says that signed files are refused, and advises what validation accepts', () => {
    const [note] = imported(configuration('<pe-file><authenticode-sign /></pe-file>')).notes;
    expect(JSON.stringify(note)).toMatch(/Submit these files unsigned, or add `existingSignature: replace`/);
    for (const [append, existing] of [
      ['true', 'append'],
      ['false', 'replace'],
    ]) {
      const { yaml, remaining } = imported(
        configuration(`<pe-file><authenticode-sign append="${append}"/></pe-file>`),
      );
      expect([yaml.includes(`existingSignature: ${existing}`), remaining]).toEqual([true, []]);
    }
  });

  it('keeps parameters and the places that use them', () => {
    const { yaml } = imported(
      configuration(`<parameters><!-- the release --><parameter name="version" default-value="1.0" required="true" />
      <parameter name="my.name" /></parameters>
      <msi-file subject="App \${my.name}"><pe-file path="app-\${version}.exe" /></msi-file>`),
    );
    expect(yaml).toContain('# the release\n  - name: version');
    const value = parse(yaml) as { parameters: unknown[]; root: unknown };
    expect(value.parameters).toEqual([
      { name: 'version', pattern: '*', default: '1.0', required: true },
      { name: 'p-my-name', pattern: '*', required: false },
    ]);
    expect(value.root).toMatchObject({
      type: 'msi',
      metadata: { subject: 'App ${p-my-name}' },
      contents: [{ type: 'pe', path: 'app-${version}.exe' }, everythingElse],
    });
  });

  it.each([
    ['powershell-file', 'authenticode-sign', 'powershell', 'authenticode'],
    ['windows-script-file', 'authenticode-sign', 'windows-script', 'authenticode'],
    ['catalog-file', 'authenticode-sign', 'catalog', 'authenticode'],
    ['msi-file', 'authenticode-sign', 'msi', 'authenticode'],
    ['cab-file', 'authenticode-sign', 'cab', 'authenticode'],
    ['appx-file', 'authenticode-sign', 'appx', 'authenticode'],
    ['msix-file', 'authenticode-sign', 'msix', 'authenticode'],
    ['opc-file', 'opc-sign', 'opc', 'opc'],
    ['nupkg-file', 'nuget-sign', 'nuget', 'nuget'],
    ['jar-file', 'jar-sign', 'jar', 'jar'],
    ['apk-file', 'apk-sign', 'apk', 'apk'],
    ['rpm-file', 'rpm-sign', 'rpm', 'rpm'],
    ['deb-file', 'debsigs-sign', 'deb', 'debsigs'],
    ['office-oxml-file', 'office-macro-sign', 'office-oxml', 'office-macro'],
    ['office-binary-file', 'office-macro-sign', 'office-binary', 'office-macro'],
    ['oci-image-layout-archive-file', 'cosign-sign', 'oci', 'cosign'],
    ['file', 'create-raw-signature', 'file', 'raw'],
    ['file', 'smime-sign', 'file', 'smime'],
  ])('accepts <%s> with <%s>, by itself and in sets', (element, directive, type, method) => {
    expect(root(`<${element}><${directive}/></${element}>`)).toEqual({ type, sign: { method } });
    const set = `<zip-file><${element}-set><include path="x"/><for-each><${directive}/></for-each></${element}-set></zip-file>`;
    expect(root(set)).toMatchObject({
      contents: [{ include: [{ path: 'x' }], each: { type } }, everythingElse],
    });
    const { remaining } = imported(configuration(`<${element}><${directive}/></${element}>`));
    const signed = ['powershell', 'windows-script', 'catalog', 'cab', 'msi', 'nuget', 'jar'].includes(type);
    const left = method === 'raw' ? 'rule.signature-file' : 'rule.unsupported';
    expect(remaining.map(({ rule }) => rule)).toEqual(signed ? [] : [left]);
  });

  it('translates encoding and type of signatures beside files, which the signer makes in archives', () => {
    const inside = `<zip-file><file path="a"><create-cms-signature output-encoding="DER"/></file>
<file path="b"><dsse-sign payload-type="application/vnd.in-toto+json"/></file></zip-file>`;
    expect(root(inside)).toMatchObject({
      contents: [
        { type: 'file', sign: { method: 'cms', encoding: 'der' } },
        { type: 'file', sign: { method: 'dsse', payloadType: 'application/vnd.in-toto+json' } },
        everythingElse,
      ],
    });
    expect(imported(configuration(inside)).remaining).toEqual([]);
  });

  it('translates what detached signatures, XML and JAR signatures can be set to', () => {
    const inside = `<zip-file><file path="a"><create-gpg-signature output-file-name="\${file.name}.asc" hash-algorithm="sha512" output-encoding="binary"/></file>
<xml-file path="bom.xml" root-element-name="bom" root-element-namespace="urn:x"><xml-sign key-info-x509-data="whole-chain"/></xml-file>
<jar-file path="x.jar"><jar-sign manifest-hash-algorithm="sha384"/></jar-file></zip-file>`;
    expect(root(inside)).toMatchObject({
      contents: [
        {
          type: 'file',
          sign: {
            method: 'openpgp',
            outputFile: '${file.name}.asc',
            hashAlgorithm: 'sha512',
            encoding: 'binary',
          },
        },
        {
          type: 'xml',
          metadata: { rootElement: 'bom', rootNamespace: 'urn:x' },
          sign: { method: 'xml', keyInfo: 'chain' },
        },
        { type: 'jar', sign: { method: 'jar', manifestHashAlgorithm: 'sha384' } },
        everythingElse,
      ],
    });
    expect(notes(inside)).toEqual([]);
  });

  it('names each file that a set of characters stands for, where that counts the same', () => {
    const any = 'min-matches="0" max-matches="unbounded"';
    const paths = (path: string) =>
      root(
        `<zip-file><pe-file-set><include path="${path}" ${any} product-name="A"/><for-each><authenticode-sign/></for-each></pe-file-set></zip-file>`,
      ) as { contents: { include?: { path: string; metadata: object }[] }[] };
    const included = (path: string) => paths(path).contents[0]?.include?.map((include) => include.path);
    expect(included('lib[ab]-[1-3].dll')).toEqual([
      'liba-1.dll',
      'liba-2.dll',
      'liba-3.dll',
      'libb-1.dll',
      'libb-2.dll',
      'libb-3.dll',
    ]);
    expect(included('lib[aA_-].dll')).toEqual(['liba.dll', 'lib_.dll', 'lib-.dll']);
    expect(
      root(`<zip-file><pe-file path="[ab].exe" ${any}><authenticode-sign/></pe-file></zip-file>`),
    ).toMatchObject({
      contents: [
        {
          type: 'set',
          include: [
            { path: 'a.exe', matches: { min: 0, max: 'unbounded' } },
            { path: 'b.exe', matches: { min: 0, max: 'unbounded' } },
          ],
          each: { type: 'pe', sign: { method: 'authenticode' } },
        },
        everythingElse,
      ],
    });
    for (const path of ['[!ab].exe', '[a-z][a-z].exe', '[z-a].exe', '[*].exe', '[].exe'])
      expect(notes(`<zip-file><pe-file path="${path}" ${any}/></zip-file>`)).toEqual([
        `3:20 left-out <pe-file> with the path "${path}"`,
      ]);
    expect(notes('<zip-file><pe-file path="[ab].exe"/></zip-file>')).toEqual([
      '3:20 left-out <pe-file> with the path "[ab].exe"',
    ]);
  });

  it('signs by two hashes what SignPath signs twice', () => {
    const twice = (first: string, second: string) =>
      root(`<pe-file><authenticode-sign ${first}/><authenticode-sign ${second}/></pe-file>`);
    expect(twice('description="D"', 'hash-algorithm="sha512" append="true"')).toEqual({
      type: 'pe',
      sign: { method: 'authenticode', hashAlgorithm: ['sha256', 'sha512'], description: 'D' },
    });
    expect(twice('hash-algorithm="sha1"', 'append="true"')).toEqual({
      type: 'pe',
      sign: { method: 'authenticode', existingSignature: 'append' },
    });
  });

  it('signs XML and JSON as files of any kind, where nothing is asked of what they say', () => {
    const inside = `<zip-file><xml-file path="a.xml"><create-cms-signature rsa-padding="pkcs1"/></xml-file>
<json-file path="b.json"><dsse-sign/></json-file></zip-file>`;
    expect(root(inside)).toMatchObject({
      contents: [
        { type: 'file', path: 'a.xml', sign: { method: 'cms' } },
        { type: 'file', path: 'b.json', sign: { method: 'dsse' } },
        everythingElse,
      ],
    });
    expect(notes(inside)).toEqual([]);
    expect(imported(configuration(inside)).remaining).toEqual([]);
  });

  it('keeps directories that may be several, with the counts in each of them', () => {
    const inside = `<nupkg-file><directory path="lib"><directory path="*" max-matches="unbounded"><pe-file path="W.dll"><authenticode-sign/></pe-file></directory></directory><nuget-sign/></nupkg-file>`;
    expect(root(inside)).toMatchObject({
      type: 'nuget',
      contents: [
        {
          type: 'directory',
          path: 'lib',
          contents: [{ type: 'directory', path: '*', matches: { min: 1, max: 'unbounded' } }],
        },
        everythingElse,
      ],
    });
    expect(imported(configuration(inside)).remaining).toEqual([]);
  });

  it('reports with its place what has no equivalent', () => {
    expect(
      notes(`<zip-file path="x.zip" ui-multifile-upload="on">
<pe-file path="[!ab].exe"/>
<pe-file path="a.exe" product-name=""><authenticode-sign hash-algorithm="sha1"/><authenticode-sign append="true"/></pe-file>
<json-file path="a.json"><jsf-sign hash-algorithm="sha256"/></json-file>
<directory path="."><clickonce-sign/><pe-file path="b.exe" product-version="1.*"/></directory>
<file path="c"><custom-sign method="m" anything="x"/><include-in-provenance/></file>
<create-provenance-file output-file-name="p.json"/></zip-file>`),
    ).toEqual([
      '3:11 left-out path="x.zip" of the root',
      '3:24 left-out ui-multifile-upload="on"',
      '4:10 left-out <pe-file> with the path "[!ab].exe"',
      '5:23 left-out product-name=""',
      '5:39 left-out <authenticode-sign> of <pe-file>',
      '6:26 left-out <jsf-sign> of <json-file>',
      '7:21 left-out <clickonce-sign> of <directory path=".">',
      '7:60 changed product-version="1.*"',
      '8:16 left-out <custom-sign> of <file>',
      '8:54 left-out <include-in-provenance> of <file>',
      '9:1 left-out <create-provenance-file> of <zip-file>',
    ]);
  });

  it('keeps comments at the element that they precede', () => {
    const { yaml } = imported(
      configuration(`<!-- head -->
<zip-file>
  <!-- the program
       and more -->
  <pe-file path="a.exe">
    <!-- why -->
    <authenticode-sign/>
  </pe-file>
  <pe-file-set>
    <include path="b.exe"/>
    <!-- not yet: <include path="c.exe"/> -->
    <for-each/>
    <!-- after -->
  </pe-file-set>
  <!-- last -->
</zip-file>
<!-- tail -->`),
    );
    expect(yaml).toBe(`apiVersion: countersign/v1
kind: ArtifactConfiguration
# head
root:
  type: zip
  contents:
    # the program
    # and more
    - type: pe
      path: a.exe
      # why
      sign:
        method: authenticode
    - type: set
      include:
        - path: b.exe
      # not yet: <include path="c.exe"/>
      each:
        type: pe
      # after
    # Everything else is let through unsigned.
    - type: file
      path: '**'
      matches: {min: 0, max: unbounded}
  # last

# tail
`);
  });

  it('accepts prefixes for the namespace, other attributes and a byte order mark', () => {
    const text = `\ufeff<s:artifact-configuration xmlns:s="http://signpath.io/artifact-configuration/v1"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"><s:pe-file/></s:artifact-configuration>`;
    expect(parse(imported(text).yaml)).toMatchObject({ root: { type: 'pe' } });
  });

  for (const [file, parts] of [
    ['gettext-iconv-zip.xml', { parameters: 12, includes: 45 }],
    ['mahapps-nupkg.xml', { parameters: 0, includes: 0 }],
  ] as const) {
    const path = `${cases}/${file}`;
    it.skipIf(lacksMaterial(path))(`imports the real ${file} without leaving anything out`, () => {
      const result = importSignpath({ path, bytes: readFileSync(path) });
      if (!result.ok) throw new Error(result.diagnostic.message);
      const changed = result.notes.filter(({ level }) => level !== 'note');
      expect(changed.every(({ why }) => why.includes('each request gives a value'))).toBe(true);
      const value = parse(result.yaml) as {
        parameters?: unknown[];
        root: { contents: { include?: unknown[] }[] };
      };
      expect(value.parameters?.length ?? 0).toBe(parts.parameters);
      expect(value.root.contents[0]?.include?.length ?? 0).toBe(parts.includes);
      expect(result.yaml.match(/Missing metadata/g)?.length ?? 0).toBe(parts.parameters > 0 ? 2 : 0);
      expect(result.remaining).toEqual([]);
    });
  }
});
