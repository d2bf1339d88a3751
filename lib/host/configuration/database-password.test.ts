import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { withDatabasePassword } from './database-password.ts';

const url = 'postgresql://countersign_portal@127.0.0.1:5432/countersign?sslmode=disable';
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-password-'));
  file = join(folder, 'database');
  writeFileSync(file, 'p@ss/w:rd\n', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the password of a database’s role', () => {
  it('goes into the address as it stands, from a file or a credential', () => {
    const whole =
      'postgresql://countersign_portal:p%40ss%2Fw%3Ard@127.0.0.1:5432/countersign?sslmode=disable';
    expect(withDatabasePassword(url, { file }, {})).toBe(whole);
    const env = { CREDENTIALS_DIRECTORY: folder };
    expect(withDatabasePassword(url, { credential: 'database' }, env)).toBe(whole);
    expect(withDatabasePassword(url, undefined, {})).toBe(url);
  });

  it.each(['100%', 'a%41b', '%zz', 'a&b=c?d#e f', 'ä€'])(
    '%s is what PostgreSQL’s client reads out of it',
    (password) => {
      writeFileSync(file, `${password}\n`);
      const connectionString = withDatabasePassword(url, { file }, {});
      expect(new pg.Client({ connectionString }).password).toBe(password);
    },
  );

  it.each([
    ['that others can read', () => chmodSync(file, 0o640), 'mode 640'],
    ['of two lines', () => writeFileSync(file, 'one\ntwo\n'), 'isn’t one line'],
    ['of nothing', () => writeFileSync(file, '\n'), 'isn’t one line'],
    ['that is long', () => writeFileSync(file, 'x'.repeat(2000)), 'larger than 1024 bytes'],
    ['that isn’t there', () => rmSync(file), 'no such file'],
  ])('is refused in a file %s, and said nowhere', (_what, change, words) => {
    change();
    expect(() => withDatabasePassword(url, { file }, {})).toThrow(
      expect.objectContaining({
        code: 'CONFIGURATION_INVALID',
        message: expect.stringMatching(words) as unknown,
      }),
    );
  });

  it('is read from a credential that an access list opens to the process, and from no other file that shows that mode', () => {
    // As systemd leaves it where its folder of credentials has access lists: the mask shows as the group's mode.
    chmodSync(file, 0o440);
    const env = { CREDENTIALS_DIRECTORY: folder };
    expect(withDatabasePassword(url, { credential: 'database' }, env)).toContain('p%40ss');
    expect(() => withDatabasePassword(url, { file }, {})).toThrow(/mode 440/);
    chmodSync(file, 0o444);
    expect(() => withDatabasePassword(url, { credential: 'database' }, env)).toThrow(/mode 444/);
  });

  it('is refused beside another, or where the address has no place for it', () => {
    const other = 'postgresql://a:secret@127.0.0.1/b';
    expect(() => withDatabasePassword(other, { file }, {})).toThrow(/has a password already/);
    expect(() => withDatabasePassword(other, { file }, {})).not.toThrow(/secret/);
    expect(() => withDatabasePassword('postgresql:///b?host=/run/postgresql', { file }, {})).toThrow(
      /no host or no user/,
    );
    expect(() => withDatabasePassword(url, { credential: 'database' }, {})).toThrow(/LoadCredential=/);
  });
});
