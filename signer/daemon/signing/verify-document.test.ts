import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, type X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseSha256Hex } from '#core/ids/index.ts';
import { documentProblems } from './verify-document.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-documents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const content = Buffer.from('content');
const sha256 = parseSha256Hex(createHash('sha256').update(content).digest('hex'));
const problemsOf = (name: string) =>
  documentProblems(
    { file: join(folder, name), sha256 },
    {
      signature: sign('sha256', content, privateKey),
      document: { form: 'binary', appended: Buffer.of() },
    },
    { hash: 'sha256', certificate: { publicKey } as unknown as X509Certificate },
  );

test('a file is verified that lies there itself, and no link or pipe in its place', async () => {
  writeFileSync(join(folder, 'plain'), content);
  symlinkSync(join(folder, 'plain'), join(folder, 'link'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  expect(await problemsOf('plain')).toEqual([]);
  for (const name of ['link', 'pipe'])
    expect(await problemsOf(name)).toEqual(['the file isn’t a plain file any more']);
});
