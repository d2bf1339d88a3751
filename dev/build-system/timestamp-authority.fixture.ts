import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const configuration = (folder: string): string => `
[tsa]
serial = ${folder}/serial
signer_cert = ${folder}/tsa.pem
signer_key = ${folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256
ess_cert_id_alg = sha256
[root_extensions]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[tsa_extensions]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/** A timestamp authority run by openssl, as GitHub runs one of its own for private repositories. */
export function timestampAuthority() {
  const folder = mkdtempSync(join(tmpdir(), 'timestamps-'));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  writeFileSync(file('config'), configuration(folder));
  writeFileSync(file('serial'), '01\n');
  for (const name of ['root', 'tsa']) {
    openssl('ecparam', '-genkey', '-noout', '-name', 'prime256v1', '-out', file(`${name}.key`));
    openssl(
      'req',
      '-new',
      '-key',
      file(`${name}.key`),
      '-subj',
      `/O=Development/CN=${name}`,
      '-out',
      file(`${name}.csr`),
    );
  }
  const sign = (name: string, ...issuer: string[]) =>
    openssl(
      ...['x509', '-req', '-in', file(`${name}.csr`), '-days', '2', '-out', file(`${name}.pem`)],
      ...['-extfile', file('config'), '-extensions', `${name}_extensions`, ...issuer],
    );
  sign('root', '-signkey', file('root.key'));
  sign('tsa', '-CA', file('root.pem'), '-CAkey', file('root.key'), '-CAcreateserial');
  const der = (name: string) =>
    new Uint8Array(openssl('x509', '-in', file(`${name}.pem`), '-outform', 'DER'));
  const stamp = (signature: Uint8Array): Promise<Uint8Array> => {
    const digest = createHash('sha256').update(signature).digest('hex');
    openssl('ts', '-query', '-digest', digest, '-sha256', '-no_nonce', '-cert', '-out', file('query'));
    openssl(
      'ts',
      '-reply',
      '-config',
      file('config'),
      '-section',
      'tsa',
      '-queryfile',
      file('query'),
      '-out',
      file('reply'),
    );
    return Promise.resolve(new Uint8Array(readFileSync(file('reply'))));
  };
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { chain: [der('tsa'), der('root')], stamp, remove };
}
