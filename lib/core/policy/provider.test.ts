/** Whose builds an origin speaks of: what goes together, what files from before there was a choice mean. */
import { describe, expect, test } from 'vitest';
import type { BuildSystem } from '../generated/index.ts';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import type { JsonValue } from '../json/index.ts';
import { checkProject } from './check-project.ts';
import { formatDiagnostic } from './diagnostic.ts';
import { describePolicy, effectivePolicy, loadSnapshot } from './index.ts';
import { compareSnapshots } from './plan/index.ts';
import { judgeField } from './plan/judge-field.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';
import type { PolicySnapshot } from './snapshot.ts';

const files = seedWithKeys();
const release = 'projects/esbuild-demo/policies/release-signing.yaml';
const trust = 'trust/root.yaml';
const slug = parseProjectSlug('esbuild-demo');

function seed(...changes: readonly (readonly [file: string, from: string, to: string])[]): PolicySnapshot {
  const changed = new Map(files);
  for (const [file, from, to] of changes) {
    const text = decode(changed.get(file));
    expect(text).toContain(from);
    changed.set(file, encode(text.replace(from, to)));
  }
  const loaded = loadSnapshot(changed, seedCommit);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
  return loaded.snapshot;
}

function effective(snapshot: PolicySnapshot) {
  const found = effectivePolicy(snapshot, slug, parsePolicySlug('release-signing'));
  if (!found.ok) throw new Error('the seed has a release policy');
  return found.value;
}

const said = [release, '  buildSystem:', '  provider: github\n  buildSystem:'] as const;
const lineOf = (text: string, words: string): number => text.slice(0, text.indexOf(words)).split('\n').length;

/** As a later version would read it, which knows another provider. */
function ofAnother(snapshot: PolicySnapshot): PolicySnapshot {
  const { value } = snapshot.trustRoot;
  const buildSystems = value.buildSystems.map((system) => ({
    ...system,
    provider: 'another' as BuildSystem['provider'],
  }));
  return {
    ...snapshot,
    trustRoot: { ...snapshot.trustRoot, value: { ...value, buildSystems } as typeof value },
  };
}

function diagnosticsOf(snapshot: PolicySnapshot): readonly string[] {
  const project = snapshot.projects.get(slug);
  if (project === undefined) throw new Error('the seed has the project');
  return checkProject(snapshot, project).map(formatDiagnostic);
}

describe('an origin and its build system', () => {
  test('go together where neither says whose it is, or both say the same', () => {
    expect(diagnosticsOf(seed())).toEqual([]);
    expect(diagnosticsOf(seed(said))).toEqual([]);
    expect(diagnosticsOf(seed([trust, '    issuer:', '    provider: github\n    issuer:']))).toEqual([]);
  });

  test('are refused where they are of two providers, at the policy’s line', () => {
    const unsaid = diagnosticsOf(ofAnother(seed()));
    expect(unsaid).toHaveLength(1);
    expect(unsaid[0]).toContain(`${release}:${lineOf(decode(files.get(release)), 'origin:')}:`);
    expect(unsaid[0]).toContain('[rule.provider]');
    expect(unsaid[0]).toContain('`provider: another`');
    const [written] = diagnosticsOf(ofAnother(seed(said)));
    expect(written).toContain(
      'for provider github, but the build system `development` is of provider another',
    );
  });
});

describe('a policy that doesn’t say whose builds it means', () => {
  test('means the same as one that says github', () => {
    const [before, after] = [effective(seed()), effective(seed(said))];
    expect(after.originPolicy).toEqual(before.originPolicy);
    expect(describePolicy(after)).toEqual(describePolicy(before));
  });

  test('changes in nothing when it says so, nor does a build system', () => {
    const change = compareSnapshots(
      seed(),
      seed(said, [trust, '    issuer:', '    provider: github\n    issuer:']),
    );
    expect(change.map(({ effect, field }) => [effect, field])).toEqual([
      ['neutral', 'buildSystems[github-actions].provider'],
      ['neutral', 'origin.provider'],
    ]);
  });
});

describe('a change of provider', () => {
  const judge = (before: JsonValue, after: JsonValue, path: readonly string[] = ['origin', 'runner']) =>
    judgeField(
      'SigningPolicy',
      { path, place: path, nature: 'value', before: 'self-hosted', after: 'github-hosted' },
      { before, after },
    ).effect;
  const another = { origin: { provider: 'another' } };

  test('loosens, whatever the lines themselves would say', () => {
    expect(judge({ origin: {} }, { origin: { provider: 'github' } })).toBe('tightens');
    expect(judge(another, { origin: {} })).toBe('loosens');
    expect(judge({ origin: {} }, another)).toBe('loosens');
    expect(judge(another, another)).toBe('loosens');
  });
});
