/** What osslsigncode and sbsign nest and add is found to the last signature, and verifies. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { oids } from '../../pki/asn1/index.ts';
import {
  findSignatures,
  parseSignedData,
  verifyAuthenticode,
  verifySignerInfo,
} from '../../pki/cms/index.ts';
import { toPem } from '../../pki/cms/signer.fixture.ts';
import { parseTstInfo } from '../../pki/tsp/index.ts';
import { memorySource } from '../random-access.ts';
import { extractPeSignatures, parsePe, peDigest } from './index.ts';
import { createJudge, judges } from './judge.fixture.ts';
import { buildProgram } from './program.fixture.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'countersign-nested-'));
const { signer, tsa } = createJudge(dir);
const [certificates, key] = [join(dir, 'signer.pem'), join(dir, 'signer.key')];

beforeAll(() => {
  writeFileSync(certificates, toPem([signer.certificate, signer.root]));
  writeFileSync(key, signer.key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(dir, 'tsa-chain.pem'), toPem([tsa.signer.certificate, tsa.signer.root]));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function nest(from: string, to: string, ...options: readonly string[]): Promise<void> {
  const files = ['-certs', certificates, '-key', key, '-in', join(dir, from), '-out', join(dir, to)];
  await run('osslsigncode', ['sign', ...options, ...files]);
}

async function open(name: string) {
  const source = memorySource(readFileSync(join(dir, name)));
  const layout = await parsePe(source);
  return {
    digest: await peDigest(source, layout),
    ...findSignatures(await extractPeSignatures(source, layout)),
  };
}

test.skipIf(lacksTools(...judges))(
  'a SHA-1 signature with three nested, timestamped ones, deeper than Microsoft’s',
  async () => {
    const stamped = [
      '-nest',
      '-h',
      'sha256',
      '-TSA-certs',
      join(dir, 'tsa-chain.pem'),
      '-TSA-key',
      join(dir, 'tsa/tsa.key'),
    ];
    writeFileSync(join(dir, 'plain.dll'), buildProgram({ characteristics: 0x2022 }));
    await nest('plain.dll', '1.dll', '-h', 'sha1');
    await nest('1.dll', '2.dll', ...stamped);
    await nest('2.dll', '3.dll', ...stamped);
    await nest('3.dll', '4.dll', ...stamped);
    const { signatures, problems, digest } = await open('4.dll');
    expect(problems).toEqual([]);
    expect(signatures.map((signature) => [signature.nesting, signature.signedData.digestAlgorithms])).toEqual(
      [[0, [oids.sha1]], ...Array<unknown>(3).fill([1, [oids.sha256]])],
    );
    for (const { der, countersignatures } of signatures.slice(1)) {
      const verified = verifyAuthenticode({
        pkcs7: der,
        peDigest: digest,
        signerCertificate: signer.certificate,
      });
      expect(verified).toMatchObject({ ok: true, problems: [] });
      const token = parseSignedData(countersignatures[0]?.der ?? new Uint8Array());
      expect(verifySignerInfo({ signedData: token }).ok).toBe(true);
      const { time } = parseTstInfo(token.encapContent ?? new Uint8Array());
      expect(countersignatures).toMatchObject([{ kind: 'rfc3161', time }]);
    }
  },
);

test.skipIf(lacksTools(...judges))(
  'two signatures side by side, as sbsign adds them for firmware',
  async () => {
    writeFileSync(join(dir, 'plain.efi'), buildProgram({ subsystem: 10, headerOffset: 0x7a }));
    for (const [from, to] of [
      ['plain.efi', 'once.efi'],
      ['once.efi', 'twice.efi'],
    ] as const) {
      const files = ['--key', key, '--cert', certificates, '--output', join(dir, to), join(dir, from)];
      await run('sbsign', files);
    }
    const { signatures, problems, digest } = await open('twice.efi');
    expect(problems).toEqual([]);
    expect(signatures.map(({ nesting }) => nesting)).toEqual([0, 0]);
    for (const { der } of signatures) {
      const verified = verifyAuthenticode({
        pkcs7: der,
        peDigest: digest,
        signerCertificate: signer.certificate,
      });
      expect(verified).toMatchObject({ digestEqual: true, signatureValid: true });
    }
  },
);
