import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noteKey, openNote, parseNoteKey, signNote } from './index.ts';

const pair = generateKeyPairSync('ed25519');
const raw = (key: typeof pair): Uint8Array =>
  Buffer.from(key.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
const key = noteKey('example.org/log', raw(pair));
const other = noteKey('example.org/log', raw(generateKeyPairSync('ed25519')));
const signWith = (message: Uint8Array) => Promise.resolve(sign(null, message, pair.privateKey));
const text = 'first line\n\nanother paragraph: ä\n';

describe('a signed note', () => {
  it('opens with its key, which survives being written as a line', async () => {
    const note = await signNote(text, key, signWith);
    expect(openNote(note, [other, parseNoteKey(`${key.verifierKey}\n`)]).text).toBe(text);
  });

  it('has a signature that openssl accepts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'note-'));
    try {
      const note = await signNote(text, key, signWith);
      const base64 = note.trimEnd().split(' ').at(-1) ?? '';
      writeFileSync(join(folder, 'text'), text);
      writeFileSync(join(folder, 'signature'), Buffer.from(base64, 'base64').subarray(4));
      writeFileSync(join(folder, 'key.pem'), pair.publicKey.export({ type: 'spki', format: 'pem' }));
      const args = [
        '-verify',
        '-pubin',
        '-inkey',
        'key.pem',
        '-rawin',
        '-in',
        'text',
        '-sigfile',
        'signature',
      ];
      const said = execFileSync('openssl', ['pkeyutl', ...args], { cwd: folder, encoding: 'utf8' });
      expect(said).toContain('Verified Successfully');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('derives the key’s id from name and key, as its specification says', () => {
    // Known answer: SHA-256 of name, newline, 0x01 and 32 zero octets.
    expect(noteKey('a', new Uint8Array(32)).verifierKey).toBe(
      `a+${execFileSync('openssl', ['dgst', '-sha256', '-r'], {
        input: Buffer.concat([Buffer.from('a\n'), Buffer.of(1), Buffer.alloc(32)]),
      })
        .toString()
        .slice(0, 8)}+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`,
    );
  });

  it.each([
    ['NOTE_SIGNATURE_WRONG', (note: string) => note.replace('first', 'First'), [key]],
    ['NOTE_UNSIGNED', (note: string) => note, [other]],
    ['NOTE_MALFORMED', (note: string) => note.trimEnd(), [key]],
    ['NOTE_MALFORMED', (note: string) => note.replace('\u2014', '-'), [key]],
    ['NOTE_MALFORMED', (note: string) => note.replace('first', 'fi\trst'), [key]],
    ['NOTE_MALFORMED', (note: string) => `${note}${(note.split('\n\n').at(-1) ?? '').repeat(40)}`, [key]],
    ['NOTE_MALFORMED', () => 'x'.repeat(5 * 1024 * 1024), [key]],
  ] as const)('is refused with %s', async (code, change, keys) => {
    const note = await signNote(text, key, signWith);
    expect(() => openNote(change(note), keys)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused with a signature that lost or gained a byte', async () => {
    const note = await signNote(text, key, signWith);
    const line = note.trimEnd().split(' ').at(-1) ?? '';
    const bytes = Buffer.from(line, 'base64');
    for (const other of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.of(0)]), bytes.subarray(0, 4)]) {
      const changed = note.replace(line, other.toString('base64'));
      expect(() => openNote(changed, [key])).toThrow(
        expect.objectContaining({ code: 'NOTE_SIGNATURE_WRONG' }),
      );
    }
  });

  it('is read to four million characters, though it is signed', async () => {
    const note = await signNote(`${'x'.repeat(4 * 1024 * 1024)}\n`, key, signWith);
    expect(() => openNote(note, [key])).toThrow(expect.objectContaining({ code: 'NOTE_MALFORMED' }));
  });

  it('is distinct from other text of the same bytes: half a character isn’t the replacement character', async () => {
    const note = await signNote('x\ufffd\n', key, signWith);
    expect(openNote(note, [key]).text).toBe('x\ufffd\n');
    const changed = note.replace('\ufffd', '\ud800');
    expect(Buffer.from(changed)).toEqual(Buffer.from(note));
    expect(() => openNote(changed, [key])).toThrow(expect.objectContaining({ code: 'NOTE_MALFORMED' }));
  });

  it('isn’t made with another key, or of text that isn’t one', async () => {
    await expect(signNote(text, other, signWith)).rejects.toMatchObject({ code: 'NOTE_SIGNATURE_WRONG' });
    await expect(signNote('no end', key, signWith)).rejects.toMatchObject({ code: 'NOTE_MALFORMED' });
  });

  it.each(['', 'a+b', 'a b+00000000+AQ', key.verifierKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')])(
    'isn’t opened with a key like %j',
    (line) => {
      expect(() => parseNoteKey(line)).toThrow(expect.objectContaining({ code: 'NOTE_KEY_MALFORMED' }));
    },
  );
});
