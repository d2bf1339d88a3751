import { chmodSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyFile } from './key-file.ts';

const linesOf = (id: string, secret: string, token?: string): string =>
  [
    '# for the portal',
    '[default]',
    `aws_access_key_id = ${id}`,
    `aws_secret_access_key=${secret}`,
    ...(token === undefined ? [] : [`aws_session_token = ${token}`]),
    '',
  ].join('\n');

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-s3-keys-'));
  file = join(folder, 'keys');
  writeFileSync(file, linesOf('id', 'very/secret+'), { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));
const keys = { accessKeyId: 'id', secretAccessKey: 'very/secret+', sessionToken: null };

describe('access keys in a file', () => {
  it('are read as AWS’s tools write them, from a file or a credential', async () => {
    expect(await openKeyFile({ file }, {})()).toEqual(keys);
    expect(await openKeyFile({ credential: 'keys' }, { CREDENTIALS_DIRECTORY: folder })()).toEqual(keys);
    writeFileSync(file, linesOf('id', 'very/secret+', 'token=='));
    expect(await openKeyFile({ file }, {})()).toEqual({ ...keys, sessionToken: 'token==' });
    expect(() => openKeyFile({ credential: 'keys' }, {})).toThrow(/LoadCredential=/);
  });

  it('are read again when the file changes, and only then', async () => {
    const ask = openKeyFile({ file }, {});
    const first = await ask();
    expect(await ask()).toBe(first);
    // Beside it and renamed, as it should be done; of the same length, and of the same time.
    const { atime, mtime } = statSync(file);
    writeFileSync(`${file}.new`, linesOf('id', 'more/secret+'), { mode: 0o600 });
    utimesSync(`${file}.new`, atime, mtime);
    renameSync(`${file}.new`, file);
    expect(await ask()).toEqual({ ...keys, secretAccessKey: 'more/secret+' });
  });

  it('end with the file', async () => {
    const ask = openKeyFile({ file }, {});
    await ask();
    const { atime, mtime } = statSync(file);
    rmSync(file);
    await expect(ask()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    writeFileSync(file, linesOf('id', 'back'), { mode: 0o600 });
    utimesSync(file, atime, mtime);
    expect(await ask()).toMatchObject({ secretAccessKey: 'back' });
  });

  it.each([
    ['that others can read', () => chmodSync(file, 0o640), 'mode 640'],
    ['without a secret key', () => writeFileSync(file, 'aws_access_key_id = very-secret\n'), 'is missing'],
    ['with a line of something else', () => writeFileSync(file, 'very-secret\n'), ':1: It is none'],
    [
      'with a key twice',
      () => writeFileSync(file, 'aws_access_key_id=a\naws_access_key_id=very-secret\n'),
      'twice',
    ],
    ['with a space in a key', () => writeFileSync(file, 'aws_access_key_id = very secret\n'), 'none of the'],
    [
      'that is long',
      () => writeFileSync(file, `very-secret${'x'.repeat(20_000)}`),
      'larger than 16384 bytes',
    ],
    ['that isn’t there', () => rmSync(file), 'no such file'],
  ])('aren’t taken from a file %s, and are said nowhere', async (_what, change, words) => {
    change();
    const refused: unknown = await openKeyFile({ file }, {})().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(words) as unknown,
    });
    expect(String(refused) + JSON.stringify(refused)).not.toMatch(/very.secret/);
  });
});
