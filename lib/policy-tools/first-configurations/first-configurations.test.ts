import { describe, expect, it } from 'vitest';
import { configurationProblems, compileConfiguration } from '#core/artifact/index.ts';
import { parsePolicyFile } from '#core/policy/index.ts';
import { firstConfigurations, firstConfigurationText } from './index.ts';

describe('a configuration to start from', () => {
  it.each(firstConfigurations.map((first) => [first.kind, first] as const))(
    'is valid and signs: %s',
    (_, first) => {
      const text = firstConfigurationText(first, 'It’s: "Widget" # {x}', ['From: the application\nroot: {}']);
      const parsed = parsePolicyFile({
        path: 'projects/widget/artifacts/package.yaml',
        bytes: new TextEncoder().encode(text),
      });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
      const { value } = parsed.document;
      if (value.kind !== 'ArtifactConfiguration') throw new Error(value.kind);
      expect(configurationProblems(value)).toEqual([]);
      expect(compileConfiguration(value).elements.some(({ sign }) => sign !== null)).toBe(true);
    },
  );

  it('is there for each format that is signed', () => {
    const signed = firstConfigurations.flatMap(({ root }) =>
      compileConfiguration({
        apiVersion: 'countersign/v1',
        kind: 'ArtifactConfiguration',
        root: root('x'),
      }).elements.flatMap(({ sign, type }) => (sign === null ? [] : [type])),
    );
    expect([...new Set(signed)].toSorted()).toEqual([
      'cab',
      'catalog',
      'file',
      'jar',
      'msi',
      'nuget',
      'pe',
      'powershell',
    ]);
  });
});
