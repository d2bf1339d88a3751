import { describe, expect, it } from 'vitest';
import { failures } from '#core/wire/finding/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { Content } from '../../inspector/index.ts';
import type { ProvenDatabase, ScanAhead, Scanner, ScanVerdict } from '../scan/index.ts';
import type { InspectedArtifact } from './inspection.ts';
import { inspectedAs } from './proofs.fixture.ts';
import { checkScan } from './scan.ts';

const now = new Date('2026-11-23T00:00:00Z');
const fresh: ProvenDatabase = {
  engine: '1.4.6',
  version: 1,
  builtAt: new Date('2026-11-22T12:00:00Z'),
  streamSizeBytesMax: 1000,
  provenAt: now,
  canaries: 9,
};
const effective = { locate: () => null } as unknown as EffectivePolicy;
const plain: Content = {
  detected: 'data',
  formats: [],
  files: 0,
  covered: false,
  openedBy: [],
  programs: [],
  programCount: 0,
  unaccounted: null,
  passedOver: null,
  closed: [],
  closedCount: 0,
};
const opened: Content = { ...plain, formats: ['zip archive'], files: 1, covered: true };
const locked: Content = {
  ...plain,
  detected: '7z',
  formats: ['7z archive'],
  closedCount: 1,
  closed: [{ place: '', format: '7z archive', message: 'It is a 7z archive.', fix: 'Pack it as zip.' }],
};
const overLimit: ScanVerdict = { verdict: 'not-scanned', reason: 'limits', detail: 'MaxFileSize' };
const encrypted: ScanVerdict = { verdict: 'not-scanned', reason: 'encrypted', detail: 'Encrypted.Zip' };
const odd: ScanVerdict = { verdict: 'not-scanned', reason: 'other', detail: 'ERROR' };
const infected: ScanVerdict = { verdict: 'infected', viruses: ['Worm'] };

const digest = (letter: string) => parseSha256Hex(letter.repeat(64));
const root = {
  path: [],
  file: 'artifact',
  sha256: digest('a'),
  sizeBytes: 100,
  content: opened,
  element: 0,
  facts: null,
  signatures: null,
  type: 'zip',
} as const;
const leaf = (content: Content, opaque: string | null = null, sizeBytes = 10) => ({
  path: ['tool.bin'],
  file: 'leaf',
  sha256: digest('b'),
  sizeBytes,
  content,
  opaque,
  policy: null,
  element: 1,
  facts: null,
  signatures: null,
});
const inner = {
  path: ['tool.bin!/x'],
  within: ['tool.bin'],
  inner: ['x'],
  file: 'inner',
  sha256: digest('c'),
  sizeBytes: 5,
  detected: 'data' as const,
  covered: false,
};

function check(
  artifact: Partial<InspectedArtifact>,
  verdicts: Readonly<Record<string, ScanVerdict>> = {},
  database: ProvenDatabase = fresh,
  ahead: ScanAhead | null = null,
) {
  const sent: string[] = [];
  const scanner: Scanner = {
    prove: () => Promise.resolve(database),
    status: () => Promise.resolve({ state: 'proven', proof: database }),
    scan(file) {
      sent.push(file);
      return Promise.resolve(verdicts[file] ?? { verdict: 'clean' });
    },
    scanEach: (files) => Promise.all(files.map((file) => scanner.scan(file))),
  };
  const inspected = inspectedAs({
    artifactSha256: digest('a'),
    leaves: [],
    containers: [root],
    inside: [],
    signTargets: [],
    ...artifact,
  });
  const limits = { databaseAgeHoursMax: 48, developmentDatabase: false };
  return checkScan({ scanner, inspected, ahead, effective, now, ...limits }).then((result) => ({
    ok: result.ok,
    sent: sent.toSorted(),
    findings: result.findings,
    failed: failures(result.findings).map((finding) => finding.rule),
  }));
}

describe('the scan step', () => {
  it('passes what a scanner with a fresh database finds clean, and sends it everything', async () => {
    const result = await check({ leaves: [leaf(opened)], inside: [inner] });
    expect(result).toMatchObject({ ok: true, sent: ['artifact', 'inner', 'leaf'] });
    expect(result.findings.map((finding) => finding.rule)).toEqual([
      'scan.database',
      'scan.opened',
      'scan.clean',
    ]);
  });

  it('counts a scan begun before for the file of that digest, and scans again what it gave no verdict of', async () => {
    const begun = (sha256: string, verdict: ScanVerdict | null): ScanAhead => ({
      sha256: digest(sha256),
      verdictUnder: (proven) => Promise.resolve(proven === fresh ? verdict : null),
      stop: () => undefined,
    });
    const artifact = { leaves: [leaf(opened)] };
    expect(await check(artifact, {}, fresh, begun('a', { verdict: 'clean' }))).toMatchObject({
      ok: true,
      sent: ['leaf'],
    });
    expect(await check(artifact, {}, fresh, begun('a', infected))).toMatchObject({
      ok: false,
      sent: ['leaf'],
    });
    expect((await check(artifact, {}, fresh, begun('f', { verdict: 'clean' }))).sent).toEqual([
      'artifact',
      'leaf',
    ]);
    expect((await check(artifact, {}, fresh, begun('a', null))).sent).toHaveLength(2);
  });

  it('decides nothing while the scanner’s database is old or missing', async () => {
    await expect(check({}, {}, { ...fresh, builtAt: new Date('2026-11-01T00:00:00Z') })).rejects.toThrow(
      Unavailable,
    );
    await expect(check({}, {}, { ...fresh, version: null, builtAt: null })).rejects.toThrow(Unavailable);
  });

  it.each([
    ['infected', 'leaf', infected, 'scan.infected'],
    ['infected inside a leaf', 'inner', infected, 'scan.infected'],
    ['over a limit', 'inner', overLimit, 'scan.not-scanned'],
    ['encrypted for clamd', 'inner', encrypted, 'scan.not-scanned'],
    ['answered oddly', 'leaf', odd, 'scan.not-scanned'],
    ['answered oddly as a whole', 'artifact', odd, 'scan.not-scanned'],
  ] as const)('refuses what is %s', async (_, file, verdict, rule) => {
    const result = await check({ leaves: [leaf(opened)], inside: [inner] }, { [file]: verdict });
    expect(result).toMatchObject({ ok: false, failed: [rule] });
  });

  it('refuses what the inspector could not open, though clamd calls it clean, and says how to declare it', async () => {
    const result = await check({ leaves: [leaf(locked)] });
    expect(result).toMatchObject({ ok: false, failed: ['scan.not-scanned'] });
    const [finding] = failures(result.findings);
    expect(finding?.message).toBe('tool.bin can’t be scanned completely: It is a 7z archive.');
    expect(finding?.fix).toContain('opaque: { reason: … }');
  });

  it('refuses an archive that is something else as well', async () => {
    const result = await check({ containers: [{ ...root, content: { ...locked, covered: true } }] });
    expect(result).toMatchObject({ ok: false, failed: ['scan.not-scanned'] });
    expect(failures(result.findings)[0]?.fix).not.toContain('opaque');
  });

  it('refuses a file larger than the scanner is proven to read, and doesn’t send it', async () => {
    const result = await check({ leaves: [leaf(plain, null, 1001)] });
    expect(result).toMatchObject({ ok: false, failed: ['scan.not-scanned'], sent: ['artifact'] });
    expect(await check({ leaves: [leaf(plain, null, 1000)] })).toMatchObject({ ok: true });
  });

  it('passes a large archive of which every file was opened and scanned', async () => {
    const large = { ...leaf(opened, null, 5000), path: ['tool.bin'] };
    expect(await check({ leaves: [large], inside: [inner] })).toMatchObject({
      ok: true,
      sent: ['artifact', 'inner'],
    });
    expect(await check({ leaves: [leaf(opened)], inside: [inner] }, { leaf: overLimit })).toMatchObject({
      ok: true,
    });
    expect(await check({}, { artifact: encrypted })).toMatchObject({ ok: true });
  });

  it('sends a large archive that was opened from first byte to last file by file, and not once more as a whole', async () => {
    const large = 64 * 1024 ** 2 + 1;
    const proven = { ...fresh, streamSizeBytesMax: 10 * large };
    const artifact = { leaves: [leaf(plain)], containers: [{ ...root, sizeBytes: large }] };
    const result = await check(artifact, {}, proven);
    expect(result).toMatchObject({ ok: true, sent: ['leaf'] });
    expect(result.findings.at(-1)?.message).toBe(
      'All 1 files were scanned; no malware is known in any of them. 1 archives of more than 64 MiB, opened from first byte to last, were scanned file by file.',
    );
    expect(await check(artifact, { leaf: infected }, proven)).toMatchObject({ failed: ['scan.infected'] });
    const closed = { ...root, sizeBytes: large, content: plain };
    expect(await check({ containers: [closed] }, {}, proven)).toMatchObject({ sent: ['artifact'] });
    const other = { ...root, sizeBytes: large, type: 'msi' as const };
    expect(await check({ containers: [other] }, {}, proven)).toMatchObject({ sent: ['artifact'] });
  });

  it('passes what is declared opaque with the reason in the trace, and refuses it if malware is found', async () => {
    const opaque = leaf(locked, 'Made by upstream, see their notes.');
    const result = await check({ leaves: [opaque] }, { leaf: encrypted });
    expect(result).toMatchObject({ ok: true, sent: ['artifact', 'leaf'] });
    const finding = result.findings.find((candidate) => candidate.rule === 'scan.opaque');
    expect(finding?.message).toContain('It is a 7z archive.');
    expect(finding?.message).toContain('Made by upstream, see their notes.');
    expect(await check({ leaves: [opaque] }, { leaf: infected })).toMatchObject({
      failed: ['scan.infected'],
    });
    expect(await check({ leaves: [opaque], inside: [inner] }, { inner: infected })).toMatchObject({
      failed: ['scan.infected'],
    });
    expect(await check({ leaves: [opaque], inside: [inner] }, { inner: overLimit })).toMatchObject({
      ok: true,
    });
  });

  it('an opaque declaration covers one file and nothing beside it', async () => {
    const opaque = leaf(locked, 'Made by upstream, see their notes.');
    for (const place of ['tool.bin2', 'tool.bin!/b.zip']) {
      const other = { ...inner, path: [`${place}!/x`], within: [place] };
      const result = await check({ leaves: [opaque], inside: [other] }, { inner: overLimit });
      expect(result).toMatchObject({ ok: false, failed: ['scan.not-scanned'] });
    }
  });

  it('an opaque declaration excuses no copy elsewhere of what is in the file', async () => {
    const opaque = leaf(locked, 'Made by upstream, see their notes.');
    const other = { ...leaf(plain), path: ['b.zip'], file: 'other', sha256: digest('d') };
    const { path, file, ...place } = inner;
    const copies = [{ ...place, within: ['b.zip'], inner: ['c.zip', 'y'] }];
    const checked = { leaves: [opaque, other], inside: [inner], copies };
    const result = await check(checked, { inner: overLimit });
    expect(result).toMatchObject({
      ok: false,
      failed: ['scan.not-scanned'],
      sent: expect.arrayContaining([file]) as unknown,
    });
    expect(result.findings.find(({ outcome }) => outcome === 'fail')?.path).toEqual(['b.zip!/c.zip!/y']);
    expect(path).not.toEqual(['b.zip!/c.zip!/y']);
    const within = copies.map((copy) => ({ ...copy, within: opaque.path }));
    expect(await check({ ...checked, copies: within }, { inner: overLimit })).toMatchObject({ ok: true });
    expect(await check(checked, {})).toMatchObject({ ok: true });
  });

  it('says where `opaque` isn’t needed', async () => {
    const result = await check({ leaves: [leaf(plain, 'Needed no longer, really.')] });
    expect(result.ok).toBe(true);
    expect(result.findings.find((finding) => finding.rule === 'scan.opaque')?.message).toContain(
      'can be removed',
    );
  });
});
