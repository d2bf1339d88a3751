/** Signs programs in tests, and has osslsigncode and sbverify judge them. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { buildAuthenticode, verifyAuthenticode } from '../../pki/cms/index.ts';
import { createTestSigner, signContent, toPem, type p256 } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { memorySource } from '../random-access.ts';
import {
  compareSignedPe,
  embedPeSignatures,
  extractPeSignatures,
  parsePe,
  peChecksum,
  peDigest,
  peSpcIndirectData,
} from './index.ts';
import { collect } from './program.fixture.ts';

const run = promisify(execFile);

/** Programs that judge. */
export const judges = ['osslsigncode', 'sbsign', 'sbverify', 'openssl'] as const;

/** Writes its files into the folder. */
export function createJudge(dir: string, keys?: ReturnType<typeof p256>) {
  mkdirSync(dir, { recursive: true });
  const signer = createTestSigner('Countersign release', keys === undefined ? {} : { keys });
  const tsa = createTimestampAuthority(join(dir, 'tsa'));
  const rootPem = join(dir, 'root.pem');
  writeFileSync(rootPem, toPem([signer.root]));

  async function sign(program: Uint8Array, timestamped: boolean) {
    const source = memorySource(program);
    const layout = await parsePe(source);
    const digest = await peDigest(source, layout);
    const options = { description: 'Ein Prögramm', descriptionUrl: 'https://example.org/program' };
    const { parts, signature } = signContent(signer, peSpcIndirectData(digest), options);
    const timestampToken = timestamped ? tsa.stamp(signature) : null;
    const pkcs7 = buildAuthenticode({ ...parts, timestampToken });
    return {
      unsigned: { source, layout },
      pkcs7,
      signed: await collect(embedPeSignatures(source, layout, [pkcs7])),
    };
  }

  async function expectAccepted(program: Uint8Array, timestamped = false): Promise<void> {
    const { unsigned, pkcs7, signed } = await sign(program, timestamped);
    const file = join(dir, `signed-${signed.length}.exe`);
    writeFileSync(file, signed);
    const roots = timestamped ? ['-TSA-CAfile', tsa.rootPem] : [];
    const { stdout } = await run('osslsigncode', ['verify', '-CAfile', rootPem, ...roots, '-in', file]);
    expect(stdout).toMatch(/Signature verification: ok/);
    expect(stdout).not.toMatch(/invalid|failed|mismatch|error|warning/i);
    if (timestamped) expect(stdout).toMatch(/Timestamp Server Signature verification: ok/);
    const checksums = [...stdout.matchAll(/PE checksum\s*: ([0-9A-F]{8})/g)].map((match) => match[1]);
    expect(new Set(checksums).size).toBe(1);
    expect(stdout).toContain('Ein Prögramm');
    await expect(run('sbverify', ['--cert', rootPem, file])).resolves.toMatchObject({
      stdout: expect.stringContaining('Signature verification OK') as string,
    });
    const again = { source: memorySource(signed), layout: await parsePe(memorySource(signed)) };
    expect(await compareSignedPe(unsigned, again)).toEqual({ equal: true });
    expect(await peChecksum(again.source, again.layout)).toBe(again.layout.checksumStated);
    expect(await extractPeSignatures(again.source, again.layout)).toEqual([pkcs7]);
    const digest = await peDigest(again.source, again.layout);
    const answer = verifyAuthenticode({ pkcs7, peDigest: digest, signerCertificate: signer.certificate });
    expect(answer).toMatchObject({ ok: true, problems: [] });
  }

  return { signer, tsa, rootPem, sign, expectAccepted };
}
