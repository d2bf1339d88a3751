import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicyFile, readYaml } from './index.ts';
import { seedWithKeys } from './seed.fixture.ts';
import { decodeSource } from './source-text.ts';

const corpus = join(import.meta.dirname, 'corpus');
const person = `apiVersion: countersign/v1
kind: Person
name: &name
  A person
identities: {github: '12'}
approvalKeys:
  - type: ssh
    publicKey: ssh-ed25519 x
`;

/** As `locate` counts them: what the pointers of the whole reading say. */
function samePlaces(path: string, bytes: Uint8Array): number {
  const parsed = parsePolicyFile({ path, bytes });
  const decoded = decodeSource(path, bytes);
  const read = decoded.ok ? readYaml(decoded.source) : null;
  if (!parsed.ok || read?.ok !== true) return 0;
  for (const [pointer, place] of read.content.values) {
    const steps = pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    expect([pointer, parsed.document.locate(steps)]).toEqual([pointer, place]);
    expect(parsed.document.locate([...steps, 'nothing', 7])).toEqual(place);
  }
  return read.content.values.size;
}

describe('where the parts of a document stand', () => {
  it('is for each of them what a reading with positions says', () => {
    let places = 0;
    for (const [path, bytes] of seedWithKeys()) if (path.endsWith('.yaml')) places += samePlaces(path, bytes);
    expect(places).toBeGreaterThan(300);
  });

  it('is so in files that were trouble: aliases, names that are numbers, long texts', () => {
    let files = 0;
    for (const name of readdirSync(corpus).filter((one) => one.endsWith('.yaml'))) {
      const path = name.endsWith('.artifact.yaml')
        ? 'projects/esbuild-demo/artifacts/windows-package.yaml'
        : name.endsWith('.policy.yaml')
          ? 'projects/esbuild-demo/policies/release-signing.yaml'
          : 'people/demo-steward.yaml';
      if (samePlaces(path, readFileSync(join(corpus, name))) > 0) files += 1;
    }
    expect(files).toBeGreaterThan(0);
    const long = person.replace('A person', `A person # ${'é'.repeat(40_000)}`);
    expect(samePlaces('people/one.yaml', new TextEncoder().encode(long))).toBe(10);
    expect(samePlaces('people/one.yaml', new TextEncoder().encode(person))).toBe(10);
    const project =
      'apiVersion: countersign/v1\nkind: ArtifactConfiguration\nparameters:\n  b: {}\n  "7": {}\n  a: {}\nroot: {type: zip, contents: []}\n';
    samePlaces('projects/a/artifacts/b.yaml', new TextEncoder().encode(project));
  });
});
