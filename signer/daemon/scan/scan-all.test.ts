import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { ScanVerdict } from './clamd.ts';
import type { ProvenDatabase, Scanner } from './proven-scanner.ts';
import { scanAll } from './scan-all.ts';
import type { ScanTarget } from './scan-target.ts';

const proven: ProvenDatabase = {
  engine: '1.4.6',
  version: 1,
  builtAt: null,
  streamSizeBytesMax: 1_000_000,
  provenAt: new Date(0),
  canaries: 9,
};
const digest = (at: number) => parseSha256Hex(at.toString(16).padStart(64, '0'));
const target = (at: number, sizeBytes: number): ScanTarget => ({
  path: [`${at}`],
  file: `file-${at}`,
  sha256: digest(at),
  sizeBytes,
  covered: false,
  opaque: false,
});

function recording(verdicts: Readonly<Record<string, ScanVerdict>> = {}) {
  const alone: string[] = [];
  const together: (readonly string[])[] = [];
  const of = (file: string): ScanVerdict => verdicts[file] ?? { verdict: 'clean' };
  const scanner: Scanner = {
    prove: () => Promise.resolve(proven),
    status: () => Promise.resolve({ state: 'proven', proof: proven }),
    scan(file) {
      alone.push(file);
      return Promise.resolve(of(file));
    },
    scanEach(files) {
      together.push(files);
      return Promise.resolve(files.map(of));
    },
  };
  return { scanner, alone, together };
}

describe('all files of an artifact', () => {
  it('go to clamd, small ones a thousand in a session, copies once', async () => {
    const small = Array.from({ length: 1500 }, (_none, at) => target(at, 100));
    const large = [target(2000, 64 * 1024 + 1), target(2001, 900_000)];
    const { scanner, alone, together } = recording();
    const verdicts = await scanAll(scanner, proven, [...small, ...large, ...small], null);
    expect(verdicts.size).toBe(1502);
    expect(alone).toEqual(['file-2001', 'file-2000']);
    expect(together.map(({ length }) => length).toSorted((one, other) => one - other)).toEqual([500, 1000]);
  });

  it('get the verdicts on their own bytes', async () => {
    const infected: ScanVerdict = { verdict: 'infected', viruses: ['Eicar'] };
    const { scanner } = recording({ 'file-3': infected, 'file-7': infected });
    const targets = Array.from({ length: 9 }, (_none, at) => target(at, at === 7 ? 100_000 : 10));
    const verdicts = await scanAll(scanner, proven, targets, null);
    expect(targets.map(({ sha256 }) => verdicts.get(sha256)?.verdict)).toEqual(
      targets.map((_none, at) => (at === 3 || at === 7 ? 'infected' : 'clean')),
    );
  });

  it('are none where a session has fewer verdicts than files', async () => {
    const { scanner } = recording();
    const short: Scanner = { ...scanner, scanEach: () => Promise.resolve([{ verdict: 'clean' }]) };
    await expect(scanAll(short, proven, [target(1, 1), target(2, 1)], null)).rejects.toThrow(/no verdict/);
  });

  it('waits for the scan that was begun before, however small the artifact', async () => {
    const { scanner, alone, together } = recording();
    const ahead = {
      sha256: digest(1),
      verdictUnder: () => Promise.resolve({ verdict: 'clean' } as const),
      stop: () => undefined,
    };
    await scanAll(scanner, proven, [target(1, 10), target(2, 10)], ahead);
    expect([alone, together]).toEqual([['file-2'], []]);
  });
});
