import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/json/index.ts';
import { findSignatures, readKeyHolderJournal, verifySegments } from '../client/index.ts';
import { lastListNumber } from '../client/read-journal.ts';
import type { JournalEntry, JournalRecord } from '../protocol/index.ts';
import { buildIndex, parseFooter, SegmentIndex, type IndexEntry, writeFooter } from '../segments/index.ts';
import { KeyHolderJournal } from './journal.ts';

const at = new Date('2026-11-20T00:00:00Z');
const id = (text: string): string => createHash('sha256').update(text).digest('hex');
const signatureOf = (name: string): string => Buffer.from(`signature of ${name}`).toString('base64');
const segmentRecords = 4;

let dir: string;
let path: string;
let segments: string;
let journal: KeyHolderJournal | null;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-segments-'));
  path = join(dir, 'journal.jsonl');
  segments = `${path}.segments`;
  journal = null;
});
afterEach(async () => {
  await journal?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function open(records = segmentRecords): Promise<KeyHolderJournal> {
  await journal?.close();
  journal = null;
  journal = await KeyHolderJournal.open(path, at, { segmentRecords: records });
  return journal;
}

const intent = (name: string, change: Partial<Extract<JournalEntry, { kind: 'intent' }>> = {}) => ({
  kind: 'intent' as const,
  grantId: id(name),
  slot: id(`slot of ${name}`),
  purpose: 'release' as const,
  keyLabel: 'widget.release',
  requestId: '0b7f8a52-0000-4000-8000-000000000001',
  toBeSignedSha256: id(`bytes of ${name}`),
  project: 'widget',
  artifactSha256: id('artifact'),
  leafPath: [],
  unsignedSha256: id('file'),
  policyCommit: 'c'.repeat(40),
  ...change,
});

async function signAll(names: readonly string[]): Promise<void> {
  for (const name of names) {
    await Promise.all([
      journal?.append(intent(name), at),
      journal?.append({ kind: 'signed', grantId: id(name), signature: signatureOf(name) }, at),
    ]);
  }
}

/** Ten signatures: 20 records, in segments of four with what names them. */
const names = Array.from({ length: 10 }, (_, number) => `file-${number}`);

async function filled(): Promise<KeyHolderJournal> {
  const opened = await open();
  await signAll(names);
  return opened;
}

const closed = (): readonly string[] => readdirSync(segments).filter((file) => file.endsWith('.json'));
const text = (file: string): string => readFileSync(file, 'utf8');
const binding = (name: string) => ({
  toBeSignedSha256: id(`bytes of ${name}`),
  keyLabel: 'widget.release',
});

async function expectAllKnown(): Promise<void> {
  for (const name of names) {
    expect((await journal?.findSignature(id(name)))?.toString()).toBe(`signature of ${name}`);
    expect(await journal?.isBoundToOther(id(`slot of ${name}`), binding(name))).toBe(false);
    expect(await journal?.isBoundToOther(id(`slot of ${name}`), binding('another'))).toBe(true);
  }
  expect(await journal?.findSignature(id('never signed'))).toBeNull();
  expect(await journal?.isBoundToOther(id('slot of nothing'), binding('nothing'))).toBe(false);
}

describe('a journal in segments', () => {
  it('knows every signature and every place of all of them, now and after a restart', async () => {
    await filled();
    expect(closed().length).toBeGreaterThan(3);
    await expectAllKnown();
    await open();
    await expectAllKnown();
    expect(journal?.head().sequence).toBe(20 + closed().length);
  });

  it('is one chain of lines, from the first segment to the end of the file', async () => {
    await filled();
    const seen: number[] = [];
    const head = await readKeyHolderJournal(path, ({ sequence }) => seen.push(sequence));
    expect(head).toEqual(journal?.head());
    expect(seen).toEqual(Array.from({ length: head?.sequence ?? 0 }, (_, at) => at + 1));
    const files = readdirSync(segments).filter((file) => file.endsWith('.jsonl'));
    const lines = [...files.toSorted().map((file) => join(segments, file)), path].map(text).join('');
    const [last = ''] = lines.trimEnd().split('\n').slice(-1);
    expect(createHash('sha256').update(`${last}\n`).digest('hex')).toBe(head?.sha256);
  });

  it('knows the signature of a place under whichever grant, in whichever segment each was', async () => {
    await open();
    const slot = id('slot of file-0');
    expect(await journal?.findSignatureOf(slot)).toBeNull();
    // Asked for many times before it is signed, under other grants each: more than one block of the index has them.
    for (let number = 0; number < 150; number += 1)
      await journal?.append(intent(`grant ${number}`, { slot, toBeSignedSha256: id('bytes of file-0') }), at);
    expect(await journal?.findSignatureOf(slot)).toBeNull();
    await journal?.append({ kind: 'signed', grantId: id('grant 3'), signature: signatureOf('file-0') }, at);
    await signAll(names.slice(1));
    const again = await open();
    expect((await again.findSignatureOf(slot))?.toString()).toBe('signature of file-0');
    expect(await again.findSignatureOf(id('slot of nothing'))).toBeNull();
    expect(await verifySegments(path, { archives: [] })).toEqual(again.head());
  });

  it('finds all of a place in one segment, though its index has them in several blocks', async () => {
    await open(200);
    const slot = id('slot of file-0');
    for (let number = 0; number < 150; number += 1)
      await journal?.append(intent(`grant ${number}`, { slot, toBeSignedSha256: id('bytes of file-0') }), at);
    await journal?.append({ kind: 'signed', grantId: id('grant 3'), signature: signatureOf('file-0') }, at);
    await signAll(Array.from({ length: 25 }, (_, number) => `other ${number}`));
    expect(closed()).toHaveLength(1);
    const again = await open(200);
    expect((await again.findSignatureOf(slot))?.toString()).toBe('signature of file-0');
  });

  it('has in memory what one segment holds, however long it is', async () => {
    await filled();
    expect(text(path).trimEnd().split('\n').length).toBeLessThanOrEqual(segmentRecords);
    expect(text(path)).toContain('"kind":"segment"');
  });

  it('takes a long file of an earlier version over, line by line as it was', async () => {
    await open(1000);
    await signAll(names);
    await journal?.close();
    const before = text(path);
    const head = journal?.head();
    await open();
    expect(closed()).toHaveLength(5);
    expect(
      readdirSync(segments)
        .filter((file) => file.endsWith('.jsonl'))
        .toSorted()
        .map((file) => text(join(segments, file)))
        .join(''),
    ).toBe(before);
    expect(journal?.head().sequence).toBe((head?.sequence ?? 0) + 1);
    await expectAllKnown();
    await signAll(['one more']);
    await open();
    expect((await journal?.findSignature(id('one more')))?.toString()).toBe('signature of one more');
  });

  it('passes over segments that ended before, for who asks for what came later', async () => {
    await filled();
    const seen: number[] = [];
    await readKeyHolderJournal(path, ({ sequence }) => seen.push(sequence), { from: 18 });
    expect(seen[0]).toBeGreaterThan(10);
    expect(seen).toContain(18);
  });

  it('tells the highest number of a list that was asked for, in whichever segment', async () => {
    await open();
    await journal?.append(intent('list', { purpose: 'crl', requestId: 'crl-41-2' }), at);
    await journal?.append(intent('list before', { purpose: 'crl', requestId: 'crl-7' }), at);
    await signAll(names);
    expect(closed().length).toBeGreaterThan(3);
    expect(await lastListNumber(path)).toBe(41);
  });
});

describe('a crash while a segment is cut', () => {
  it('before the new file took its place leaves a journal that opens and is cut again', async () => {
    await open(1000);
    await signAll(names.slice(0, 2));
    await journal?.close();
    const before = text(path);
    await open();
    await signAll(['the next']);
    await journal?.close();
    expect(closed()).toHaveLength(1);
    writeFileSync(path, before);
    await open();
    expect(existsSync(segments) ? closed() : []).toEqual([]);
    expect((await journal?.findSignature(id('file-1')))?.toString()).toBe('signature of file-1');
    await signAll(['the next']);
    expect(closed()).toHaveLength(1);
  });

  it.each(['.jsonl', '.index'])('with no more written than its %s leaves one, too', async (left) => {
    await open();
    await signAll(names.slice(0, 2));
    await journal?.close();
    mkdirSync(segments, { recursive: true });
    writeFileSync(join(segments, `000001${left}`), 'half of');
    await open();
    await signAll(names.slice(2));
    await expectAllKnown();
    expect(await readKeyHolderJournal(path)).toEqual(journal?.head());
  });

  it('or at any other time loses nothing that was on disk', { timeout: 240_000 }, async () => {
    let next = 0;
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'segments.fixture.ts'), path, String(next)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let said = '';
      child.stdout.on('data', (some: Buffer) => (said += some.toString()));
      await once(child.stdout, 'data');
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 60);
      await once(child, 'close');
      const last = Number(said.trimEnd().split('\n').at(-1));
      await open(2);
      for (let number = 0; number <= last; number += 1)
        expect(await journal?.findSignature(number.toString(16).padStart(64, '0'))).not.toBeNull();
      expect(await readKeyHolderJournal(path)).toEqual(journal?.head());
      await journal?.close();
      journal = null;
      next = last + 1;
    }
    expect(next).toBeGreaterThan(4);
  });
});

describe('a journal in segments refuses to open', () => {
  const swap = (file: string, change: (bytes: Buffer) => Buffer) => (): void =>
    writeFileSync(join(segments, file), change(readFileSync(join(segments, file))));
  const flip = (at: number) => (bytes: Buffer) => {
    bytes[at < 0 ? bytes.length + at : at] = (bytes.at(at) ?? 0) ^ 1;
    return bytes;
  };
  it.each([
    [
      'a footer that says something else',
      swap('000002.json', (bytes) =>
        Buffer.from(bytes.toString().replace('"signatures":', '"signatures":1')),
      ),
    ],
    [
      'a footer that was made anew',
      swap('000003.json', (bytes) => Buffer.from(bytes.toString().replace('2026-11-20', '2026-11-21'))),
    ],
    [
      'a last footer that was made anew',
      () => {
        swap(closed().toSorted().at(-1) ?? '', (bytes) =>
          Buffer.from(bytes.toString().replace('2026-11-20', '2026-11-21')),
        )();
      },
    ],
    ['no footer', () => rmSync(join(segments, '000002.json'))],
    ['no last footer', () => rmSync(join(segments, closed().toSorted().at(-1) ?? ''))],
    [
      'another segment’s footer',
      () => copyFileSync(join(segments, '000001.json'), join(segments, '000002.json')),
    ],
    ['no index', () => rmSync(join(segments, '000002.index'))],
    ['an index whose directory was changed', swap('000002.index', flip(-20))],
    ['no segments at all', () => rmSync(segments, { recursive: true })],
    ['no file behind its segments', () => rmSync(path)],
    ['an empty file behind its segments', () => writeFileSync(path, '')],
  ])('with %s', async (_, tamper) => {
    await filled();
    await journal?.close();
    journal = null;
    tamper();
    await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
    await expect(readKeyHolderJournal(path)).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
  });

  it('where the file is an old copy, and leaves the segments that are newer', async () => {
    await open();
    await signAll(names.slice(0, 3));
    await journal?.close();
    const old = text(path);
    await open();
    await signAll(names.slice(3));
    await journal?.close();
    journal = null;
    const before = readdirSync(segments);
    writeFileSync(path, old);
    await expect(open()).rejects.toThrow(/is older than segment/);
    expect(readdirSync(segments)).toEqual(before);
  });

  it('where the file has other records of the same numbers, and leaves the segments', async () => {
    await open(1000);
    await signAll(['other-0', 'other-1']);
    await journal?.close();
    const others = text(path);
    rmSync(path);
    await open(1000);
    await signAll(names.slice(0, 2));
    await open();
    await signAll(['the next']);
    await journal?.close();
    journal = null;
    const before = readdirSync(segments);
    expect(closed()).toHaveLength(1);
    writeFileSync(path, others);
    await expect(open()).rejects.toThrow(/is older than segment/);
    expect(readdirSync(segments)).toEqual(before);
  });

  it('with a record in the middle that names a segment', async () => {
    await filled();
    const head = journal?.head();
    await journal?.append({ kind: 'segment', number: 1, footerSha256: head?.sha256 ?? '' }, at);
    await expect(open()).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
  });
});

describe('a closed segment', () => {
  it('whose index was changed in use is noticed by the block that is read', async () => {
    await filled();
    const file = join(segments, '000001.index');
    const bytes = readFileSync(file);
    // The place of file-0 would be free again.
    const at = bytes.indexOf(Buffer.from(id('slot of file-0'), 'hex'));
    expect(at).toBeGreaterThan(0);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const attempt = journal?.isBoundToOther(id('slot of file-0'), binding('another'));
    await expect(attempt).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
  });

  it('whose signature was changed gives none, and is no chain for readers', async () => {
    await filled();
    const file = join(segments, '000001.jsonl');
    writeFileSync(file, text(file).replace(signatureOf('file-0'), signatureOf('file-9')));
    await expect(journal?.findSignature(id('file-0'))).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
    await expect(readKeyHolderJournal(path)).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
  });

  it('or none yet: gives no signature that was changed in the open file', async () => {
    await filled();
    writeFileSync(path, text(path).replace(signatureOf('file-9'), signatureOf('file-0')));
    await expect(journal?.findSignature(id('file-9'))).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
  });

  it('that lost its end is no chain for readers', async () => {
    await filled();
    const file = join(segments, '000001.jsonl');
    writeFileSync(file, `${text(file).trimEnd().split('\n').slice(0, -1).join('\n')}\n`);
    await expect(readKeyHolderJournal(path)).rejects.toThrow(/isn't the last one by its footer/);
  });

  it('in an archive is named by who needs it, and read from there', async () => {
    await filled();
    const archive = join(dir, 'archive');
    mkdirSync(archive);
    renameSync(join(segments, '000001.jsonl'), join(archive, '000001.jsonl'));
    await open();
    expect((await journal?.findSignature(id('file-9')))?.toString()).toBe('signature of file-9');
    // What a place is bound to is in the index.
    expect(await journal?.isBoundToOther(id('slot of file-0'), binding('another'))).toBe(true);
    const away = { code: 'JOURNAL_SEGMENT_AWAY', message: expect.stringContaining('000001.jsonl') as string };
    await expect(journal?.findSignature(id('file-0'))).rejects.toMatchObject(away);
    await expect(readKeyHolderJournal(path)).rejects.toMatchObject(away);
    const head = await readKeyHolderJournal(path, undefined, { archives: [archive] });
    expect(head).toEqual(journal?.head());
    const { signatures, began } = await findSignatures(
      path,
      new Set([id('file-0'), id('file-9'), id('none')]),
      [archive],
    );
    expect(began).toEqual(at);
    expect([...signatures.values()].map(String).toSorted()).toEqual([
      'signature of file-0',
      'signature of file-9',
    ]);
  });

  it('cut by another keyholder takes the file from the first, which is refused', async () => {
    await filled();
    const first = await KeyHolderJournal.open(path, at, { segmentRecords: 1000 });
    const second = await KeyHolderJournal.open(path, at, { segmentRecords: 2 });
    await second.append({ kind: 'failed', grantId: id('x'), code: 'BUSY' }, at);
    const late = first.append({ kind: 'failed', grantId: id('y'), code: 'BUSY' }, at);
    await expect(late).rejects.toMatchObject({ code: 'JOURNAL_TAMPERED' });
    await Promise.all([first.close(), second.close()]);
  });

  it('can’t be written on a full disk: nothing is lost, and the next attempt writes it', async () => {
    await open();
    await signAll(names.slice(0, 2));
    writeFileSync(segments, 'a file where the folder should be');
    const attempt = journal?.append({ kind: 'failed', grantId: id('x'), code: 'BUSY' }, at);
    await expect(attempt).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' });
    rmSync(segments);
    await signAll(names.slice(2));
    await expectAllKnown();
    expect(await readKeyHolderJournal(path)).toEqual(journal?.head());
  });
});

describe('the segments of a journal', () => {
  const seen: number[] = [];
  const verify = (archives: readonly string[] = []) => {
    seen.length = 0;
    return verifySegments(path, { archives, each: ({ number }) => seen.push(number) });
  };

  it('are verified one by one, wherever their records are', async () => {
    await filled();
    const archive = join(dir, 'archive');
    mkdirSync(archive);
    renameSync(join(segments, '000002.jsonl'), join(archive, '000002.jsonl'));
    expect(await verify([archive])).toEqual(journal?.head());
    expect(seen).toEqual(closed().map((_, at) => at + 1));
    await expect(verify()).rejects.toMatchObject({ code: 'JOURNAL_SEGMENT_AWAY' });
    expect(seen).toEqual([1]);
    // A footer that is right in all but what the records, or the index, are.
    const archived = join(archive, '000002.jsonl');
    const bytes = readFileSync(archived);
    writeFileSync(archived, Buffer.concat([bytes, Buffer.from('half a line')]));
    await expect(verify([archive])).rejects.toThrow(/its SHA-256 is/);
    writeFileSync(archived, bytes);
    expect(await verify([archive])).toEqual(journal?.head());
  });

  /** What somebody could do who writes the folder and makes all hashes anew. */
  async function remakeLastSegment(
    change: (entries: readonly IndexEntry[]) => readonly IndexEntry[],
  ): Promise<void> {
    const footerFile = join(segments, closed().toSorted().at(-1) ?? '');
    const indexFile = footerFile.replace(/\.json$/, '.index');
    const { footer } = parseFooter(readFileSync(footerFile)) ?? {};
    if (footer === undefined) throw new Error('no footer');
    const entries: IndexEntry[] = [];
    for await (const entry of (await SegmentIndex.open(indexFile, footer)).entries()) entries.push(entry);
    const changed = change(entries);
    const index = buildIndex(changed);
    writeFileSync(indexFile, index.bytes);
    const count = (wanted: IndexEntry['kind']) => changed.filter(({ kind }) => kind === wanted).length;
    const made = writeFooter({
      ...footer,
      slots: count('slot'),
      asked: count('asked'),
      signatures: count('grant'),
      index: index.described,
    });
    writeFileSync(footerFile, made);
    let previous = '';
    const lines = text(path)
      .trimEnd()
      .split('\n')
      .map((line) => {
        const record = JSON.parse(line) as JournalRecord;
        const entry =
          record.entry.kind === 'segment'
            ? { ...record.entry, footerSha256: createHash('sha256').update(made).digest('hex') }
            : record.entry;
        const next = `${canonicalJson({ ...record, entry, previous: previous === '' ? record.previous : previous })}\n`;
        previous = createHash('sha256').update(next).digest('hex');
        return next;
      });
    writeFileSync(path, lines.join(''));
  }

  it('are compared with what their indexes say, entry by entry', async () => {
    await filled();
    await journal?.close();
    journal = null;
    await remakeLastSegment((entries) =>
      entries.map((entry) => (entry.kind === 'slot' ? { ...entry, digest: id('other') } : entry)),
    );
    await expect(verify()).rejects.toThrow(/its index has slot [0-9a-f]{64} otherwise/);
  });

  it('have an entry for each signature and each place', async () => {
    await filled();
    await journal?.close();
    journal = null;
    await remakeLastSegment((entries) => entries.slice(1));
    await expect(verify()).rejects.toThrow(/its index lacks grant/);
  });
});
