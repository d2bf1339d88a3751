/** Programs, installers and cabinets signed on a token by the signer's own path with each further kind of key: other programs judge them. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cab } from '#core/formats/cab/cab.fixture.ts';
import { installer } from '#core/formats/msi/msi.fixture.ts';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { keyKindOf } from '#core/pki/key-kind/index.ts';
import { openRunFolder, removeRunFolder } from '../test/run-folder.ts';
import { openEngine, type Engine } from './engine.ts';

const configuration = (root: string) => `apiVersion: countersign/v1
kind: ArtifactConfiguration
root: ${root}
`;
const content = Buffer.from('what is inside');
const artifacts = {
  pe: () => Promise.resolve(buildProgram()),
  msi: () => installer({ streams: [{ name: 'content', content }] }),
  cab: () => Promise.resolve(cab([{ files: [{ name: 'a.txt', content }] }])),
} as const;

describe.each(['p-384', 'rsa-4096'] as const)('a key of the kind %s', (key) => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = (await openRunFolder()).state;
    engine = await openEngine(folder, { key });
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    removeRunFolder(folder);
  });
  const at = (name: string): string => join(folder, name);
  const judge = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

  /** → the signed file. */
  async function signed(type: keyof typeof artifacts, hash: 'sha256' | 'sha384'): Promise<string> {
    writeFileSync(at(`in.${type}`), await artifacts[type]());
    const root = `{ type: ${type}, sign: { method: authenticode, hashAlgorithm: ${hash} } }`;
    const { file, findings } = await engine.sign(configuration(root), at(`in.${type}`));
    expect(findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    return file ?? '';
  }

  it.each([
    ['pe', 'sha256'],
    ['pe', 'sha384'],
    ['msi', 'sha256'],
    ['msi', 'sha384'],
    ['cab', 'sha256'],
    ['cab', 'sha384'],
  ] as const)('signs %s by %s, as osslsigncode sees it', async (type, hash) => {
    const file = await signed(type, hash);
    const roots = ['-CAfile', engine.root, '-TSA-CAfile', engine.root];
    const said = judge('osslsigncode', 'verify', ...roots, '-in', file);
    expect(said).toContain('Signature verification: ok');
    expect(said).toContain('Timestamp Server Signature verification: ok');
    expect(said).toMatch(new RegExp(`^Message digest algorithm *: ${hash.toUpperCase()}$`, 'm'));
    const extracted = `${type}-${hash}.pem`;
    judge('osslsigncode', 'extract-signature', '-pem', '-in', file, '-out', extracted);
    const certificates = judge('openssl', 'pkcs7', '-print_certs', '-in', extracted);
    const kinds = certificates
      .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
      ?.map((pem) => new X509Certificate(pem))
      .filter(({ ca, keyUsage }) => !ca && keyUsage.includes('1.3.6.1.5.5.7.3.3'))
      .map(({ publicKey }) => keyKindOf(publicKey));
    expect(kinds).toEqual([key]);
  });

  it('signs a program as sbverify sees it, and no other one', async () => {
    const file = await signed('pe', 'sha256');
    expect(judge('sbverify', '--cert', engine.root, file)).toContain('Signature verification OK');
    const changed = readFileSync(file);
    const at512 = changed.readUInt8(512);
    changed.writeUInt8(at512 ^ 1, 512);
    writeFileSync(at('changed.exe'), changed);
    expect(() => judge('sbverify', '--cert', engine.root, 'changed.exe')).toThrow();
    expect(() => judge('osslsigncode', 'verify', '-CAfile', engine.root, '-in', 'changed.exe')).toThrow();
  });
});
