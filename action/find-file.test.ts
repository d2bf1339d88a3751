import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBundle } from './find-bundle.ts';
import { findFile } from './find-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'find-'));
  await mkdir(path.join(folder, 'out', 'folder.msi'), { recursive: true });
  for (const name of ['a.msi', 'b[1].exe', 'c.zip', 'd.zip'])
    await writeFile(path.join(folder, 'out', name), name);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the file to be signed', () => {
  it.each([
    ['out/a.msi', 'a.msi'],
    ['out/*.msi', 'a.msi'],
    ['**/a.*', 'a.msi'],
    ['out/b[1].exe', 'b[1].exe'],
  ])('%s is found', async (pattern, name) => {
    expect(await findFile(pattern, folder)).toBe(path.join(folder, 'out', name));
  });

  it.each([
    ['out/*.zip', /matches 2 files \(out\/c\.zip, out\/d\.zip\)/],
    ['out/*.exe.bak', /nothing matches/],
    ['out/folder.msi', /nothing matches/],
  ])('%s isn’t one', async (pattern, said) => {
    await expect(findFile(pattern, folder)).rejects.toThrow(said);
  });
});

describe('the attestation', () => {
  const sha256 = 'ab'.repeat(32);
  const about = (digest: string, predicateType = 'https://slsa.dev/provenance/v1') => ({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    dsseEnvelope: {
      payload: Buffer.from(
        JSON.stringify({ predicateType, subject: [{ name: 'a', digest: { sha256: digest } }] }),
      ).toString('base64'),
    },
  });
  const other = about('cd'.repeat(32));
  const file = (name: string): string => path.join(folder, name);
  const find = (named: string | null) =>
    findBundle(named, sha256, { environment: { RUNNER_TEMP: folder }, folder });

  it('is found among those that this job made', async () => {
    expect(await find(null)).toBeNull();
    const lines = [other, about(sha256), about(sha256, 'https://spdx.dev/Document')];
    await writeFile(file('one.json'), JSON.stringify(about(sha256)));
    await writeFile(file('many.jsonl'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    await writeFile(file('other.json'), JSON.stringify(other));
    const listed = (...names: string[]) =>
      writeFile(file('created_attestation_paths.txt'), names.map((name) => `${file(name)}\n`).join(''));
    await listed('other.json');
    expect(await find(null)).toBeNull();
    await listed('one.json', 'other.json', 'gone.json');
    expect(await find(null)).toEqual(about(sha256));
    await listed('many.jsonl');
    expect(await find(null)).toEqual(about(sha256));
    expect(await find('many.jsonl')).toEqual(about(sha256));
  });

  it('that is named is sent as it is, so that the signer says what is wrong with it', async () => {
    await writeFile(file('other.json'), JSON.stringify(other));
    expect(await find('other.json')).toEqual(other);
  });

  it('that can’t be read, or is about other files, is refused', async () => {
    await writeFile(file('two.jsonl'), `${JSON.stringify(other)}\n${JSON.stringify(other)}\n`);
    await expect(find('two.jsonl')).rejects.toThrow(/none of the 2 attestations/);
    await writeFile(file('no.json'), 'no');
    await expect(find('no.json')).rejects.toThrow(/no Sigstore bundle: it is no JSON/);
    await expect(find('gone.json')).rejects.toThrow(/no Sigstore bundle/);
  });
});
