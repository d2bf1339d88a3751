import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf, factsOf, hostStop, parseEntry, type LiftEntry, type StopEntry } from './entry.ts';
import { createStopFile, watchEmergencyStops, type EmergencyStops } from './index.ts';
import { lockOf, openHostLock } from './lock.ts';
import { addStop, applyLift, liftLocally, nothingStopped, resetPositions, type StopState } from './state.ts';
import { changeStops, readStops, restoreStopFile } from './stop-file.ts';

const now = new Date('2026-11-27T08:00:00.000Z');
const key = 'ab'.repeat(32);
const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const stop = (project: string | null, changes: Partial<Parameters<typeof hostStop>[0]> = {}) =>
  hostStop({
    id: id('1'),
    project,
    reason: 'Malware is suspected.',
    at: now.toISOString(),
    by: 'operator',
    signer: 'one',
    lock: lockOf(key),
    ...changes,
  });
const said = <E>(entry: E, seq: string | null = null) => ({ entry, seq, doubt: null, now });
const given = (...entries: readonly StopEntry[]): StopState =>
  entries.reduce<StopState>((state, entry) => addStop(state, said(entry)), nothingStopped);
const hostLift = (...keys: readonly string[]): LiftEntry => ({
  action: 'lift',
  source: 'host',
  by: 'operator',
  signer: 'one',
  at: now.toISOString(),
  keys: [...keys],
});
const projects = (state: StopState) => state.stops.map((stop) => factsOf(stop.entry).project);

describe('what is stopped', () => {
  it('is lifted by the key of that very stop and by no other', () => {
    const state = given(stop('widget'), stop('gadget', { id: id('2'), lock: lockOf('cd'.repeat(32)) }));
    expect(projects(applyLift(state, said(hostLift('ef'.repeat(32)), '9')))).toEqual(['widget', 'gadget']);
    expect(projects(applyLift(state, said(hostLift(key), '9')))).toEqual(['gadget']);
  });

  it('remains if it is given again meanwhile, and if the lift can’t be verified', () => {
    const renewed = addStop(
      given(stop('widget')),
      said(stop('widget', { id: id('3'), lock: 'c'.repeat(64) })),
    );
    expect(projects(renewed)).toEqual(['widget']);
    expect(projects(applyLift(renewed, said(hostLift(key), '9')))).toEqual(['widget']);
    expect(projects(applyLift(given(stop('widget')), { ...said(hostLift(key), '9'), doubt: 'no' }))).toEqual([
      'widget',
    ]);
  });

  it('doesn’t come back when the same stop is read again, also after its own host lifted it', () => {
    const lifted = applyLift(given(stop('widget')), said(hostLift(key), '9'));
    expect(projects(addStop(lifted, said(stop('widget'), '8')))).toEqual([]);
    const here = liftLocally(given(stop('widget')), new Set([digestOf(stop('widget'))]));
    expect(projects(addStop(resetPositions(here), said(stop('widget'), '8')))).toEqual([]);
  });

  it('is everything if an entry can’t be read', () => {
    for (const body of ['{', '{}', '[]', 'null', '{"action":"lift","source":"host","keys":[]}']) {
      const entry = parseEntry(body, '7');
      expect(entry).toMatchObject({ action: 'stop', project: null, lock: null });
      expect(digestOf(entry)).toBe(digestOf(parseEntry(body, '7')));
    }
    const unsigned: StopEntry = {
      action: 'stop',
      source: 'statement',
      statement: '{}',
      signature: '',
      by: 'x',
      signer: 'two',
    };
    expect(factsOf(unsigned).project).toBeNull();
  });

  it('needs a reason and a valid project name', () => {
    expect(() => stop('widget', { reason: ' ' })).toThrow(expect.objectContaining({ code: 'STOP_INVALID' }));
    expect(() => stop('../x')).toThrow(expect.objectContaining({ code: 'STOP_INVALID' }));
  });
});

describe('a signer’s file of stops', () => {
  let folder = '';
  let stops: EmergencyStops;
  const file = () => ({ file: join(folder, 'stops.json'), signer: 'one' });
  const waits = { code: 'POLICY_UNAVAILABLE' };
  const add = (entry: StopEntry) => changeStops(file(), (state) => addStop(state, said(entry)));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-stops-'));
    await createStopFile(file());
    stops = watchEmergencyStops({ stops: file(), sync: () => Promise.resolve(), conflict: () => null });
    return () => rmSync(folder, { recursive: true, force: true });
  });

  it('keeps one project waiting and no other, or all', async () => {
    await stops.check('widget');
    await add(stop('widget'));
    await expect(stops.check('widget')).rejects.toMatchObject(waits);
    await expect(stops.check('widget')).rejects.toThrow('Malware is suspected.');
    await stops.check('gadget');
    await add(stop(null, { id: id('2') }));
    await expect(stops.check('gadget')).rejects.toMatchObject(waits);
  });

  it.each([
    ['lost', () => rmSync(file().file)],
    ['cut off', () => writeFileSync(file().file, '{"version": 2, "stops": [')],
    ['of a later version', () => writeFileSync(file().file, '{"version": 3}')],
  ])('keeps all projects waiting if it is %s', async (_, damage) => {
    await stops.check('widget');
    damage();
    await expect(stops.check('widget')).rejects.toMatchObject(waits);
    await expect(add(stop('widget'))).rejects.toMatchObject({ name: 'StopRecordError' });
  });

  it('keeps all projects waiting when an older one is restored under a running signer', async () => {
    const before = readFileSync(file().file, 'utf8');
    await add(stop('widget'));
    await expect(stops.check('widget')).rejects.toMatchObject(waits);
    writeFileSync(file().file, before);
    await expect(stops.check('gadget')).rejects.toThrow('set back');
  });

  it('of an earlier version keeps its content', async () => {
    const one = { project: 'widget', reason: 'Kept.', by: 'operator', at: now.toISOString() };
    writeFileSync(file().file, JSON.stringify({ version: 1, stops: [one, { ...one, source: 'statement' }] }));
    await expect(stops.check('widget')).rejects.toThrow('Kept.');
    await stops.check('gadget');
    const first = await readStops(file());
    expect((await readStops(file())).stops).toEqual(first.stops);
  });

  it('loses nothing when several write concurrently', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => add(stop(`p-${index}`, { id: id(String(index % 10)) }))),
    );
    expect((await readStops(file())).stops).toHaveLength(20);
    expect((await readStops(file())).revision).toBe(21);
  });

  it('is not written if it couldn’t be read again', async () => {
    const before = await readStops(file());
    const wrong = changeStops(file(), (state) => ({ ...state, liftedHere: ['x'] }));
    await expect(wrong).rejects.toMatchObject({ code: 'STOP_INVALID' });
    expect(await readStops(file())).toEqual(before);
  });

  it('is written even after a writer was killed', async () => {
    const lock = `${file().file}.lock`;
    writeFileSync(lock, '');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(lock, longAgo, longAgo);
    const { revision } = await readStops(file());
    await changeStops(file(), (state) => ({ ...state, liftedHere: ['a'.repeat(64)] }));
    expect((await readStops(file())).revision).toBe(revision + 1);
  });

  it('that is restored keeps what can still be read, and begins above the recorded position', async () => {
    await add(stop('widget'));
    expect(await restoreStopFile(file(), 40)).toBe(40);
    expect(projects(await readStops(file()))).toEqual(['widget']);
    writeFileSync(file().file, 'rubbish');
    expect(await restoreStopFile(file(), 50)).toBe(50);
    expect(projects(await readStops(file()))).toEqual([]);
    expect(readFileSync(`${file().file}.unreadable`, 'utf8')).toBe('rubbish');
  });

  it('has a secret beside it that only one of many processes creates', async () => {
    const secret = `${file().file}.secret`;
    const locks = await Promise.all(Array.from({ length: 5 }, () => openHostLock(secret)));
    const usable = locks.filter((lock) => lock !== null).map((lock) => lock.keyOf('x'));
    expect(new Set(usable).size).toBe(1);
    expect((await openHostLock(secret))?.keyOf('x')).toBe(usable[0]);
    writeFileSync(secret, 'rubbish');
    expect(await openHostLock(secret)).toBeNull();
  });
});
