/** A timestamp authority for tests: openssl's, with a key and a certificate of its own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asSequence, oids, readDer } from '../asn1/index.ts';
import { createTestSigner, toPem } from './signer.fixture.ts';

/** How it names its certificate: by SHA-1 in version 1 of the attribute, by others in version 2. */
type Naming = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const configuration = (dir: string, naming: Naming, chain: boolean) => `
[tsa]
default_tsa = authority
[authority]
dir = ${dir}
serial = ${dir}/serial
signer_cert = ${dir}/tsa.pem
certs = ${dir}/tsa-root.pem
signer_key = ${dir}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = ${naming}
ess_cert_id_chain = ${chain ? 'yes' : 'no'}
`;

/** Makes the authority's files in the folder. */
export function createTimestampAuthority(
  dir: string,
  { naming = 'sha256', chain = false }: { readonly naming?: Naming; readonly chain?: boolean } = {},
) {
  mkdirSync(dir, { recursive: true });
  const signer = createTestSigner('Countersign timestamps', { purpose: oids.timeStamping });
  const rootPem = join(dir, 'tsa-root.pem');
  writeFileSync(rootPem, toPem([signer.root]));
  writeFileSync(join(dir, 'tsa.pem'), toPem([signer.certificate]));
  writeFileSync(join(dir, 'tsa.key'), signer.key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(dir, 'tsa.cnf'), configuration(dir, naming, chain));
  writeFileSync(join(dir, 'serial'), '01\n');
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', ['ts', ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    rootPem,
    signer,
    /** → DER RFC 3161 token over SHA-256 of the bytes. */
    stamp(bytes: Uint8Array): Uint8Array {
      const digest = createHash('sha256').update(bytes).digest('hex');
      openssl('-query', '-digest', digest, '-sha256', '-cert', '-out', 'query.tsq');
      openssl('-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr');
      const [, token] = asSequence(readDer(Uint8Array.from(readFileSync(join(dir, 'reply.tsr')))));
      if (token === undefined) throw new Error('openssl gave no timestamp token');
      return token.bytes;
    },
  };
}
