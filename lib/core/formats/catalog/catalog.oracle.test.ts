/** osslsigncode, which shares no code with this room, must accept the catalogs that it signs, and programs by them. */
import { execFile } from 'node:child_process';
import { sign as rawSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { createTestSigner, toPem } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { buildProgram, collect } from '../pe/program.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { memorySource } from '../random-access.ts';
import { catalog, flat, ofProgram, type CatalogOptions } from './catalog.fixture.ts';
import { readCatalog, signedSizeMax } from './read-catalog.ts';
import { catalogSigning } from './sign.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'countersign-catalog-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});
const at = (name: string): string => join(dir, name);
const sign = { method: 'authenticode', description: 'Ein Treiber' } as const;

const program = buildProgram();
const files = [await ofProgram('driver.sys', program), flat('driver.inf', Buffer.from('[Version]\n'))];

describe.skipIf(lacksTools('osslsigncode', 'openssl'))('osslsigncode', () => {
  const signer = createTestSigner('Countersign release');
  const tsa = createTimestampAuthority(at('tsa'));
  writeFileSync(at('root.pem'), toPem([signer.root]));
  writeFileSync(at('signer.pem'), toPem([signer.certificate, signer.root]));
  writeFileSync(at('key.pem'), signer.key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(at('driver.sys'), program);

  async function signed(unsigned: Uint8Array, timestamped: boolean): Promise<Uint8Array> {
    const source = memorySource(unsigned);
    const subject = await catalogSigning.subject(source, sign);
    const { certificate, root } = signer;
    const by = { certificate, chain: [root], time: new Date() };
    const toBeSigned = catalogSigning.toBeSigned(subject, sign, by);
    const signature = Uint8Array.from(rawSign('sha256', toBeSigned, signer.key));
    const timestampToken = timestamped ? tsa.stamp(signature) : null;
    const parts = { subject, toBeSigned, signature, signer: by, timestampToken };
    const assembled = catalogSigning.assemble(parts, sign);
    const finished = await collect(catalogSigning.embed(source, assembled, sign));
    const read = await catalogSigning.readBack(source, memorySource(finished), assembled, sign);
    expect(catalogSigning.verify(read, certificate, sign)).toMatchObject({ problems: [], timestampToken });
    expect(read.subject).toEqual(subject);
    return finished;
  }

  const verify = async (...more: readonly string[]): Promise<string> => {
    const roots = ['-CAfile', at('root.pem'), '-TSA-CAfile', tsa.rootPem];
    const { stdout } = await run('osslsigncode', ['verify', ...roots, ...more]);
    return stdout;
  };

  test.each<[string, CatalogOptions, boolean]>([
    ['version 2', {}, false],
    ['version 1', { version: 1 }, false],
    ['version 2, timestamped', {}, true],
  ])('accepts a signed catalog of %s, and the program that it lists', async (name, options, timestamped) => {
    const file = at(`${name}.cat`);
    writeFileSync(file, await signed(catalog(files, options), timestamped));
    const itself = await verify('-in', file);
    expect(itself).toContain('Signature verification: ok');
    expect(itself).toContain('Ein Treiber');
    // It recommends -catalog in a warning, which is the next thing that is asked of it.
    expect(itself).not.toMatch(/invalid|failed|mismatch/i);
    if (timestamped) expect(itself).toMatch(/Timestamp Server Signature verification: ok/);
    expect(await verify('-catalog', file, '-in', at('driver.sys'))).toContain('Signature verification: ok');
  });

  test('accepts SHA-384 and SHA-512, and what replaces a signature that is there', async () => {
    const by = { signing: catalogSigning, signer, sign };
    for (const hashAlgorithm of ['sha384', 'sha512'] as const) {
      const file = await signRounds({ ...by, file: catalog(files), sign: { ...sign, hashAlgorithm } });
      writeFileSync(at('strong.cat'), file);
      expect(await verify('-in', at('strong.cat'))).toContain('Signature verification: ok');
    }
    const upstream = await signRounds({ ...by, signer: createTestSigner('Upstream'), file: catalog(files) });
    const replace = { ...sign, existingSignature: 'replace' } as const;
    const replaced = await signRounds({ ...by, file: upstream, sign: replace });
    expect(replaced).toEqual(await signRounds({ ...by, file: catalog(files) }));
    writeFileSync(at('replaced.cat'), replaced);
    expect(await verify('-in', at('replaced.cat'))).toContain('Signature verification: ok');
    expect(await verify('-catalog', at('replaced.cat'), '-in', at('driver.sys'))).toContain(
      'Signature verification: ok',
    );
    const read = {
      signature: replaced,
      subject: await catalogSigning.subject(memorySource(replaced), replace),
    };
    expect(
      catalogSigning.verify(read, signer.certificate, { ...sign, hashAlgorithm: 'sha512' }).problems,
    ).toEqual(['the signature was made with another hash than sha512']);
  });

  test('refuses a program that the catalog doesn’t list, and a list changed after signing', async () => {
    const finished = await signed(catalog(files), false);
    writeFileSync(at('ours.cat'), finished);
    writeFileSync(at('other.sys'), buildProgram({ overlay: Buffer.from('another') }));
    await expect(verify('-catalog', at('ours.cat'), '-in', at('other.sys'))).rejects.toThrow();
    const place = Buffer.from(finished).indexOf(Buffer.from(files[1]?.digest ?? []));
    const changed = Uint8Array.from(finished).fill(0, place, place + 32);
    writeFileSync(at('changed.cat'), changed);
    await expect(verify('-in', at('changed.cat'))).rejects.toThrow();
    const read = {
      signature: changed,
      subject: await catalogSigning.subject(memorySource(catalog(files)), sign),
    };
    expect(catalogSigning.verify(read, signer.certificate, sign).problems).toContain(
      'the signature is about another list',
    );
  });

  test('agrees on what is signed: its own signature of the same catalog is about the same list', async () => {
    writeFileSync(at('unsigned.cat'), catalog(files));
    const input = ['-certs', at('signer.pem'), '-key', at('key.pem'), '-h', 'sha256'];
    await run('osslsigncode', ['sign', ...input, '-in', at('unsigned.cat'), '-out', at('theirs.cat')]);
    const theirs = await readCatalog(memorySource(readFileSync(at('theirs.cat'))), signedSizeMax);
    const ours = await readCatalog(memorySource(catalog(files)));
    expect(theirs.signers).toBe(1);
    expect(Buffer.compare(theirs.listDer, ours.listDer)).toBe(0);
    const read = {
      signature: theirs.der,
      subject: await catalogSigning.subject(memorySource(ours.der), sign),
    };
    expect(catalogSigning.verify(read, signer.certificate, sign).problems).toEqual([]);
  });

  test('what is read back must be the list that was inspected, in the file that was embedded, under the certificate', async () => {
    const other = catalog(files.slice(0, 1));
    const finished = await signed(catalog(files), false);
    const readBack = (before: Uint8Array, after: Uint8Array) =>
      catalogSigning.readBack(memorySource(before), memorySource(after), finished, sign);
    await expect(readBack(other, finished)).rejects.toThrow('another list');
    await expect(readBack(catalog(files), Buffer.concat([finished, Buffer.of(0)]))).rejects.toThrow(
      'embedded',
    );
    const huge = memorySource(new Uint8Array(signedSizeMax + 1));
    await expect(catalogSigning.readBack(memorySource(other), huge, finished, sign)).rejects.toThrow('large');
    const read = await readBack(catalog(files), finished);
    const stranger = createTestSigner('Stranger').certificate;
    expect(catalogSigning.verify(read, stranger, sign).problems).toContain(
      'the signature names another certificate',
    );
    const lied = { ...read, subject: { ...read.subject, digest: '00'.repeat(32) } };
    expect(catalogSigning.verify(lied, signer.certificate, sign).problems).toEqual([
      'the list has another digest',
    ]);
    await expect(catalogSigning.subject(memorySource(finished), sign)).rejects.toThrow('already signed');
  });
});
