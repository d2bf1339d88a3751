import { describe, expect, it } from 'vitest';
import { afterSigning, followOne, hex, program } from '../world.fixture.ts';

const sha256 = hex('sha256', program);

describe('a list of checksums', () => {
  it.each([
    ['of GNU, as text', `${sha256}  app.exe\n`],
    ['of GNU, as binary', `${sha256} *app.exe\n`],
    ['of GNU, without an end of its line', `${sha256}  app.exe`],
    ['of GNU with lines that end as on Windows', `${sha256}  app.exe\r\n`],
    ['of shasum --tag', `SHA256 (app.exe) = ${sha256}\n`],
    ['of BSD, SHA-512', `SHA512 (app.exe) = ${hex('sha512', program)}\n`],
    ['of OpenSSL', `SHA2-256(app.exe)= ${sha256}\n`],
    ['of OpenSSL, SHA-3', `SHA3-256(app.exe)= ${hex('sha3-256', program)}\n`],
    ['with a single space', `${sha256} app.exe\n`],
    ['with SHA-384', `${hex('sha384', program)}  app.exe\n`],
    ['with SHA-224', `${hex('sha224', program)}  app.exe\n`],
  ])('%s follows', async (_, list) => {
    const { written, refused } = await followOne('checksums', 'CHECKSUMS', list);
    expect(refused).toEqual([]);
    expect(written['CHECKSUMS']).toBe(afterSigning(list));
    expect(written['CHECKSUMS']).not.toBe(list);
  });

  it('with a digest alone is about the file that it is named after', async () => {
    for (const name of ['app.exe.sha256', 'app.exe.SHA256SUM', 'app.exe.sha-256']) {
      const { written } = await followOne('checksums', name, `${sha256}\n`);
      expect(written[name]).toBe(afterSigning(`${sha256}\n`));
    }
    const { refused } = await followOne('checksums', 'hashes.txt', `${sha256}\n`);
    expect(refused).toEqual(['follow.unreadable']);
    expect((await followOne('checksums', 'app.exe.sha256', `${sha256}\n${sha256}\n`)).refused).toEqual([
      'follow.unreadable',
    ]);
  });

  it('has escaped names as coreutils writes them', async () => {
    const list = `\\${hex('sha256', 'x')}  a\\\\b\\nc\n${sha256}  app.exe\n`;
    const { written, refused } = await followOne('checksums', 'SUMS', list, { 'a/b\nc': 'x' });
    expect(refused).toEqual([]);
    expect(written['SUMS']).toBe(afterSigning(list));
    const wrong = `\\${sha256}  a\\x\n`;
    expect((await followOne('checksums', 'SUMS', wrong)).refused).toEqual(['follow.unreadable']);
  });

  it.each([
    ['text in it', `${sha256}  app.exe\nsee above\n`, 2],
    ['a digest of another length', `${sha256}00  app.exe\n`, 1],
    ['a digest that isn’t as long as it says', `SHA512 (app.exe) = ${sha256}\n`, 1],
    ['a hash function that nobody knows', `SHA256X (app.exe) = ${sha256}\n`, 1],
    ['a signature around it', '-----BEGIN PGP SIGNED MESSAGE-----\n', 1],
  ])('with %s is refused, with the line', async (_, list, line) => {
    const { refused, findings } = await followOne('checksums', 'SUMS', list);
    expect(refused).toEqual(['follow.unreadable']);
    expect(findings[0]?.found).toBe(`line ${line}`);
  });
});
