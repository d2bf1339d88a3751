import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatStatement } from '#core/inspection-report/index.ts';
import { noteKey, signNote } from '#core/pki/note/index.ts';
import { reportCommand } from './report.ts';

const pair = generateKeyPairSync('ed25519');
const keyOf = (one: typeof pair) =>
  noteKey('example/log', Buffer.from(one.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
const work = mkdtempSync(join(tmpdir(), 'report-verify-'));
afterAll(() => rmSync(work, { recursive: true }));
const at = (name: string): string => join(work, name);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const document = '{"head":{},"entries":[\n]}\n';
const artifact = 'the artifact';
const text = formatStatement({
  request: '01890a5d-ac96-774b-bcce-b302099a8057',
  artifactSha256: sha256(artifact),
  journal: { seq: '12', hash: 'b'.repeat(64) },
  signedAt: new Date('2026-11-29T12:00:00Z'),
  sha256: sha256(document),
  sizeBytes: document.length,
  entries: 0,
});
const note = await signNote(text, keyOf(pair), (message) =>
  Promise.resolve(sign(null, message, pair.privateKey)),
);
const other = await signNote('something else\n', keyOf(pair), (message) =>
  Promise.resolve(sign(null, message, pair.privateKey)),
);
writeFileSync(at('key'), `${keyOf(pair).verifierKey}\n`);
writeFileSync(at('stranger'), `${keyOf(generateKeyPairSync('ed25519')).verifierKey}\n`);
writeFileSync(at('report.json'), document);
writeFileSync(at('report.json.note'), note);
writeFileSync(at('other.note'), other);
writeFileSync(at('changed.json'), document.replace('entries', 'Entries'));
writeFileSync(at('changed.json.note'), note);
writeFileSync(at('artifact'), artifact);

const verify = async (...args: readonly string[]): Promise<string> => {
  let said = '';
  expect(await reportCommand(['verify', ...args], (more) => (said += more))).toBe(0);
  return said;
};

describe('countersign report verify', () => {
  it('says of whose request and artifact a signed report is', async () => {
    expect(await verify(at('report.json'), '--key', at('key'))).toContain(
      '01890a5d-ac96-774b-bcce-b302099a8057',
    );
    expect(await verify(at('report.json'), '--key', at('key'), '--artifact', at('artifact'))).toContain(
      '(the file given)',
    );
  });

  it.each([
    ['another document', ['changed.json', '--key', 'key']],
    ['another artifact', ['report.json', '--key', 'key', '--artifact', 'report.json']],
    ['somebody else’s signature', ['report.json', '--key', 'stranger']],
    ['a signed text that is about no report', ['report.json', '--key', 'key', '--note', 'other.note']],
  ])('refuses %s', async (_, args) => {
    const paths = args.map((one) => (one.startsWith('--') ? one : at(one)));
    await expect(reportCommand(['verify', ...paths], () => undefined)).rejects.toMatchObject({
      code: 'MISMATCH',
    });
  });

  it.each([
    [[]],
    [['verify']],
    [['verify', 'a']],
    [['verify', 'a', 'b', '--key', 'c']],
    [['sign', 'a', '--key', 'c']],
  ])('says how it is used: %j', async (args) => {
    await expect(reportCommand(args, () => undefined)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
