import { describe, expect, test } from 'vitest';
import { compileConfiguration } from '#core/artifact/index.ts';
import type { RootElement } from '#core/generated/index.ts';
import { parseRequestId, parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import type { VerifiedOrigin } from '#core/origin/index.ts';
import { originAs } from '#core/origin/verified.fixture.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { serialOf } from '#core/pki/x509/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import type { Content, ProgramInside } from '../../inspector/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import type { EarlierSignature } from '../requests/index.ts';
import { checkSignedInside, type SignedBefore } from './signed-inside.ts';

const digest = (digit: string): Sha256Hex => parseSha256Hex(digit.repeat(64));
const keyOf = (digit: string, purpose: 'release' | 'test'): SigningKey =>
  ({
    entry: { purpose, project: 'widget', name: 'release' },
    certificate: {
      fingerprint256: digit
        .toUpperCase()
        .repeat(64)
        .replaceAll(/(..)(?!$)/g, '$1:'),
      serialNumber: digit.toUpperCase(),
    },
    chain: [],
  }) as unknown as SigningKey;
const keys = [keyOf('e', 'release'), keyOf('f', 'test')];

const run = 'https://github.com/example/widget/actions/runs/7/attempts/1';
const origin = originAs({ claims: { commit: 'c'.repeat(40), runUri: run } });

const inside = (
  place: string,
  digit: string,
  signature: ProgramInside['signature'] = 'unsigned',
): ProgramInside => ({
  place,
  sha256: digest(digit),
  sizeBytes: 1,
  signature,
  about: null,
});
const made = (digit: string, more: Partial<EarlierSignature> = {}): EarlierSignature => ({
  sha256: digest(digit),
  requestId: parseRequestId('01890a5d-ac96-774b-bcce-b302099a8057'),
  project: 'widget',
  certificateSha256: digest('e'),
  signedAt: new Date(0),
  sourceCommit: 'c'.repeat(40),
  claims: { runUri: run },
  ...more,
});
const opened: Content = {
  detected: 'pe',
  formats: ['NSIS installer'],
  files: 3,
  covered: false,
  openedBy: ['7-Zip 26.02'],
  programs: [],
  programCount: 0,
  unaccounted: null,
  passedOver: null,
  closed: [],
  closedCount: 0,
};
const holding = (...programs: readonly ProgramInside[]): Content => ({
  ...opened,
  programs,
  programCount: programs.length,
});

async function check(
  content: Content,
  {
    required = true,
    signatures = [],
    purpose = 'release',
    revocations = new Map(),
    build = origin,
  }: {
    required?: boolean;
    signatures?: readonly EarlierSignature[];
    purpose?: 'release' | 'test';
    revocations?: SignedBefore['revocations'];
    build?: VerifiedOrigin | null;
  } = {},
) {
  const root: RootElement = { type: 'pe', ...(required ? { requireSignedInside: true } : {}) };
  const { elements } = compileConfiguration({
    apiVersion: 'countersign/v1',
    kind: 'ArtifactConfiguration',
    root,
  });
  const asked: Sha256Hex[] = [];
  const findings = await checkSignedInside({
    files: [{ path: [], element: 0, sha256: digest('a'), content }],
    elements,
    effective: {
      projectSlug: 'widget',
      policy: { purpose },
      artifactLocations: { '/root': { file: 'projects/widget/artifacts/a.yaml', line: 4, column: 1 } },
    } as unknown as EffectivePolicy,
    origin: build,
    before: {
      find: (digests) => {
        asked.push(...digests);
        return Promise.resolve(signatures);
      },
      keys,
      revocations,
    },
  });
  return { findings, asked, failed: failures(findings).map(({ rule }) => rule) };
}

describe('programs inside an installer', () => {
  test('are not all that there is where a part of it stayed packed', async () => {
    const passedOver = 'bytes 700 to 899 of it, Inno Setup’s own program';
    for (const required of [true, false]) {
      const content = { ...holding(inside('a.exe', '1', 'upstream')), passedOver };
      const { findings, failed } = await check(content, { required });
      expect(failed).toEqual([]);
      expect(findings[0]?.message).toMatch(
        /, nor what stayed packed: bytes 700 to 899 of it, Inno Setup’s own program\.$/,
      );
    }
  });

  test('are all signed by the foundation in this run, or by upstream', async () => {
    const { findings, asked, failed } = await check(
      holding(inside('a.exe', '1', 'other'), inside('b.dll', '2', 'upstream')),
      { signatures: [made('1')] },
    );
    expect(failed).toEqual([]);
    expect(asked).toEqual([digest('1'), digest('2')]);
    expect(findings).toMatchObject([{ rule: 'installer.signed-inside', outcome: 'pass' }]);
    expect(findings[0]?.message).toContain(
      `1 is signed by the foundation in an earlier request of this build run (${run})`,
    );
    expect(findings[0]?.message).toContain('1 is signed by upstream, and verified');
  });

  test.each([
    ['unsigned', inside('a.exe', '1'), [], 'a.exe'],
    [
      'signed by nobody who is known',
      inside('a.exe', '1', 'other'),
      [],
      'a.exe (signed by somebody else, not verified)',
    ],
    [
      'signed for a test',
      inside('a.exe', '1', 'other'),
      [made('1', { certificateSha256: digest('f') })],
      'a.exe',
    ],
    [
      'signed with a certificate that the signer doesn’t have',
      inside('a.exe', '1', 'other'),
      [made('1', { certificateSha256: digest('d') })],
      'a.exe',
    ],
    ['another file than was signed', inside('a.exe', '1', 'other'), [made('2')], 'a.exe'],
  ])('is refused where one is %s, and named', async (_how, program, signatures, name) => {
    const { findings, failed } = await check(holding(program, inside('b.exe', '3', 'upstream')), {
      signatures,
    });
    expect(failed).toEqual(['installer.unsigned-inside']);
    expect(findings[0]).toMatchObject({ policy: { line: 4 }, found: '1 of 2 without one' });
    expect(findings[0]?.message).toContain(name);
    expect(findings[0]?.fix).toContain('in a request of their own');
  });

  test('is refused where the certificate that signed one is revoked', async () => {
    const revoked = keys.map(({ certificate }) => [serialOf(certificate), { reason: 'superseded' }] as const);
    const revocations = new Map(revoked) as unknown as SignedBefore['revocations'];
    const { failed } = await check(holding(inside('a.exe', '1', 'other')), {
      signatures: [made('1')],
      revocations,
    });
    expect(failed).toEqual(['installer.unsigned-inside']);
  });

  test('may be signed for tests where this is one', async () => {
    const { failed } = await check(holding(inside('a.exe', '1', 'other')), {
      signatures: [made('1', { certificateSha256: digest('f') })],
      purpose: 'test',
    });
    expect(failed).toEqual([]);
  });

  test.each([
    ['of this run', {}, origin, 'in an earlier request of this build run'],
    ['of the same commit', { claims: { runUri: `${run}0` } }, origin, 'from the same commit in another run'],
    ['of another commit', { claims: {}, sourceCommit: 'd'.repeat(40) }, origin, 'from another commit'],
    ['of a build that nobody knows', { claims: {}, sourceCommit: null }, null, 'from another commit'],
    ['of another project in this run', { project: 'gadget' }, origin, 'for the project gadget'],
  ] as const)('are told apart: %s', async (_of, more, build, words) => {
    const { findings } = await check(holding(inside('a.exe', '1', 'other')), {
      signatures: [made('1', more)],
      build,
    });
    expect(findings[0]?.message).toContain(words);
  });

  test.each([
    [
      'it stayed closed',
      {
        ...opened,
        closedCount: 1,
        closed: [{ place: '', format: 'x', message: 'It is a RAR archive.', fix: 'y' }],
      },
      'It is a RAR archive',
    ],
    [
      'something behind its program belongs to nothing that was opened',
      {
        ...holding(inside('b.exe', '1', 'upstream')),
        unaccounted: 'bytes 1024 to 2047 of it belong to nothing',
      },
      'bytes 1024 to 2047 of it belong to nothing',
    ],
    ['nothing was found in it', { ...opened, formats: [], files: 0 }, 'nothing was found in it'],
    [
      'something was found in it, and no program',
      { ...opened, formats: ['gzip stream'], openedBy: [] },
      'what was found in it is no program',
    ],
    [
      'there are more than are named',
      { ...holding(inside('b.exe', '1', 'upstream')), programCount: 2 },
      'more than are judged',
    ],
  ])('are refused where they can’t be seen: %s', async (_why, content, words) => {
    const { findings, failed } = await check(content);
    expect(failed).toEqual(['installer.not-opened']);
    expect(findings[0]?.message).toContain(words);
  });

  test('with contents are refused where one of its files stays closed, and signed by this request', async () => {
    const { elements } = compileConfiguration({
      apiVersion: 'countersign/v1',
      kind: 'ArtifactConfiguration',
      root: {
        type: 'msi',
        requireSignedInside: true,
        contents: [{ type: 'file', path: '**', matches: { min: 0, max: 'unbounded' } }],
      },
    });
    const closed = {
      ...opened,
      closedCount: 1,
      closed: [{ place: '', format: 'RAR', message: 'It is a RAR archive.', fix: 'Remove it.' }],
    };
    const judge = async (leaf: Content) =>
      checkSignedInside({
        files: [
          { path: [], element: 0, sha256: digest('a'), content: holding(inside('a.exe', '1', 'request')) },
          { path: ['App/b.rar'], element: 1, sha256: digest('b'), content: leaf },
        ],
        elements,
        effective: {
          projectSlug: 'widget',
          policy: { purpose: 'release' },
          artifactLocations: {},
        } as unknown as EffectivePolicy,
        origin: null,
        before: { find: () => Promise.resolve([]), keys, revocations: new Map() },
      });
    const [refused] = await judge(closed);
    expect(refused).toMatchObject({ rule: 'installer.not-opened', outcome: 'fail' });
    expect(refused?.message).toContain('App/b.rar: It is a RAR archive');
    const [partly] = await judge({ ...opened, unaccounted: 'bytes 1 to 9 of it belong to nothing' });
    expect(partly?.message).toContain('App/b.rar: bytes 1 to 9 of it belong to nothing');
    const [passed] = await judge(opened);
    expect(passed?.message).toContain('1 is signed by this request');
  });

  test('are named for information where nothing is required of them', async () => {
    const many = Array.from({ length: 40 }, (_none, at) => inside(`${at}.dll`, '3'));
    const { findings, failed } = await check(holding(inside('a.exe', '1', 'other'), ...many), {
      required: false,
      signatures: [made('1')],
    });
    expect(failed).toEqual([]);
    expect(findings.map(({ rule, outcome }) => [rule, outcome])).toEqual([
      ['installer.signed-inside', 'info'],
      ['installer.unsigned-inside', 'info'],
    ]);
    expect(findings[1]?.message).toMatch(/^40 programs of 41 .* 0\.dll, .* and 10 more\.$/);
    expect((await check(opened, { required: false })).findings).toEqual([]);
    const bundle = { ...holding(inside('System.dll', '3')), formats: ['.NET single-file bundle'] };
    expect((await check(bundle, { required: false })).findings).toEqual([]);
    expect((await check(bundle)).failed).toEqual(['installer.unsigned-inside']);
  });
});
