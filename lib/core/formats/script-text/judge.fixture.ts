/** Signs scripts in tests, and has osslsigncode judge those of PowerShell. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { createTestSigner, toPem } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { memorySource } from '../random-access.ts';
import type { ScriptFamily } from './kinds.ts';
import { readScript } from './script.ts';
import { scriptSigning } from './sign.ts';

const run = promisify(execFile);

/** Writes its files into the folder. */
export function createJudge(dir: string) {
  mkdirSync(dir, { recursive: true });
  const at = (name: string): string => join(dir, name);
  const signer = createTestSigner('Countersign release');
  const upstream = createTestSigner('Upstream');
  const tsa = createTimestampAuthority(at('tsa'));
  writeFileSync(at('roots.pem'), toPem([signer.root, upstream.root]));
  writeFileSync(at('upstream.pem'), toPem([upstream.certificate, upstream.root]));
  writeFileSync(at('upstream.key'), upstream.key.export({ type: 'pkcs8', format: 'pem' }));

  return {
    signer,

    sign: (
      family: ScriptFamily,
      name: string,
      file: Uint8Array,
      options: Omit<AuthenticodeSign, 'method'> = {},
      timestamped = false,
    ): Promise<Uint8Array> =>
      signRounds({
        signing: scriptSigning(family),
        signer,
        file,
        name,
        sign: { method: 'authenticode', ...options },
        ...(timestamped ? { stamp: (signature: Uint8Array) => tsa.stamp(signature) } : {}),
      }),

    /** As upstream signed it. */
    async osslsigncode(name: string, file: Uint8Array, ...more: readonly string[]): Promise<Uint8Array> {
      writeFileSync(at(name), file);
      rmSync(at(`signed-${name}`), { force: true });
      const files = ['-in', at(name), '-out', at(`signed-${name}`)];
      const keys = ['-certs', at('upstream.pem'), '-key', at('upstream.key')];
      await run('osslsigncode', ['sign', ...keys, '-h', 'sha256', ...more, ...files]);
      return Uint8Array.from(readFileSync(at(`signed-${name}`)));
    },

    /** What osslsigncode says of all signatures; rejects where it refuses one. */
    async verify(name: string, file: Uint8Array): Promise<string> {
      writeFileSync(at(name), file);
      const roots = ['-CAfile', at('roots.pem'), '-TSA-CAfile', tsa.rootPem];
      const { stdout } = await run('osslsigncode', ['verify', ...roots, '-in', at(name)]);
      return stdout;
    },

    read: (family: ScriptFamily, name: string, file: Uint8Array) =>
      readScript(memorySource(file), family, { name }),
  };
}
