import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../lib/core/json/index.ts';
import { addStop, liftStop, readStops, watchEmergencyStops, type EmergencyStops } from './index.ts';

let folder: string;
let told: { kind: string; body: JsonValue }[];
let stops: EmergencyStops;
const file = (): string => join(folder, 'stops.json');
const stop = (project: string | null, reason = 'Malware is suspected.') =>
  addStop(file(), { project, reason, by: 'operator', at: '2026-11-27T08:00:00.000Z' });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-stop-'));
  told = [];
  stops = watchEmergencyStops({
    file: file(),
    onChange: (change) => Promise.resolve(void told.push(change)),
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const waits = { code: 'POLICY_UNAVAILABLE' };

describe('an emergency stop', () => {
  it('of a project keeps this project waiting and no other, until it is lifted', async () => {
    await stops.check('widget');
    await stop('widget');
    await expect(stops.check('widget')).rejects.toMatchObject(waits);
    await expect(stops.check('widget')).rejects.toThrow('Malware is suspected.');
    await stops.check('gadget');
    expect(await liftStop(file(), 'gadget')).toBe(false);
    expect(await liftStop(file(), 'widget')).toBe(true);
    await stops.check('widget');
  });

  it('of everything keeps everybody waiting', async () => {
    await stop(null);
    await expect(stops.check('gadget')).rejects.toMatchObject(waits);
    expect(await stops.describe()).toContain('everything is stopped');
  });

  it('is what a file that can’t be read means', async () => {
    writeFileSync(file(), '{"version": 1, "stops": [');
    await expect(stops.check('widget')).rejects.toMatchObject(waits);
    await expect(liftStop(file(), null)).rejects.toMatchObject({ code: 'STOPS_UNREADABLE' });
    expect(readFileSync(file(), 'utf8')).toContain('"stops": [');
  });

  it('is journalled once as it comes and once as it goes', async () => {
    await stop('widget');
    for (let look = 0; look < 3; look++) await stops.check('widget').catch(() => undefined);
    await liftStop(file(), 'widget');
    await stops.check('widget');
    await stops.check('widget');
    expect(told.map((one) => one.kind)).toEqual(['signing.stopped', 'signing.resumed']);
  });

  it('needs a reason and a project’s name that is one', async () => {
    await expect(stop('widget', ' ')).rejects.toMatchObject({ code: 'STOP_INVALID' });
    await expect(stop('../x')).rejects.toMatchObject({ code: 'STOP_INVALID' });
    expect(await readStops(file())).toEqual([]);
  });
});
