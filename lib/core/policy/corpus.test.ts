import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editPolicyFile } from '../../policy-tools/edit/index.ts';
import { planChange } from './plan/index.ts';
import expected from './corpus/expected.json' with { type: 'json' };
import { formatDiagnostic, formatPolicyFile, loadSnapshot, parsePolicyFile } from './index.ts';
import type { Diagnostic } from './index.ts';
import { seedCommit, seedWithKeys } from './seed.fixture.ts';

const folder = join(import.meta.dirname, 'corpus');
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const seed = seedWithKeys();
const base = loadSnapshot(seed, seedCommit);
if (!base.ok) throw new Error('the seed is no snapshot');

/** Which file of the seed one of the corpus takes the place of. */
function placeOf(name: string): string {
  if (name.endsWith('.artifact.yaml')) return 'projects/esbuild-demo/artifacts/windows-package.yaml';
  if (name.endsWith('.policy.yaml')) return 'projects/esbuild-demo/policies/release-signing.yaml';
  return 'people/demo-steward.yaml';
}

function load(path: string, bytes: Uint8Array): readonly Diagnostic[] {
  const loaded = loadSnapshot(new Map(seed).set(path, bytes), seedCommit, base.ok ? base.snapshot : null);
  if (!loaded.ok) return loaded.diagnostics;
  // Whatever passes has to survive everything that is done with a policy afterwards.
  if (base.ok) planChange(base.snapshot, loaded.snapshot, null);
  return [];
}

describe('files that are kept because they were, or could be, trouble', () => {
  it('are all listed with what is said of them', () => {
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', (name, said) => {
    const path = placeOf(name);
    const diagnostics = load(path, readFileSync(join(folder, name)));
    const [first] = diagnostics.filter((diagnostic) => diagnostic.file === path);
    expect(first === undefined ? 'accepted' : `${first.line}:${first.column} ${first.rule}`).toBe(said);
    for (const diagnostic of diagnostics) {
      expect(diagnostic.fix).not.toBe('');
      // What is said is shown to people: none of the file's bytes may steer a terminal.
      expect(formatDiagnostic(diagnostic)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }
  });

  it('that are large are refused before they are parsed', () => {
    const large = new Uint8Array(10 * 1024 * 1024).fill(0x61);
    expect(load('people/demo-steward.yaml', large)[0]).toMatchObject({ rule: 'file.size', line: 1 });
  });

  it('that are many are refused without reading them all', () => {
    const files = new Map(seed);
    for (let n = 0; n < 1000; n += 1) files.set(`people/p${n}.yaml`, new TextEncoder().encode('a: [1'));
    const loaded = loadSnapshot(files, seedCommit);
    expect(loaded.ok).toBe(false);
    if (!loaded.ok) expect(loaded.diagnostics.length).toBeLessThanOrEqual(52);
  });

  it('that nest ever deeper end at a depth', () => {
    for (const open of ['[', '{a: ', '- ', '? ', 'a:\n ']) {
      const bytes = new TextEncoder().encode(open.repeat(50_000));
      const [first] = load('people/demo-steward.yaml', bytes);
      expect(first?.rule).toMatch(/^(yaml|file|schema)\./);
    }
  });
});

/** `npm run fuzz:policy` sets it high. */
const runs = Number(process.env['FUZZ_RUNS'] ?? '150');

describe('files of the corpus, changed at random', () => {
  const corpus = names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  const good = [...seed].filter(([path]) => path.endsWith('.yaml'));
  const mutated = fc
    .tuple(
      fc.constantFrom(...corpus.map((corpu) => corpu.bytes), ...good.map(([, bytes]) => Buffer.from(bytes))),
      fc.constantFrom(...corpus.map((corpu) => corpu.bytes), ...good.map(([, bytes]) => Buffer.from(bytes))),
      fc.array(fc.tuple(fc.nat(4095), fc.nat(255)), { maxLength: 6 }),
      fc.nat(4095),
      fc.nat(4095),
      fc.constantFrom('flip', 'splice', 'repeat', 'cut'),
    )
    .map(([one, other, flips, from, to, how]) => {
      const at = (place: number, of: Buffer): number => (of.length === 0 ? 0 : place % of.length);
      if (how === 'splice')
        return Buffer.concat([one.subarray(0, at(from, one)), other.subarray(at(to, other))]);
      if (how === 'repeat') return Buffer.concat(Array.from({ length: 1 + (to % 20) }, () => one));
      if (how === 'cut') return one.subarray(0, at(from, one));
      const copy = Buffer.from(one);
      for (const [place, byte] of flips) if (copy.length > 0) copy[at(place, copy)] = byte;
      return copy;
    });
  const path = fc.constantFrom(
    'people/demo-steward.yaml',
    'projects/esbuild-demo/artifacts/windows-package.yaml',
    'projects/esbuild-demo/policies/release-signing.yaml',
    'projects/zip-demo/project.yaml',
    'trust/root.yaml',
    'foundation.yaml',
  );

  it('end in diagnostics with a place and a fix, or in a policy that everything else can work with', () => {
    fc.assert(
      fc.property(mutated, path, (bytes, at) => {
        for (const diagnostic of load(at, bytes)) {
          expect(diagnostic.line).toBeGreaterThan(0);
          expect(diagnostic.fix).not.toBe('');
        }
      }),
      { numRuns: runs },
    );
  }, 600_000);

  it('are formatted and edited without losing what they say, or refused', () => {
    fc.assert(
      fc.property(mutated, path, (bytes, at) => {
        const before = parsePolicyFile({ path: at, bytes });
        const formatted = formatPolicyFile({ path: at, bytes });
        if (!before.ok || !formatted.ok) return;
        const after = parsePolicyFile({ path: at, bytes: formatted.bytes });
        expect(after.ok && after.document.value).toEqual(before.document.value);
        const { kind } = before.document.value;
        const text = new TextDecoder().decode(bytes);
        const edited = editPolicyFile({ path: at, text, kind }, [
          { path: ['apiVersion'], value: 'countersign/v1' },
        ]);
        if (!edited.ok) return;
        const again = parsePolicyFile({ path: at, bytes: new TextEncoder().encode(edited.text) });
        expect(again.ok && again.document.value).toEqual(before.document.value);
      }),
      { numRuns: runs },
    );
  }, 600_000);
});
