/** Another wrapping key for keys that are kept as files, and backups of those: on real SoftHSM. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  backUpWrappedFiles,
  checkWrappedFiles,
  confirmRewrapped,
  restoreWrappedFiles,
  rewrapKeys,
  runCeremony,
  type CeremonyConfig,
} from '../../signer/authorities/ceremony/index.ts';
import { transcriptFileName } from '../../signer/authorities/ceremony/transcript-note.ts';
import { lacksTools } from '../test/lacks.ts';
import {
  digestOf,
  forgedFrom,
  project,
  signingTokens,
  startKeysOnTwoTokens,
  type KeysOnTwoTokens,
} from './keys-on-two-tokens.fixture.ts';

let given: KeysOnTwoTokens;
beforeAll(async () => {
  given = await startKeysOnTwoTokens();
});
afterEach(() => given.closeHolders());
afterAll(() => given.release());

describe.skipIf(lacksTools('openssl'))('rotation of the wrapping key, and backups', () => {
  const rotated = (more: { readonly requireUnwrapTemplate?: boolean } = {}): CeremonyConfig =>
    given.configured({
      tokens: {
        ...given.input.tokens,
        signing: signingTokens.map((one) => ({
          ...one,
          pin: given.pin(one.label),
          ...(one.storage === 'wrapped' ? { wrappingKey: 'foundation-wrapping.2', ...more } : {}),
        })),
      },
    });

  it('refuses another wrapping key that gives keys back where a template is required, and leaves everything as it was', async () => {
    const [listed, files] = [
      readFileSync(given.keys('registry.json'), 'utf8'),
      readdirSync(given.keys('wrapped')),
    ];
    await expect(rewrapKeys({ config: rotated({ requireUnwrapTemplate: true }) })).rejects.toMatchObject({
      code: 'KEY_UNPROTECTED',
    });
    expect(readFileSync(given.keys('registry.json'), 'utf8')).toBe(listed);
    expect(readdirSync(given.keys('wrapped'))).toEqual(files);
  });

  it('makes every file anew inside the token, keeps the earlier ones until they are confirmed, and the keys stay the same', async () => {
    const backup = join(given.hsm.folder, 'backup');
    const count = await backUpWrappedFiles(given.keys(), backup);
    expect(count).toBe(3);
    const before = given.entryOf('widget.release');
    expect(await rewrapKeys({ config: rotated() })).toHaveLength(3);
    const after = given.entryOf('widget.release');
    expect(after.wrapped?.by).toBe('foundation-wrapping.2');
    expect(after.wrappedBefore).toEqual(before.wrapped);
    expect((await checkWrappedFiles(given.keys())).map(({ problem }) => problem)).toEqual(
      Array.from({ length: 6 }, () => null),
    );
    const keyHolder = await given.openHolder();
    await given.expectSigns(keyHolder, 'widget.release');
    await given.expectSigns(keyHolder, 'widget.curve');
    expect(await rewrapKeys({ config: rotated() })).toEqual([]);
  });

  it('is confirmed by “yes” alone: with another word the command removes nothing', async () => {
    if (given.entryOf('widget.release').wrappedBefore === undefined) await rewrapKeys({ config: rotated() });
    const before = given.keys(given.entryOf('widget.release').wrappedBefore?.file ?? '');
    const file = join(given.hsm.folder, 'ceremony.yaml');
    writeFileSync(file, JSON.stringify(given.input));
    const command = [join(import.meta.dirname, '../../signer/authorities/ceremony/main.ts'), 'rewrap'];
    await expect(
      promisify(execFile)(process.execPath, [...command, '--config', file, '--confirm', 'no']),
    ).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--confirm is yes') as string });
    expect(statSync(before).isFile()).toBe(true);
  });

  it('refuses to confirm a file that the token can’t unwrap, and removes nothing; then every earlier one goes', async () => {
    if (given.entryOf('widget.release').wrappedBefore === undefined) await rewrapKeys({ config: rotated() });
    const { wrapped, wrappedBefore } = given.entryOf('widget.release');
    const [file, before] = [given.keys(wrapped?.file ?? ''), given.keys(wrappedBefore?.file ?? '')];
    const [good, listed] = [readFileSync(file), readFileSync(given.keys('registry.json'), 'utf8')];
    const forged = forgedFrom(good);
    writeFileSync(file, forged);
    writeFileSync(given.keys('registry.json'), listed.replace(wrapped?.sha256 ?? '', digestOf(forged)));
    await expect(confirmRewrapped({ config: rotated() })).rejects.toThrow(/unwrap|CKR_/);
    expect(statSync(before).isFile()).toBe(true);
    writeFileSync(file, good, { mode: 0o600 });
    writeFileSync(given.keys('registry.json'), listed);
    const earlier = readFileSync(before);
    expect(await confirmRewrapped({ config: rotated() })).toHaveLength(3);
    expect(existsSync(before)).toBe(false);
    // As where it was cut off between the registry and the files.
    writeFileSync(before, earlier);
    expect(await confirmRewrapped({ config: rotated() })).toEqual([]);
    expect(existsSync(before)).toBe(false);
    expect(existsSync(file)).toBe(true);
    expect(given.entryOf('widget.release').wrappedBefore).toBeUndefined();
    await given.expectSigns(await given.openHolder(), 'widget.release');
    expect(await confirmRewrapped({ config: rotated() })).toEqual([]);
  });

  it('changes the registry only once the transcript is there: nothing is due afterwards that would have another one made', async () => {
    const now = new Date('2031-02-03T04:05:06Z');
    const listed = readFileSync(given.keys('registry.json'), 'utf8');
    const { wrapped } = given.entryOf('widget.release');
    const next = given.configured({
      tokens: {
        ...given.input.tokens,
        signing: signingTokens.map((one) => ({
          ...one,
          pin: given.pin(one.label),
          ...(one.storage === 'wrapped' ? { wrappingKey: `${wrapped?.by ?? ''}-cut` } : {}),
        })),
      },
    });
    const inTheWay = given.keys(transcriptFileName({ ...given.transcript, at: now.toISOString() }));
    mkdirSync(join(inTheWay, 'full'), { recursive: true });
    await expect(rewrapKeys({ config: next, now })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    const more = given.configured({ projects: [project('gadget', [{ name: 'cut', purpose: 'release' }])] });
    await expect(runCeremony({ config: more, now })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect(readFileSync(given.keys('registry.json'), 'utf8')).toBe(listed);
    rmSync(inTheWay, { recursive: true });
    expect(await rewrapKeys({ config: next, now })).not.toEqual([]);
    expect(existsSync(inTheWay)).toBe(true);
    await given.expectSigns(await given.openHolder(), 'widget.release');
    await confirmRewrapped({ config: next });
  });

  it('restores what is missing or changed, from a backup with exactly what the registry names', async () => {
    const [old, backup] = [join(given.hsm.folder, 'backup'), join(given.hsm.folder, 'backup-2')];
    await backUpWrappedFiles(given.keys(), backup);
    const file = given.entryOf('widget.release').wrapped?.file ?? '';
    rmSync(given.keys(file));
    expect(await checkWrappedFiles(given.keys())).toContainEqual({
      label: 'widget.release',
      file,
      problem: 'missing',
    });
    await expect(backUpWrappedFiles(given.keys(), join(given.hsm.folder, 'backup-3'))).rejects.toMatchObject({
      code: 'KEY_MISSING',
    });
    await expect(restoreWrappedFiles(given.keys(), old)).rejects.toMatchObject({ code: 'KEY_MISSING' });
    expect(await restoreWrappedFiles(given.keys(), backup)).toEqual([file]);
    expect((await checkWrappedFiles(given.keys())).every(({ problem }) => problem === null)).toBe(true);
    await given.expectSigns(await given.openHolder(), 'widget.release');
  });
});
