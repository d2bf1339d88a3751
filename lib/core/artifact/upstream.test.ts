import { describe, expect, test } from 'vitest';
import type { ArtifactConfiguration } from '../generated/index.ts';
import { parseSha256Hex } from '../ids/index.ts';
import { configuration, problems, zip } from './configuration.fixture.ts';
import { compileConfiguration, describeUpstream, pinnedFindings } from './index.ts';

const known = parseSha256Hex('ab'.repeat(32));
const other = parseSha256Hex('cd'.repeat(32));
const signed = { type: 'pe', path: 'own.exe', sign: { method: 'authenticode' } } as const;

const elementOf = (upstream: object, type = 'file') =>
  compileConfiguration(
    zip([
      signed,
      { type, path: 'a.bin', ...(type === 'file' ? {} : { verify: 'authenticode' }), upstream } as never,
    ]),
  ).elements[2];

describe('files of upstream', () => {
  const asked = (sha256: string) => {
    const element = elementOf({ sha256: [known] });
    if (element === undefined) throw new Error('no element');
    return pinnedFindings(element, { path: ['a.bin'], policy: null, sha256: parseSha256Hex(sha256) });
  };

  test('are those whose digests are listed', () => {
    expect(asked(known)).toMatchObject([{ outcome: 'pass', rule: 'artifact.upstream-digest' }]);
    expect(asked(other)).toMatchObject([
      { outcome: 'fail', rule: 'artifact.upstream-digest', expected: known, found: other },
    ]);
    expect(pinnedFindings({ upstream: null }, { path: [], policy: null, sha256: known })).toEqual([]);
  });

  test('are said to be so on the public page', () => {
    expect(describeUpstream(elementOf({ sha256: [known] })?.upstream ?? null)).toBe(
      'the one file of upstream with a given SHA-256',
    );
    const signers = [
      { commonName: 'A', organization: 'B' },
      { organization: 'C' },
      { certificateSha256: known },
    ];
    expect(describeUpstream({ signers, sha256: [known, other] })).toBe(
      `signed by “A” of “B” or “C” or the certificate ${known}; one of 2 files of upstream, each with a given SHA-256`,
    );
  });

  test('have named signers only where signatures are verified', () => {
    const signers = [{ organization: 'Upstream' }];
    const element = (more: object): ArtifactConfiguration =>
      zip([signed, { type: 'pe', path: 'a.dll', upstream: { signers }, ...more } as never]);
    expect(problems(element({}))).toEqual(['rule.upstream root/contents/1/upstream/signers']);
    expect(problems(element({ verify: 'authenticode' }))).toEqual([]);
    const file = configuration({
      type: 'zip',
      contents: [signed, { type: 'file', path: 'a', upstream: { signers } }],
    });
    expect(problems(file)).toEqual(['rule.upstream root/contents/1/upstream/signers']);
  });
});
