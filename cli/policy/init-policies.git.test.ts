/** A foundation's first policy, from the command to a signer that follows it. */
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../dev/stack/index.ts';
import { testDatabase, testFolder, testGitRepository } from '../../dev/test/index.ts';
import { openDatabase } from '../../signer/ground/database/index.ts';
import { openPolicySource } from '../../signer/policy-source/index.ts';
import { initPolicies } from './init-policies.ts';

const about = [
  ...['--foundation', "Ada's Foundation", '--homepage', 'https://example.org'],
  ...['--contact', 'mailto:security@example.org', '--country', 'AT'],
];
let work: Awaited<ReturnType<typeof testFolder>>;
let said: string;
const keyOf = (name: string): string => join(work.folder, name);
const policies = (): string => join(work.folder, 'the policies');
const init = (...args: readonly string[]) =>
  initPolicies([policies(), ...about, ...args], (text) => (said += text));
/** Git with no configuration but this. */
const env = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};
const git = async (...args: readonly string[]): Promise<string> =>
  (await runCommand('git', ['-C', policies(), ...args], { env })).trim();
/** Everything that is there, signed with somebody's key. */
const commitAs = (name: string, ...more: readonly string[]): Promise<string> =>
  git(
    ...['-c', 'gpg.format=ssh', '-c', `user.signingkey=${keyOf(name)}`],
    ...['commit', '-q', '-S', '-a', ...more, '-m', `By ${name}`],
  );

beforeEach(async () => {
  work = await testFolder('first-policies');
  said = '';
  for (const name of ['ada', 'bob'])
    await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', keyOf(name)]);
});
afterEach(() => work.release());

describe('a first policy', () => {
  it('is valid, is committed as the command says, and a signer takes it and follows what its maintainer signs', async () => {
    await using repository = await testGitRepository();
    await using urls = await testDatabase();
    expect(await init('--maintainer', `ada=${keyOf('ada.pub')}=github:1=Ada Example`)).toBe(0);
    const commands = said.split('\n').filter((line) => line.startsWith('  git '));
    expect(commands).toHaveLength(5);
    const script = commands.join('\n').replace('KEY.pub', keyOf('ada.pub')).replace('URL', repository.path);
    const printed = await runCommand('sh', ['-ec', script], { env });
    const initialCommit = printed.trim().split('\n').at(-1) ?? '';
    const database = openDatabase(urls.signer, () => undefined);
    try {
      const source = openPolicySource({
        clone: { directory: keyOf('clone.git'), url: repository.url, ref: 'refs/heads/main' },
        initialCommit,
        database,
        signer: 'one',
        log: pino({ level: 'silent' }),
        now: () => new Date(),
      });
      expect((await source.refresh()).commit).toBe(initialCommit);
      await appendFile(join(policies(), 'README.md'), '\nA remark.\n');
      await commitAs('bob');
      await git('push', '-q', repository.path, 'main');
      expect((await source.refresh()).commit).toBe(initialCommit);
      await commitAs('ada', '--amend');
      await git('push', '-qf', repository.path, 'main');
      expect((await source.refresh()).commit).toBe(await git('rev-parse', 'HEAD'));
      expect(source.status()).toMatchObject({ sync: 'Synced', reason: null });
    } finally {
      await database.close();
    }
  });

  it('asks for two where there are two, and names both', async () => {
    expect(
      await init(
        '--maintainer',
        `ada=${keyOf('ada.pub')}=github:1`,
        '--maintainer',
        `bob=${keyOf('bob.pub')}=github:2`,
      ),
    ).toBe(0);
    const root = await readFile(join(policies(), 'trust', 'root.yaml'), 'utf8');
    expect(root).toContain('looseningThreshold: 2');
    expect(await readdir(join(policies(), 'people'))).toEqual(['ada.yaml', 'bob.yaml']);
  });

  it.each([
    ['a private key', () => ['--maintainer', `ada=${keyOf('ada')}=github:1`], 'is a private key'],
    [
      'one key for two',
      () => [
        '--maintainer',
        `ada=${keyOf('ada.pub')}=github:1`,
        '--maintainer',
        `eve=${keyOf('ada.pub')}=github:1`,
      ],
      'one person would be two',
    ],
    [
      'an account that is a name',
      () => ['--maintainer', `ada=${keyOf('ada.pub')}=github:ada`],
      'id in digits',
    ],
    ['nobody', () => [], '--maintainer is missing'],
    ['a handle that is a path', () => ['--maintainer', `../x=${keyOf('ada.pub')}=github:1`], 'small letters'],
    ['no key', () => ['--maintainer', `ada=${keyOf('none.pub')}=github:1`], 'none.pub'],
  ])('isn’t written with %s', async (_what, args, words) => {
    await expect(init(...args())).rejects.toThrow(words);
    expect(await readdir(work.folder)).not.toContain('the policies');
  });

  it('isn’t written over anything', async () => {
    await mkdir(policies());
    await writeFile(join(policies(), 'notes.txt'), 'mine');
    await expect(init('--maintainer', `ada=${keyOf('ada.pub')}=github:1`)).rejects.toThrow('isn’t empty');
    expect(await readdir(policies())).toEqual(['notes.txt']);
  });

  it('that isn’t valid is said to be so, and not written', async () => {
    expect(await init('--maintainer', `ada=${keyOf('ada.pub')}=github:1`, '--country', 'Austria')).toBe(1);
    expect(said).toMatch(/foundation\.yaml.*country/);
    expect(await readdir(work.folder)).not.toContain('the policies');
  });
});
