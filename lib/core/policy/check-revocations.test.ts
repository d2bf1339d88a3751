import { describe, expect, test } from 'vitest';
import { compareSnapshots } from './plan/index.ts';
import { base, changed, edited, headCommit } from './plan/snapshots.fixture.ts';
import { formatDiagnostic, loadSnapshot } from './index.ts';

const serial = '5a3c0102030405060708090a0b0c0d0e';
const path = `revocations/${serial}.yaml`;
const file = (changes: Record<string, string> = {}): string =>
  Object.entries({
    apiVersion: 'countersign/v1',
    kind: 'Revocation',
    serial: `'${serial}'`,
    project: 'esbuild-demo',
    certificate: 'release',
    trigger: 'malware',
    reason: 'privilegeWithdrawn',
    effectiveAt: "'2026-11-20T00:00:00Z'",
    statement: 'The release of 20 November held malware. Remove it.',
    ...changes,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

const problems = (text: string, at = path): readonly string[] => {
  const loaded = loadSnapshot(edited({ [at]: text }), headCommit);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
};
const effects = (before: string | null, after: string | null): readonly string[] =>
  compareSnapshots(
    before === null ? base : changed({ [path]: before }),
    after === null ? base : changed({ [path]: after }),
  ).map(({ effect, field, file: at }) =>
    `${effect} ${field}`
      .trim()
      .concat(` ${at === path ? '' : at}`)
      .trim(),
  );

describe('a revocation', () => {
  test('is part of the snapshot, by its serial number', () => {
    const loaded = loadSnapshot(edited({ [path]: file() }), headCommit);
    expect(loaded.ok ? [...loaded.snapshot.revocations.keys()] : []).toEqual([serial]);
  });

  test.each<[string, string, string]>([
    [
      'a serial number other than its name says',
      file({ serial: "'5a3d'" }),
      ':3:9: The file is named after certificate',
    ],
    [
      'a day that no month has',
      file({ effectiveAt: "'2026-02-30T00:00:00Z'" }),
      ':8:14: 2026-02-30T00:00:00Z doesn’t exist',
    ],
    ['a pause instead of an end', file({ reason: 'certificateHold' }), ':7:9:'],
    ['nothing to tell', file({ statement: "''" }), ':9:12:'],
    ['a local time', file({ effectiveAt: "'2026-11-20T00:00:00+01:00'" }), ':8:14:'],
  ])('with %s is refused', (_what, text, expected) => {
    expect(problems(text)[0]).toContain(`${path}${expected}`);
  });

  test('is in a file named after a serial number', () => {
    expect(problems(file(), 'revocations/today.yaml')[0]).toContain('characters that names may not have');
  });

  test('tightens; taking it back, a later date and a milder reason loosen', () => {
    expect(effects(null, file())).toEqual(['tightens']);
    expect(effects(file(), null)).toEqual(['loosens']);
    const earlier = file({ effectiveAt: "'2026-11-19T00:00:00Z'" });
    expect(effects(file(), earlier)).toEqual(['tightens effectiveAt']);
    expect(effects(earlier, file())).toEqual(['loosens effectiveAt']);
    const compromised = file({ reason: 'keyCompromise' });
    expect(effects(file(), compromised)).toEqual(['tightens reason']);
    expect(effects(compromised, file())).toEqual(['loosens reason']);
    expect(effects(file(), file({ reason: 'superseded' }))).toEqual(['neutral reason']);
    expect(effects(file(), file({ statement: 'Other words.' }))).toEqual(['neutral statement']);
  });

  test('with a reinstatement loosens, on a day that exists, and remains a revocation', () => {
    const again = (decidedAt: string): string =>
      `${file()}reinstated:\n  decidedAt: '${decidedAt}'\n  statement: The maintainer was replaced.\n`;
    const good = again('2026-11-27T00:00:00Z');
    expect(problems(good)).toEqual([]);
    expect(effects(file(), good)).toEqual(['loosens reinstated']);
    expect(effects(good, file())).toEqual(['tightens reinstated']);
    expect(effects(good, again('2026-11-28T00:00:00Z'))).toEqual(['neutral reinstated.decidedAt']);
    expect(problems(again('2026-02-30T00:00:00Z'))[0]).toContain('2026-02-30T00:00:00Z doesn’t exist');
  });
});
