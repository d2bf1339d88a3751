/** The artifact configuration language as it is written: YAML in, diagnostics with places out. */
import { describe, expect, test } from 'vitest';
import { compileConfiguration } from '../artifact/index.ts';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { effectivePolicy, formatDiagnostic, loadSnapshot } from './index.ts';
import { encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

const file = 'projects/zip-demo/artifacts/portable-archive.yaml';

const written = (text: string) =>
  loadSnapshot(
    seedWithKeys().set(file, encode(`apiVersion: countersign/v1\nkind: ArtifactConfiguration\n${text}`)),
    seedCommit,
  );

const diagnosticsOf = (text: string): readonly string[] => {
  const loaded = written(text);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
};

const release = `parameters:
  - name: version
    default: '1.2'
root:
  type: zip
  contents:
    - type: directory
      path: widget-\${version}
      contents:
        - type: set
          include:
            - path: widget.exe
            - path: plugins/*.dll
              matches: { min: 0, max: unbounded }
              metadata: { productName: Widget plugin }
          each:
            type: pe
            metadata: { productName: Widget, productVersion: '\${version}.*' }
            sign: { method: authenticode }
`;

describe('an artifact configuration', () => {
  test('with sets, directories, parameters and metadata is part of a snapshot', () => {
    const loaded = written(release);
    expect(loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic)).toEqual([]);
    if (!loaded.ok) return;
    const policy = effectivePolicy(
      loaded.snapshot,
      parseProjectSlug('zip-demo'),
      parsePolicySlug('test-signing'),
    );
    if (!policy.ok) throw new Error('no policy');
    const { elements } = compileConfiguration(policy.value.artifactConfiguration);
    expect(elements.map(({ path }) => path)).toEqual([
      null,
      'widget-1.2/widget.exe',
      'widget-1.2/plugins/*.dll',
    ]);
    expect(policy.value.artifactLocations).toMatchObject({
      '/root/contents/0': { file, line: 9, column: 7 },
      '/root/contents/0/contents/0/include/1': { file, line: 15, column: 15 },
    });
  });

  test.each([
    [
      'root:\n  type: oci\n  sign: { method: cosign }\n',
      ':4:9: This version of the signer can’t sign container images (oci) yet.',
    ],
    [
      release.replace('            type: pe\n', '            type: pe\n            verify: authenticode\n'),
      ':22:13: `verify` asks for a file that is signed, and `existingSignature: refuse` for one that isn’t.',
    ],
    [
      release.replace("default: '1.2'", "default: '1.2'\n    pattern: '2.*'"),
      ':5:14: The default doesn’t fit the pattern',
    ],
    [release.replace('- name: version', '- name: release'), ':10:13: There is no parameter `version`.'],
    [release.replace('widget-${version}', '"**"'), ':10:13: `**` can’t be part of a directory’s path'],
    [
      release.replace('{ productName: Widget plugin }', '{ productNme: Widget plugin }'),
      'Unknown key `productNme`; did you mean `productName`?',
    ],
    [
      release.replace('{ productName: Widget plugin }', '{}'),
      ':17:15: `root.contents[0].contents[0].include[1].metadata` is empty.',
    ],
  ])('is refused with its place: %#', (text, expected) => {
    expect(diagnosticsOf(text)[0]).toContain(expected);
  });
});
