/** The whole chain on an HSM, judged by osslsigncode: ceremony, key holder, timestamp authority. */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { authenticodeSignedAttributes, buildAuthenticode, contentDigest } from '#core/pki/cms/index.ts';
import { embedPeSignature, parsePe, peDigest, peSpcIndirectData } from '#core/formats/pe/index.ts';
import { buildProgram, collect } from '#core/formats/pe/program.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { openKeyHolder, signingGrantId, type SigningGrantWire } from '../../keyholder/index.ts';
import { requestTimestamp } from '../../daemon/timestamping/index.ts';
import { startTestAuthority } from './authority.fixture.ts';

const run = promisify(execFile);
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function grantFor(program: Uint8Array, toBeSigned: Uint8Array): SigningGrantWire {
  const digest = sha256(program).toString('hex');
  const grant: Omit<SigningGrantWire, 'grantId'> = {
    ...{
      version: 1,
      purpose: 'release',
      keyLabel: 'widget.release',
      requestId: randomUUID(),
      project: 'widget',
      program: 'executables',
    },
    ...{ artifactSha256: digest, leafPath: [], unsignedSha256: digest, policyCommit: 'c'.repeat(40) },
    toBeSigned: Buffer.from(toBeSigned).toString('base64'),
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  };
  return { ...grant, grantId: signingGrantId(grant) };
}

it('osslsigncode accepts a program signed by the key holder and timestamped by the authority', async () => {
  const authority = await startTestAuthority();
  const keyHolder = await openKeyHolder(authority.signing);
  try {
    const program = buildProgram();
    const source = memorySource(program);
    const layout = await parsePe(source);
    const spcIndirectData = peSpcIndirectData(await peDigest(source, layout));
    const signedAttributes = authenticodeSignedAttributes({
      contentDigest: contentDigest(spcIndirectData),
    });
    const { signature } = await keyHolder.sign(grantFor(program, signedAttributes));
    const root = authority.certificate('foundation-root');
    const trusted = { trustedRoots: [root], timeoutMs: 120_000 };
    const timestamp = await requestTimestamp({
      ...trusted,
      urls: [authority.url],
      digest: sha256(signature),
    });
    const pkcs7 = buildAuthenticode({
      ...{ content: spcIndirectData, signedAttributes, signature, timestampToken: timestamp.token },
      signerCertificate: authority.certificate('widget.release'),
      chain: [authority.certificate('foundation-issuing'), root],
    });
    const signed = join(authority.folder, 'signed.exe');
    writeFileSync(signed, await collect(embedPeSignature(source, layout, pkcs7)));
    const rootPem = join(authority.keysDirectory, 'foundation-root.pem');
    const verdict = await run('osslsigncode', [
      'verify',
      '-CAfile',
      rootPem,
      '-TSA-CAfile',
      rootPem,
      '-in',
      signed,
    ]);
    expect(verdict.stdout).toMatch(/^Succeeded/m);
    // 2.9 says the first, Debian 12's 2.5 the second.
    expect(verdict.stdout).toMatch(/Timestamp (verified|Server Signature verification: ok)/);
  } finally {
    await keyHolder.close();
    await authority.close();
  }
});
