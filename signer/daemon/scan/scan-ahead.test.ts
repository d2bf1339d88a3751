import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { ProvenDatabase, Scanner } from './proven-scanner.ts';
import { scanAhead, type ScanAhead } from './scan-ahead.ts';

const proof = (streamSizeBytesMax = 1000): ProvenDatabase => ({
  engine: '1.4.6',
  version: 1,
  builtAt: new Date('2026-11-22T12:00:00Z'),
  streamSizeBytesMax,
  provenAt: new Date('2026-11-23T00:00:00Z'),
  canaries: 9,
});
const artifact = { file: 'artifact', sha256: parseSha256Hex('a'.repeat(64)), sizeBytes: 100 };
const away = new Unavailable('scanner', 'clamd is away', 'start it');

function scannerOf(proven: ProvenDatabase, scan: Scanner['scan']): Scanner {
  return {
    prove: () => Promise.resolve(proven),
    status: () => Promise.resolve({ state: 'proven', proof: proven }),
    scan,
    scanEach: (files) => Promise.all(files.map((file) => scan(file))),
  };
}

/** One that is begun. */
function begin(...given: Parameters<typeof scanAhead>): ScanAhead {
  const ahead = scanAhead(...given);
  if (ahead === null) throw new Error('it was not begun');
  return ahead;
}

describe('a scan that begins while the artifact is inspected', () => {
  it('gives its verdict under the very proof that it was made under, and under no other', async () => {
    const proven = proof();
    const ahead = begin(
      scannerOf(proven, () => Promise.resolve({ verdict: 'clean' })),
      artifact,
    );
    expect(await ahead.verdictUnder(proven)).toEqual({ verdict: 'clean' });
    expect(await ahead.verdictUnder(proof())).toBeNull();
  });

  it('sends nothing that is larger than the scanner is proved to read', async () => {
    const sent: string[] = [];
    const proven = proof(99);
    const scan: Scanner['scan'] = (file) => {
      sent.push(file);
      return Promise.resolve({ verdict: 'clean' });
    };
    expect(await begin(scannerOf(proven, scan), artifact).verdictUnder(proven)).toBeNull();
    expect(sent).toEqual([]);
  });

  it('is made again in the step where clamd was away meanwhile, and hides no other failure', async () => {
    const proven = proof();
    const ahead = begin(
      scannerOf(proven, () => Promise.reject(away)),
      artifact,
    );
    const defect = new TypeError('a defect');
    const other = begin(
      scannerOf(proven, () => Promise.reject(defect)),
      artifact,
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ahead.verdictUnder(proven)).toBeNull();
    await expect(other.verdictUnder(proven)).rejects.toBe(defect);
  });

  it('sends no more once it is stopped', async () => {
    let given: AbortSignal | undefined;
    const scan: Scanner['scan'] = (_, signal) => {
      given = signal;
      return new Promise((__, reject) => signal?.addEventListener('abort', () => reject(away)));
    };
    const ahead = begin(scannerOf(proof(), scan), artifact);
    await new Promise((resolve) => setImmediate(resolve));
    ahead.stop();
    expect(given?.aborted).toBe(true);
    expect(await ahead.verdictUnder(proof())).toBeNull();
  });

  it('is begun for a few artifacts at a time, and those that were stopped count until clamd is done with them', async () => {
    const ends: (() => void)[] = [];
    const scan: Scanner['scan'] = () =>
      new Promise((resolve) => ends.push(() => resolve({ verdict: 'clean' })));
    const scanner = scannerOf(proof(), scan);
    const tried = Array.from({ length: 20 }, () => scanAhead(scanner, artifact));
    await new Promise((resolve) => setImmediate(resolve));
    tried.forEach((ahead) => ahead?.stop());
    await new Promise((resolve) => setImmediate(resolve));
    expect([ends.length, scanAhead(scanner, artifact)]).toEqual([4, null]);
    ends.forEach((end) => end());
    await new Promise((resolve) => setImmediate(resolve));
    expect(scanAhead(scanner, artifact)).not.toBeNull();
  });
});
