import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { auditFileNames, digestSha256, formatDigest, lineOf, type DigestedFile } from '#core/audit/index.ts';
import { nextEntry, type JournalEntry } from '#core/wire/journal/index.ts';
import { noteKey, signNote } from '#core/pki/note/index.ts';
import { auditCommand } from './audit.ts';

const pair = generateKeyPairSync('ed25519');
const key = noteKey(
  'example/log',
  Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
);
const work = mkdtempSync(join(tmpdir(), 'audit-verify-'));
const keyFile = join(work, 'log.vkey');
let count = 0;
let folder: string;
let entries: readonly JournalEntry[];
let text = '';

writeFileSync(keyFile, `${key.verifierKey}\n`);
afterAll(() => rmSync(work, { recursive: true }));

const rowOf = ({ seq, at, ...rest }: JournalEntry): string =>
  lineOf('jsonl', [], { ...rest, seq: seq.toString(), at: at.toISOString() });

/** Writes an export of these lines of the journal, signed as it is. */
async function write(
  lines: readonly string[],
  { first = 2, last = 3, previous = null as string | null, from = '2026-11-01T00:00:00Z' } = {},
): Promise<string> {
  const target = join(work, String((count += 1)));
  mkdirSync(target);
  const describe = (name: string): DigestedFile => {
    const bytes = Buffer.from(name === 'journal.jsonl' ? lines.join('') : '');
    writeFileSync(join(target, name), bytes);
    return {
      name,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
      rows: 0,
    };
  };
  const [firstEntry, lastEntry] = [entries[first - 1], entries[last - 1]];
  if (firstEntry === undefined || lastEntry === undefined) throw new Error('no such entries');
  text = formatDigest({
    number: 2,
    previous,
    exportId: '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0001',
    from: new Date(from),
    to: new Date('2026-12-01T00:00:00Z'),
    signedAt: new Date('2026-12-01T01:00:00Z'),
    journal: {
      first: String(first),
      before: firstEntry.previousHash,
      last: String(last),
      head: lastEntry.entryHash,
    },
    signer: auditFileNames('signer').map(describe),
    portal: auditFileNames('portal').map(describe),
  });
  writeFileSync(
    join(target, 'digest.note'),
    await signNote(text, key, (message) => Promise.resolve(sign(null, message, pair.privateKey))),
  );
  return target;
}

async function verify(...args: readonly string[]): Promise<string> {
  let said = '';
  expect(await auditCommand(['verify', ...args, '--key', keyFile], (text) => (said += text))).toBe(0);
  return said;
}

beforeEach(async () => {
  const made: JournalEntry[] = [];
  for (let index = 0; index < 5; index += 1) {
    const at = new Date(Date.UTC(2026, 10, index + 1));
    made.push(
      nextEntry(made.at(-1) ?? null, {
        at,
        requestId: null,
        kind: 'policy.accepted',
        body: { text: `ä\n${index}` },
      }),
    );
  }
  entries = made;
  folder = await write(entries.slice(1, 3).map(rowOf));
});

describe('countersign audit verify', () => {
  it('describes an export that is valid in every part', async () => {
    const said = await verify(folder);
    expect(said).toContain('Digest 2, signed by example/log');
    expect(said).toContain('The journal is a chain from entry 2 to entry 3.');
    expect(said).toContain(digestSha256(text));
  });

  it.each([
    [
      'a file that was changed',
      (folder: string) => writeFileSync(join(folder, 'decisions.csv'), 'x'),
      'decisions.csv: was changed',
    ],
    [
      'a digest that was changed',
      (folder: string) => {
        const file = join(folder, 'digest.note');
        writeFileSync(file, readFileSync(file, 'utf8').replace('number 2', 'number 3'));
      },
      'not over this text',
    ],
  ])('refuses %s', async (_, spoil, words) => {
    spoil(folder);
    await expect(verify(folder)).rejects.toThrow(words);
  });

  it('refuses a folder that lacks a file', async () => {
    const other = await write(entries.slice(1, 3).map(rowOf));
    rmSync(join(other, 'approvals.jsonl'));
    await expect(verify(other)).rejects.toThrow('approvals.jsonl: is missing');
  });

  it.each([
    [
      'an altered entry',
      () => [rowOf(entries[1] as JournalEntry), rowOf({ ...(entries[2] as JournalEntry), body: '{}' })],
      'entry 3 was altered',
    ],
    ['a missing entry', () => [rowOf(entries[2] as JournalEntry)], 'entry 2 is missing'],
    ['an entry short at the end', () => [rowOf(entries[1] as JournalEntry)], 'the last entry is 2'],
    ['an entry more', () => entries.slice(1, 4).map(rowOf), 'the last entry is 4'],
    [
      'an entry without its body',
      () => [
        rowOf(entries[1] as JournalEntry),
        rowOf({ ...(entries[2] as JournalEntry), body: null as never }),
      ],
      'entry 3 has lost its body',
    ],
    ['no entry', () => ['{"seq":"2"}\n'], 'not an entry of the journal'],
    ['null', () => ['null\n'], 'not an entry of the journal'],
  ])('refuses a journal with %s, though it is signed', async (_, lines, words) => {
    await expect(verify(await write(lines()))).rejects.toThrow(words);
  });

  it('verifies an entry of a kind that is not exported by its hash', async () => {
    const hidden = { ...rowObject(entries[2]), kind: 'some.new-kind', body: null };
    const lines = [rowOf(entries[1] as JournalEntry), lineOf('jsonl', [], hidden)];
    expect(await verify(await write(lines))).toContain('to entry 3');
  });

  it('says whether one export follows another', async () => {
    const before = await write(entries.slice(0, 1).map(rowOf), { first: 1, last: 1 });
    const previous = digestSha256(text);
    const from = '2026-12-01T00:00:00Z';
    const next = await write(entries.slice(1, 3).map(rowOf), { previous, from });
    expect(await verify(next, '--after', before)).toContain('It follows the other one.');
    await expect(verify(folder, '--after', before)).rejects.toThrow('doesn’t name digest 2');
    const gap = await write(entries.slice(2, 4).map(rowOf), { first: 3, last: 4, previous, from });
    await expect(verify(gap, '--after', before)).rejects.toThrow('entry 3 doesn’t follow entry 1');
  });

  it.each([
    [[]],
    [['verify']],
    [['sign', 'x']],
    [['verify', 'a', 'b', '--key', 'k']],
    [['verify', 'a', '--keys', 'k']],
  ])('prints its usage: %j', async (args) => {
    await expect(auditCommand(args, () => undefined)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

const rowObject = (entry: JournalEntry | undefined) =>
  JSON.parse(rowOf(entry as JournalEntry)) as Record<string, string | null>;
