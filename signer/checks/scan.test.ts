import { describe, expect, it } from 'vitest';
import { parseSha256Hex } from '../../lib/core/ids/index.ts';
import type { EffectivePolicy } from '../../lib/core/policy/index.ts';
import { Unavailable } from '../availability/index.ts';
import type { Scanner, ScannerDatabase, ScanVerdict } from '../scan/index.ts';
import { checkScan } from './scan.ts';

const now = new Date('2026-11-23T00:00:00Z');
const fresh: ScannerDatabase = { engine: '1.4.6', version: 1, builtAt: new Date('2026-11-22T12:00:00Z') };
const effective = { locate: () => null } as unknown as EffectivePolicy;

function scan(database: ScannerDatabase, verdict: ScanVerdict = { verdict: 'clean' }) {
  const scanner: Scanner = {
    scan: () => Promise.resolve(verdict),
    database: () => Promise.resolve(database),
  };
  const artifact = { path: [], file: '/nowhere', sha256: parseSha256Hex('ab'.repeat(32)) };
  const limits = { databaseAgeHoursMax: 48, developmentDatabase: false };
  return checkScan({ scanner, artifact, leaves: [], effective, now, ...limits });
}

describe('the scan step', () => {
  it('passes what a scanner with a fresh database finds clean', async () => {
    expect(await scan(fresh)).toMatchObject({ ok: true });
  });

  it('decides nothing while the scanner’s database is old or missing: that is not the artifact’s fault', async () => {
    await expect(scan({ ...fresh, builtAt: new Date('2026-11-01T00:00:00Z') })).rejects.toThrow(Unavailable);
    await expect(scan({ ...fresh, version: null, builtAt: null })).rejects.toThrow(Unavailable);
  });

  it('refuses what is infected, and what was not scanned to its end', async () => {
    expect(await scan(fresh, { verdict: 'infected', viruses: ['Worm'] })).toMatchObject({ ok: false });
    expect(await scan(fresh, { verdict: 'not-scanned', detail: 'too large' })).toMatchObject({ ok: false });
  });
});
