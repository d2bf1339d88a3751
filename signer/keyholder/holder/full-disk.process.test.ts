/** The journal on a real file system that gets full, at each byte of a record. */
import { readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lacksSmallDisks } from '../../../dev/test/lacks.ts';
import { SmallDisk } from '../../../dev/test/small-disk.ts';
import { KeyHolderJournal } from './journal.ts';

const at = new Date('2026-11-20T00:00:00Z');
const digits = (value: number): string => value.toString(16).padStart(64, '0');

describe.skipIf(lacksSmallDisks())('the key holder’s journal on a full disk', () => {
  it('answers for nothing that isn’t on disk, keeps its chain, and goes on by itself once there is room', async () => {
    await using disk = await SmallDisk.make(64);
    const path = join(disk.path, 'journal.jsonl');
    const journal = await KeyHolderJournal.open(path, at);
    const answered: number[] = [];
    let next = 0;
    const tryOne = async (signature: string): Promise<unknown> => {
      const mine = (next += 1);
      try {
        await journal.append({ kind: 'signed', grantId: digits(mine), signature }, at);
        answered.push(mine);
        return null;
      } catch (error) {
        return error;
      }
    };
    await tryOne('AQID');
    disk.fill();
    // Records of many lengths: some end in the page that the file has, others go beyond it, in part.
    let full = 0;
    for (let length = 4; length < 9000 && full < 40; length += 332) {
      const error = await tryOne('AAAA'.repeat(length / 4));
      if (error === null) continue;
      full += 1;
      expect(error).toMatchObject({
        code: 'JOURNAL_UNWRITABLE',
        message: expect.stringMatching(
          /journal\.jsonl can't be written: (?:ENOSPC|wrote \d+ of \d+ bytes)/,
        ) as unknown,
      });
      for (const mine of answered)
        expect(await journal.findSignature(digits(mine)), `${mine} was answered for`).not.toBeNull();
      const lines = readFileSync(path, 'utf8').split('\n');
      expect(lines.at(-1), 'no torn record stays').toBe('');
      expect(lines).toHaveLength(answered.length + 1);
    }
    expect(full).toBeGreaterThan(5);
    disk.free();
    expect(statfsSync(disk.path).bavail).toBeGreaterThan(2);
    expect(await tryOne('BAUG')).toBeNull();
    await journal.close();
    const again = await KeyHolderJournal.open(path, at);
    expect(again.head().sequence).toBe(answered.length);
    for (const mine of answered) expect(await again.findSignature(digits(mine))).not.toBeNull();
    await again.close();
  });

  it('becomes no segment while there is no room, and does once there is', async () => {
    await using disk = await SmallDisk.make(64);
    const path = join(disk.path, 'journal.jsonl');
    const journal = await KeyHolderJournal.open(path, at, { segmentRecords: 4 });
    for (let one = 1; one <= 4; one += 1)
      await journal.append({ kind: 'signed', grantId: digits(one), signature: 'AQID' }, at);
    disk.fill();
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(
        journal.append({ kind: 'signed', grantId: digits(5), signature: 'AQID' }, at),
      ).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' });
    expect(await journal.findSignature(digits(2))).not.toBeNull();
    disk.free();
    await journal.append({ kind: 'signed', grantId: digits(5), signature: 'AQID' }, at);
    await journal.close();
    const again = await KeyHolderJournal.open(path, at, { segmentRecords: 4 });
    for (let one = 1; one <= 5; one += 1) expect(await again.findSignature(digits(one))).not.toBeNull();
    await again.close();
  });
});
