import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyHolderJournal } from './journal.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-journal-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const path = join(dir, 'deep', 'journal.jsonl');
const at = new Date('2026-11-20T00:00:00Z');
const id = (digit: string): string => digit.repeat(64);

async function open(): Promise<KeyHolderJournal> {
  return KeyHolderJournal.open(path, at);
}

async function writeTwo(): Promise<void> {
  const journal = await open();
  await Promise.all([
    journal.append({ kind: 'signed', grantId: id('a'), signature: 'AQID' }, at),
    journal.append({ kind: 'failed', grantId: id('b'), code: 'TOKEN_UNAVAILABLE' }, at),
    journal.append({ kind: 'signed', grantId: id('c'), signature: 'BAUG' }, at),
  ]);
  await journal.close();
}

describe('the key holder’s journal', () => {
  beforeEach(async () => {
    rmSync(path, { force: true });
    await writeTwo();
  });

  it.each([
    ['removed', () => rmSync(path), 'was removed while this process wrote to it'],
    [
      'replaced',
      () => {
        const bytes = readFileSync(path);
        rmSync(path);
        writeFileSync(path, bytes);
      },
      'is no longer the file that this process opened',
    ],
  ])(
    'notices that its file was %s while it is open, before anything is to be signed',
    async (_, damage, said) => {
      const journal = await open();
      await journal.checkInPlace();
      damage();
      const displaced = { code: 'JOURNAL_TAMPERED', message: expect.stringContaining(said) as unknown };
      await expect(journal.checkInPlace()).rejects.toMatchObject(displaced);
      await expect(
        journal.append({ kind: 'signed', grantId: id('e'), signature: 'AQID' }, at),
      ).rejects.toMatchObject(displaced);
      await journal.close();
    },
  );

  it('finds recorded signatures after a restart and continues the same chain', async () => {
    const journal = await open();
    expect(await journal.findSignature(id('c'))).toEqual(Buffer.from([4, 5, 6]));
    expect(await journal.findSignature(id('b'))).toBeNull();
    expect(journal.head().sequence).toBe(3);
    await journal.append({ kind: 'signed', grantId: id('d'), signature: 'AQID' }, at);
    await journal.close();
    const again = await open();
    expect(again.head().sequence).toBe(4);
    await again.close();
  });

  it('drops a last line truncated by a crash, and records that it did', async () => {
    appendFileSync(path, '{"at":"2026-11-20T00:00:00.000Z","entry":{"kind":"sig');
    const journal = await open();
    await journal.close();
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({ entry: { kind: 'recovered', droppedBytes: 53 } });
  });

  const lines = (change: (all: string[]) => string[]) => (): void =>
    writeFileSync(path, `${change(readFileSync(path, 'utf8').trimEnd().split('\n')).join('\n')}\n`);

  it.each([
    ['a changed signature', lines(([first = '', ...rest]) => [first.replace('AQID', 'AQIE'), ...rest]), 2],
    ['a removed record', lines(([first = '', , third = '']) => [first, third]), 2],
    ['exchanged records', lines(([first = '', second = '', third = '']) => [second, first, third]), 1],
    [
      'a record written another way',
      lines(([first = '', ...rest]) => [first.replace(':', ': '), ...rest]),
      1,
    ],
    ['an empty line', lines((all) => ['', ...all]), 1],
  ])('refuses to open with %s, naming the line', async (_, tamper, line) => {
    tamper();
    await expect(open()).rejects.toMatchObject({
      code: 'JOURNAL_TAMPERED',
      message: expect.stringContaining(`${path}:${line}:`) as string,
    });
  });

  it.each([
    ['another grant’s signature', 0],
    ['no signature', 1],
  ])('returns no signature if its line was replaced by %s while in use', async (_what, source) => {
    const journal = await open();
    const all = readFileSync(path, 'utf8').split('\n');
    const third = all[2] ?? '';
    const other = (all[source] ?? '').padEnd(third.length);
    const text = readFileSync(path, 'utf8').replace(third, other.slice(0, third.length));
    writeFileSync(path, text);
    await expect(journal.findSignature(id('c'))).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
    expect(await journal.findSignature(id('a'))).toEqual(Buffer.from([1, 2, 3]));
    await journal.close();
  });

  it('refuses to append when another process wrote to the file', async () => {
    const journal = await open();
    appendFileSync(path, 'foreign\n');
    const append = journal.append({ kind: 'failed', grantId: id('e'), code: 'BUSY' }, at);
    await expect(append).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
    await journal.close();
  });

  it('loses no record where two processes append at the same instant: one of them is refused', async () => {
    for (let round = 0; round < 20; round += 1) {
      rmSync(path, { force: true });
      await writeTwo();
      const journals = [await open(), await open()];
      const ids = [id('e'), id('f')];
      const made = await Promise.allSettled(
        journals.map((journal, index) =>
          journal.append({ kind: 'signed', grantId: ids[index] ?? '', signature: 'AQID' }, at),
        ),
      );
      expect(made.filter((one) => one.status === 'fulfilled').length).toBeLessThan(2);
      const text = readFileSync(path, 'utf8');
      for (const [index, one] of made.entries())
        if (one.status === 'fulfilled') expect(text).toContain(ids[index]);
      await Promise.all(journals.map((journal) => journal.close()));
    }
  });
});
