/** osslsigncode and msitools, which share no code with this folder: they accept what is signed here, and digest the same. */
import { execFile } from 'node:child_process';
import { randomBytes, sign as rawSign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { createTestSigner, toPem } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { collected } from '../cfb/cfb.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { memorySource } from '../random-access.ts';
import { readPackage } from './package.ts';
import { msiSigning } from './sign.ts';
import { readTexts } from './texts.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'countersign-msi-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});
const at = (name: string): string => join(dir, name);
const sign = {
  method: 'authenticode',
  description: 'Ein Installateur',
  descriptionUrl: 'https://widget.example',
} as const;

const source = (sizeBytes: number, embedded: boolean) => `<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="Widget ${sizeBytes}" Version="1.2.3" Manufacturer="Widget Makers" Language="1033" UpgradeCode="12345678-1234-1234-1234-111111111111">
    <Package Description="Widget installer" Manufacturer="Widget Makers" InstallerVersion="200" Languages="1033" Compressed="yes" SummaryCodepage="1252"/>
    <Media Id="1" Cabinet="widget.cab" EmbedCab="${embedded ? 'yes' : 'no'}"/>
    <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="ProgramFilesFolder"><Directory Id="INSTALLDIR" Name="Widget">
      <Component Id="Main" Guid="*"><File Id="f1" Name="widget.bin" Source="widget-${sizeBytes}.bin" KeyPath="yes"/></Component>
    </Directory></Directory></Directory>
    <Feature Id="Complete" Level="1"><ComponentRef Id="Main"/></Feature>
    <Property Id="Long" Value="${'x'.repeat(70_000)}"/>
  </Product>
</Wix>`;

/** The largest needs DIFAT sectors: a FAT of more than 109 sectors, 7.1 MB. */
const sizes = [100, 20_000, 9_000_000, 20_000_000];

describe.skipIf(lacksTools('osslsigncode', 'wixl', 'msiinfo', 'msiextract'))(
  'osslsigncode and msitools',
  () => {
    const signer = createTestSigner('Countersign release');
    const tsa = createTimestampAuthority(at('tsa'));
    writeFileSync(at('root.pem'), toPem([signer.root]));
    writeFileSync(at('signer.pem'), toPem([signer.certificate, signer.root]));
    writeFileSync(at('key.pem'), signer.key.export({ type: 'pkcs8', format: 'pem' }));
    const key = ['-certs', at('signer.pem'), '-key', at('key.pem'), '-h', 'sha256'];

    const say = async (tool: string, ...args: readonly string[]): Promise<string> =>
      (await run(tool, args, { cwd: dir, maxBuffer: 64 * 1024 * 1024 })).stdout;
    const verify = (file: string): Promise<string> =>
      say('osslsigncode', 'verify', '-CAfile', at('root.pem'), '-TSA-CAfile', tsa.rootPem, '-in', file);

    beforeAll(async () => {
      for (const size of sizes) {
        writeFileSync(at(`widget-${size}.bin`), randomBytes(size));
        writeFileSync(at(`${size}.wxs`), source(size, true));
        await say('wixl', '-o', `${size}.msi`, `${size}.wxs`);
      }
      // Above 7.1 MB osslsigncode makes version 4 of version 3: sectors of 4096 bytes.
      await say('osslsigncode', 'sign', ...key, '-in', '9000000.msi', '-out', 'signed-4.msi');
      await say('osslsigncode', 'remove-signature', '-in', 'signed-4.msi', '-out', 'version-4.msi');
    });

    async function signed(name: string, timestamped = false): Promise<Buffer> {
      const unsigned = memorySource(readFileSync(at(name)));
      const subject = await msiSigning.subject(unsigned, sign);
      const by = { certificate: signer.certificate, chain: [signer.root], time: new Date() };
      const toBeSigned = msiSigning.toBeSigned(subject, sign, by);
      const signature = Uint8Array.from(rawSign('sha256', toBeSigned, signer.key));
      const timestampToken = timestamped ? tsa.stamp(signature) : null;
      const assembled = msiSigning.assemble(
        { subject, toBeSigned, signature, signer: by, timestampToken },
        sign,
      );
      const finished = await collected(msiSigning.embed(unsigned, assembled, sign));
      const read = await msiSigning.readBack(unsigned, memorySource(finished), assembled, sign);
      const verified = msiSigning.verify(read, signer.certificate, sign);
      expect(verified.problems).toEqual([]);
      expect(verified.timestampToken === null).toBe(!timestamped);
      expect(read.subject).toEqual(subject);
      return finished;
    }

    const inputs = [...sizes.map((size) => `${size}.msi`), 'version-4.msi'];

    test.each(inputs)(
      'accept %s as it is signed here, with the same tables, summary and files',
      async (name) => {
        const before = at(name);
        const after = at(`ours-${name}`);
        const timestamped = name === '20000.msi';
        const finished = await signed(name, timestamped);
        writeFileSync(after, finished);
        const said = await verify(after);
        expect(said).toContain('Signature verification: ok');
        expect(said).toContain('Ein Installateur');
        expect(said).toContain('https://widget.example');
        expect(said).toMatch(/Current MsiDigitalSignatureEx/);
        expect(said).not.toMatch(/mismatch|doesn't exist/i);
        if (timestamped) expect(said).toContain('Timestamp Server Signature verification: ok');
        const [version] = [finished.readUInt16LE(26)];
        expect(version).toBe(name === 'version-4.msi' ? 4 : 3);
        if (name === '20000000.msi') expect(finished.readUInt32LE(72)).toBeGreaterThan(0);
        const lines = async (file: string): Promise<readonly string[]> =>
          (await say('msiinfo', 'streams', file)).trim().split('\n').sort();
        expect(await lines(after)).toEqual(
          [...(await lines(before)), '\x05DigitalSignature', '\x05MsiDigitalSignatureEx'].sort(),
        );
        expect(await say('msiinfo', 'suminfo', after)).toBe(await say('msiinfo', 'suminfo', before));
        const tables = (await say('msiinfo', 'tables', before)).trim().split('\n');
        expect((await say('msiinfo', 'tables', after)).trim().split('\n')).toEqual(tables);
        for (const table of ['Property', 'File', 'Media', 'Component'])
          expect(await say('msiinfo', 'export', after, table)).toBe(
            await say('msiinfo', 'export', before, table),
          );
        await say('msiextract', '-C', at(`out-${name}`), after);
        const [size] = /[0-9]{3,}/.exec(name === 'version-4.msi' ? '9000000' : name) ?? [''];
        const extracted = readFileSync(join(at(`out-${name}`), 'Program Files/Widget/widget.bin'));
        expect(extracted.equals(readFileSync(at(`widget-${size}.bin`)))).toBe(true);
      },
    );

    test.each(inputs)('digest %s as is done here, with MsiDigitalSignatureEx and without', async (name) => {
      await say('osslsigncode', 'sign', ...key, '-add-msi-dse', '-in', name, '-out', `dse-${name}`);
      await say('osslsigncode', 'sign', ...key, '-in', name, '-out', `plain-${name}`);
      const { digest } = await msiSigning.subject(memorySource(readFileSync(at(name))), sign);
      expect((await verify(at(`dse-${name}`))).toLowerCase()).toMatch(
        new RegExp(`current digitalsignature +: ${digest}`),
      );
      // From the file that they signed, whichever way.
      for (const theirs of [`dse-${name}`, `plain-${name}`]) {
        const replaced = { ...sign, existingSignature: 'replace' } as const;
        const subject = await msiSigning.subject(memorySource(readFileSync(at(theirs))), replaced);
        expect(subject.digest).toBe(digest);
      }
      // And what their signature states is, byte for byte, what is stated here.
      await say('osslsigncode', 'extract-signature', '-in', `dse-${name}`, '-out', `dse-${name}.p7`);
      const { content } = await msiSigning.subject(memorySource(readFileSync(at(name))), sign);
      expect(readFileSync(at(`dse-${name}.p7`)).includes(Buffer.from(content))).toBe(true);
    });

    test.each([
      ['plain', []],
      ['dse', ['-add-msi-dse']],
    ] as const)(
      'accept a signature in the place of their own, and one added to it where it covers names and sizes: %s',
      async (theirs, more) => {
        await say(
          'osslsigncode',
          'sign',
          ...key,
          ...more,
          '-n',
          'Theirs',
          '-in',
          '20000.msi',
          '-out',
          `${theirs}.msi`,
        );
        const file = readFileSync(at(`${theirs}.msi`));
        const both = signRounds({
          signing: msiSigning,
          signer,
          file,
          sign: { ...sign, existingSignature: 'append' },
        });
        if (theirs === 'plain') {
          await expect(both).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
        } else {
          writeFileSync(at(`${theirs}-both.msi`), await both);
          const said = await verify(at(`${theirs}-both.msi`));
          expect(said).toContain('Number of verified signatures: 2');
          expect(said).toMatch(/Theirs[^]*Ein Installateur/);
        }
        const alone = await signRounds({
          signing: msiSigning,
          signer,
          file,
          sign: { ...sign, existingSignature: 'replace' },
        });
        writeFileSync(at(`${theirs}-alone.msi`), alone);
        const replaced = await verify(at(`${theirs}-alone.msi`));
        expect(replaced).toContain('Number of verified signatures: 1');
        expect(replaced).not.toContain('Theirs');
      },
    );

    test.each(['sha384', 'sha512'] as const)('accept a signature by %s', async (hashAlgorithm) => {
      const file = readFileSync(at('20000.msi'));
      const finished = await signRounds({
        signing: msiSigning,
        signer,
        file,
        sign: { ...sign, hashAlgorithm },
      });
      writeFileSync(at(`${hashAlgorithm}.msi`), finished);
      const said = await verify(at(`${hashAlgorithm}.msi`));
      expect(said).toContain(`Message digest algorithm         : ${hashAlgorithm.toUpperCase()}`);
      expect(said).toContain('Signature verification: ok');
    });

    test('take the first of two signatures by two hashes, whose MsiDigitalSignatureEx both share', async () => {
      const file = readFileSync(at('20000.msi'));
      const two = { ...sign, hashAlgorithm: ['sha256', 'sha512'] as ['sha256', 'sha512'] };
      const finished = await signRounds({ signing: msiSigning, signer, file, sign: two });
      writeFileSync(at('two.msi'), finished);
      const said = await verify(at('two.msi'));
      // Of the second it says nothing: it takes MsiDigitalSignatureEx for that signature's own, which it would be by SHA-512.
      expect(said).toMatch(/SHA256[^]*Signature verification: ok[^]*Message digest algorithm +: SHA512/);
      expect(said).toContain('Number of verified signatures: 2');
    });

    test('refuse what was changed after it was signed here', async () => {
      const finished = await signed('20000.msi');
      const place = finished.indexOf(readFileSync(at('widget-20000.bin')).subarray(5000, 5100));
      const changed = Buffer.from(finished);
      changed[place] = (changed[place] ?? 0) ^ 1;
      writeFileSync(at('changed.msi'), changed);
      expect(place).toBeGreaterThan(0);
      await expect(verify(at('changed.msi'))).rejects.toThrow();
    });

    test('read the same properties and summary', async () => {
      const texts = await readTexts(await readPackage(memorySource(readFileSync(at('20000.msi')))));
      const table = await say('msiinfo', 'export', '20000.msi', 'Property');
      const told = new Map(table.split('\r\n').map((row) => row.split('\t') as [string, string]));
      for (const name of ['ProductName', 'ProductVersion', 'Manufacturer', 'ProductCode', 'UpgradeCode'])
        expect(texts.get(name)).toBe(told.get(name));
      const summary = await say('msiinfo', 'suminfo', '20000.msi');
      for (const name of ['Subject', 'Author', 'Template'])
        expect(summary).toContain(`${name}: ${texts.get(name) ?? 'nothing'}\n`);
      expect(told.get('Long')).toHaveLength(70_000);
    });
  },
);
