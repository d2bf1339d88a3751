/** Texts are read in the keyholder and the daemon, too: what they cost there must not depend on how long their lines are. */
import { expect, test } from 'vitest';
import { clearSigned, signedText } from './index.ts';

async function* inChunks(text: string, bytes: number): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) yield all.subarray(at, at + bytes);
}
async function piecesOf(chunks: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const chunk of chunks) pieces.push(Buffer.from(chunk).toString('latin1'));
  return pieces;
}

test('a chunk of a text becomes one piece, however many lines it has', async () => {
  const text = '\n'.repeat(100_000);
  expect(await piecesOf(signedText(inChunks(text, 50_000)))).toHaveLength(3);
  const message = await piecesOf(clearSigned(inChunks(text, 50_000), 'sha256', Buffer.from('signature')));
  expect(message).toHaveLength(5);
});

test.each([
  ['blanks that count and blanks that don’t', 'a \t b \t \r\n  \n\tc\t', 'a \t b\r\n\r\n\tc'],
  ['empty lines, also at the end', '\n\na\n\n', '\r\n\r\na\r\n'],
  ['only blanks', ' \t', ''],
])('is hashed alike in whatever pieces it is read: %s', async (_, text, hashed) => {
  for (const bytes of [1, 2, 3, 100])
    expect((await piecesOf(signedText(inChunks(text, bytes)))).join('')).toBe(hashed);
});

test('is written alike in whatever pieces it is read, with dashes escaped', async () => {
  for (const bytes of [1, 2, 3, 100]) {
    const pieces = await piecesOf(clearSigned(inChunks('-a-\r\n--\n b', bytes), 'sha256', Buffer.of()));
    expect(pieces.join('').split('\n\n')[1]).toBe('- -a-\r\n- --\n b\n');
  }
});

test.each([
  ['a carriage return within a line', 'a\rb\n'],
  ['one at the end', 'a\r'],
  ['two before the end of a line', 'a\r\r\n'],
  ['NUL', 'a\0b'],
  ['a line too long', 'x'.repeat(16 * 1024 + 1)],
])('is refused with %s, in whatever pieces it is read', async (_, text) => {
  for (const bytes of [1, 2, 100_000])
    await expect(piecesOf(signedText(inChunks(text, bytes)))).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});
