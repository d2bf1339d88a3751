import { beforeAll, describe, expect, test } from 'vitest';
import { createTestSigner, toPem } from '../pki/cms/signer.fixture.ts';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { effectivePolicy, formatDiagnostic, loadSnapshot } from './index.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

const trust = 'trust/root.yaml';
const artifact = 'projects/zip-demo/artifacts/portable-archive.yaml';
const files = seedWithKeys();
const reason = 'Signs the runtimes that we ship; from its own web site.';

let first: string;
let second: string;
let leaf: string;
beforeAll(() => {
  const signer = createTestSigner('Upstream');
  first = toPem([signer.root]);
  second = toPem([createTestSigner('Other').root]);
  leaf = toPem([signer.certificate]);
});

const rootsOf = (...roots: readonly (readonly [name: string, pem: string])[]): string =>
  JSON.stringify(roots.map(([name, certificate]) => ({ name, reason, certificate })));

/** The seed with these roots; `verify`: its archive’s program is one of upstream, or an installer whose programs are. */
function seedWith(roots: string | null, verify: boolean | 'inside') {
  const changed = new Map(files);
  if (roots !== null) changed.set(trust, encode(`${decode(files.get(trust))}upstreamRoots: ${roots}\n`));
  const text = decode(files.get(artifact));
  const asked = verify === 'inside' ? 'requireSignedInside: true' : 'verify: authenticode';
  const upstream = `\n    - { type: pe, path: upstream.dll, ${asked} }\n`;
  const verified = text.replace(/\n {2}contents:\n/, (line) => `${line.trimEnd()}${upstream}`);
  if (verify !== false) {
    expect(verified).not.toBe(text);
    changed.set(artifact, encode(verified));
  }
  return loadSnapshot(changed, seedCommit);
}

function policyWith(roots: string | null, verify: boolean | 'inside') {
  const loaded = seedWith(roots, verify);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join(' '));
  const slug = [...(loaded.snapshot.projects.get(parseProjectSlug('zip-demo'))?.policies.keys() ?? [])][0];
  const found = effectivePolicy(
    loaded.snapshot,
    parseProjectSlug('zip-demo'),
    slug ?? parsePolicySlug('none'),
  );
  if (!found.ok) throw new Error('no policy');
  return found.value;
}

const problems = (roots: string | null, verify: boolean | 'inside' = false): readonly string[] => {
  const loaded = seedWith(roots, verify);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
};

describe('upstream roots', () => {
  test('decide where a configuration verifies, and nowhere else', () => {
    const plain = policyWith(null, false);
    expect(policyWith(rootsOf(['one', first]), false)).toMatchObject({
      digest: plain.digest,
      upstreamRoots: [],
    });
    const verifying = policyWith(rootsOf(['one', first]), true);
    expect(verifying.upstreamRoots.map((der) => toPem([der]))).toEqual([first]);
    const others = policyWith(rootsOf(['one', first], ['two', second]), true);
    expect(others.digest).not.toBe(verifying.digest);
  });

  test('decide where programs inside an installer must be signed', () => {
    const { artifactConfiguration, digest, upstreamRoots } = policyWith(rootsOf(['one', first]), 'inside');
    expect(upstreamRoots.map((der) => toPem([der]))).toEqual([first]);
    expect(policyWith(rootsOf(['two', second]), 'inside').digest).not.toBe(digest);
    expect(JSON.stringify(artifactConfiguration)).toContain('requireSignedInside');
    expect(problems(null, 'inside')).toEqual([]);
  });

  test('are needed to verify anything', () => {
    expect(problems(null, true)[0]).toMatch(
      /the foundation trusts no upstream root.*upstreamRoots.*rule\.upstream-root/,
    );
  });

  test('are certificates of authorities, once each', () => {
    expect(problems(rootsOf(['one', first], ['two', second]))).toEqual([]);
    expect(problems(rootsOf(['one', first], ['one', second]))[0]).toContain('`one` is listed twice');
    expect(problems(rootsOf(['one', first], ['two', first]))[0]).toContain('of `two` is listed twice');
    expect(problems(rootsOf(['one', leaf]))[0]).toContain('none of a certification authority');
    expect(problems(rootsOf(['one', first.replace(/M.{8}/, 'M')]))[0]).toContain('none of a certification');
    expect(problems(rootsOf(['one', 'no PEM']))).toHaveLength(1);
  });
});
