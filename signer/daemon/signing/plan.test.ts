import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { FollowTarget, SignTarget } from '../checks/index.ts';
import { levelsOf, planSigning } from './plan.ts';

const sha256 = parseSha256Hex('a'.repeat(64));
const target = (...path: readonly string[]): SignTarget => ({
  path,
  file: '',
  type: 'pe',
  detached: false,
  unsignedSha256: sha256,
  sign: {},
  subject: null,
  kind: 'program',
});
const list = (path: readonly string[], ...of: readonly string[]): FollowTarget => ({
  path,
  file: '',
  format: 'checksums',
  sha256,
  sizeBytes: 1,
  fields: of.map((one, at) => ({ start: at, end: at, line: 1, label: '', of: [one] })),
});
const levels = (signTargets: readonly SignTarget[], follows: readonly FollowTarget[]) =>
  levelsOf(planSigning({ signTargets, follows })).map((level) => level.map(({ path }) => path.join('/')));

describe('the plan of signing', () => {
  it('has lists after what they list, and before what contains them', () => {
    expect(
      levels(
        [target('app.exe'), target('in.zip', 'x.exe'), target('SUMS')],
        [list(['ALL'], 'SUMS', 'in.zip'), list(['SUMS'], 'app.exe'), list(['in.zip', 'SUMS'], 'x.exe')],
      ),
    ).toEqual([['app.exe', 'in.zip/x.exe'], ['in.zip/SUMS', 'SUMS'], ['in.zip'], ['ALL'], ['']]);
  });

  it('is none for lists that list each other, or what nothing changes', () => {
    expect(() => levels([target('a')], [list(['A'], 'B'), list(['B'], 'A')])).toThrow('lists itself');
    expect(() => levels([target('a')], [list(['A'], 'A')])).toThrow('lists itself');
    expect(() => levels([target('a')], [list(['A'], 'b')])).toThrow('which nothing changes');
  });
});
