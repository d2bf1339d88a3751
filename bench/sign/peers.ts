/** Other programs on the same files, key, token and timestamp authority. */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { openClamd } from '../../signer/daemon/scan/clamd.ts';
import { Pkcs11Token } from '../../signer/keyholder/token/index.ts';
import type { Case } from './cases.ts';
import type { BenchFoundation } from './foundation.ts';

export interface Peer {
  readonly name: string;
  readonly wallSeconds: number;
}

const run = promisify(execFile);
const engine = '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so';

async function timed(name: string, work: () => Promise<unknown>): Promise<Peer> {
  const start = performance.now();
  await work();
  return { name, wallSeconds: (performance.now() - start) / 1000 };
}

export async function* peers(
  bench: BenchFoundation,
  { policy }: Case,
  files: readonly string[],
): AsyncGenerator<Peer> {
  const { clamd } = bench.foundation.stack;
  yield await timed('sha256sum', () => run('sha256sum', [...files]));
  yield await timed('clamd alone', async () => {
    const scanner = openClamd({ host: clamd.host, port: clamd.port, timeoutSeconds: 600 });
    for (const file of files) await scanner.scanFile(file);
  });
  if (policy === 'bench-jar') {
    const keystore = await keystoreOf(bench);
    yield await timed('jarsigner, key in a file, timestamped', () => jarsigner(bench, keystore, files));
  }
  if (policy === 'bench-nuget') {
    const key = await peerKey(bench);
    yield await timed('sha256sum, openssl cms and ts, curl, zip', () => signNuget(bench, key, files));
  }
  if (policy === 'bench-program' || policy === 'bench-installer')
    for (const { name, key } of await keysOf(bench))
      yield await timed(`osslsigncode, ${name}, timestamped`, async () => {
        for (const file of files) await osslsigncode(bench, key, file);
      });
  if (policy === 'bench-archive')
    for (const { name, key } of await keysOf(bench))
      yield await timed(`unzip, osslsigncode two at a time, ${name}, timestamped, zip`, () =>
        repack(bench, key, files[0] ?? ''),
      );
  if (policy === 'bench-program' && files.length > 1) yield await rawRate(bench, files.length);
}

type KeyArguments = readonly string[];

const registry = z.object({
  keys: z.array(
    z.object({
      label: z.string(),
      token: z.string(),
      project: z.string().nullable(),
      purpose: z.string(),
      certificate: z.string(),
    }),
  ),
});

async function signingKey({ foundation }: BenchFoundation) {
  const { stack, keys } = foundation;
  const all = registry.parse(JSON.parse(await readFile(keys.registry, 'utf8'))).keys;
  const found = all.find(({ project, purpose }) => project === 'esbuild-demo' && purpose === 'test');
  if (found === undefined) throw new Error('the bench has no key of its own');
  const token = stack.softHsm.tokens.find(({ label }) => label === found.token);
  const pin = (await readFile(token?.pinFile ?? '', 'utf8')).trim();
  return { ...found, certificate: join(dirname(keys.registry), found.certificate), pin };
}

/** The same key on the token, by OpenSSL's engine where that is installed; and one in a file. */
async function keysOf(
  bench: BenchFoundation,
): Promise<readonly { readonly name: string; readonly key: KeyArguments }[]> {
  const { pem, certificate } = await peerKey(bench);
  const inFile = { name: 'key in a file', key: ['-certs', certificate, '-key', pem] };
  if (!existsSync(engine)) return [inFile];
  const { label, token, pin, certificate: own } = await signingKey(bench);
  const { module } = bench.foundation.stack.softHsm;
  const uri = `pkcs11:token=${token};object=${label};type=private`;
  const key = ['-pkcs11engine', engine, '-pkcs11module', module, '-pass', pin, '-key', uri, '-certs', own];
  return [{ name: 'PKCS#11 engine', key }, inFile];
}

async function peerKey({ folder }: BenchFoundation) {
  const [pem, certificate] = [join(folder, 'peer-key.pem'), join(folder, 'peer.pem')];
  if (!existsSync(pem))
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:3072', '-nodes', '-subj', '/CN=peer', '-days', '2'],
      ...['-addext', 'extendedKeyUsage=codeSigning', '-keyout', pem, '-out', certificate],
    ]);
  return { pem, certificate };
}

async function osslsigncode(
  { foundation }: BenchFoundation,
  key: KeyArguments,
  file: string,
  out: string | null = null,
): Promise<void> {
  const signed = out ?? `${file}.signed`;
  await run(
    'osslsigncode',
    ['sign', ...key, '-h', 'sha256', '-ts', foundation.tsa.url, '-in', file, '-out', signed],
    { env: { ...process.env, SOFTHSM2_CONF: foundation.stack.softHsm.configFile } },
  );
  if (out === null) await rm(signed);
}

/** What a project does without a signer: unpack, sign each program, pack again. */
async function repack(bench: BenchFoundation, key: KeyArguments, file: string): Promise<void> {
  const [content, signed] = [`${file}.content`, `${file}.signed`];
  await mkdir(content);
  try {
    await run('unzip', ['-q', file, '-d', content]);
    const programs = (await readdir(content)).filter((name) => name.endsWith('.exe'));
    const signNext = async (): Promise<void> => {
      for (let name = programs.pop(); name !== undefined; name = programs.pop()) {
        const out = join(content, `${name}.${randomUUID()}`);
        await osslsigncode(bench, key, join(content, name), out);
        await run('mv', [out, join(content, name)]);
      }
    };
    // One that fails isn't cleaned up after while the other still writes.
    const ends = await Promise.allSettled([signNext(), signNext()]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    await run('zip', ['-q', '-r', '-X', '-D', signed, '.'], { cwd: content });
  } finally {
    await rm(content, { recursive: true, force: true });
    await rm(signed, { force: true });
  }
}

async function keystoreOf(bench: BenchFoundation): Promise<string> {
  const { pem, certificate } = await peerKey(bench);
  const keystore = join(bench.folder, 'peer.p12');
  if (!existsSync(keystore))
    await run('openssl', [
      ...['pkcs12', '-export', '-inkey', pem, '-in', certificate, '-name', 'peer'],
      ...['-out', keystore, '-passout', 'pass:changeit'],
    ]);
  return keystore;
}

async function jarsigner(
  { foundation }: BenchFoundation,
  keystore: string,
  files: readonly string[],
): Promise<void> {
  for (const file of files) {
    const out = `${file}.signed`;
    await run('jarsigner', [
      ...['-keystore', keystore, '-storepass', 'changeit', '-tsa', foundation.tsa.url],
      ...['-signedjar', out, file, 'peer'],
    ]);
    await rm(out);
  }
}

/**
 * No program in Debian signs NuGet packages: what has to be done to one, by the usual tools. The token goes into a file beside it, since
 * none of them puts it into the signature.
 */
async function signNuget(
  { foundation, folder }: BenchFoundation,
  { pem, certificate }: { readonly pem: string; readonly certificate: string },
  files: readonly string[],
): Promise<void> {
  const script = `
cp "$1" signed.nupkg
printf 'Version:1\\n\\n2.16.840.1.101.3.4.2.1-Hash:%s\\n\\n' "$(openssl dgst -sha256 -binary signed.nupkg | base64 -w 0)" > content
openssl cms -sign -binary -nodetach -cades -md sha256 -outform DER -signer "$2" -inkey "$3" -in content -out .signature.p7s
openssl ts -query -sha256 -cert -data .signature.p7s -out query
curl -sSf -H 'content-type: application/timestamp-query' --data-binary @query -o answer "$4"
zip -q -0 -X signed.nupkg .signature.p7s`;
  for (const file of files) {
    const cwd = join(folder, randomUUID());
    await mkdir(cwd);
    await run('sh', ['-ec', script, 'sh', file, certificate, pem, foundation.tsa.url], { cwd });
    await rm(cwd, { recursive: true });
  }
}

/** Bare signatures of the token, by four sessions, as many as there are files. */
async function rawRate(bench: BenchFoundation, count: number): Promise<Peer> {
  const { label, token: tokenLabel, pin } = await signingKey(bench);
  const { module, configFile } = bench.foundation.stack.softHsm;
  process.env['SOFTHSM2_CONF'] = configFile;
  const sessions = 4;
  const token = Pkcs11Token.open({ module, tokenLabel, pin, sessions });
  try {
    await token.sign(label, Buffer.of(0));
    return await timed(`the token alone, ${sessions} sessions, ${count} signatures`, () =>
      Promise.all(
        Array.from({ length: count }, (_, at) =>
          token.sign(label, createHash('sha256').update(String(at)).digest()),
        ),
      ),
    );
  } finally {
    await token.close();
  }
}
