/** The whole chain on an HSM, judged by osslsigncode: ceremony, key holder, timestamp authority. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { authenticodeSignedAttributes, buildAuthenticode, contentDigest } from '#core/pki/cms/index.ts';
import { embedPeSignatures, parsePe, peDigest, peSpcIndirectData } from '#core/formats/pe/index.ts';
import { buildProgram, collect } from '#core/formats/pe/program.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { releaseGrant } from '../../keyholder/grant/grants.fixture.ts';
import { openKeyHolder } from '../../keyholder/index.ts';
import { requestTimestamp } from '../../daemon/timestamping/index.ts';
import { startTestAuthority } from './authority.fixture.ts';

const run = promisify(execFile);
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

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
    const { signature } = await keyHolder.sign(releaseGrant({ toBeSigned: signedAttributes }));
    const root = authority.certificate('foundation-root');
    const trusted = { trustedRoots: [root], timeoutMs: 120_000 };
    const timestamp = await requestTimestamp({
      ...trusted,
      urls: [authority.url],
      digest: sha256(signature),
    });
    const pkcs7 = buildAuthenticode({
      content: spcIndirectData,
      signedAttributes,
      signature,
      timestampToken: timestamp.token,
      signerCertificate: authority.certificate('widget.release'),
      chain: [authority.certificate('foundation-issuing'), root],
    });
    const signed = join(authority.folder, 'signed.exe');
    writeFileSync(signed, await collect(embedPeSignatures(source, layout, [pkcs7])));
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
