/** The commands of docs/guides/sign-your-own.md, section 2, as they stand there. */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { projectDirectory, runCommand } from '../../dev/stack/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase } from '../ground/database/index.ts';
import { followedRepository } from './followed-repository.fixture.ts';

it('the commands in the guide change the policy', async () => {
  await using urls = await testDatabase();
  const database = openDatabase(urls.signer, () => undefined);
  const followed = await followedRepository(database);
  try {
    const guide = await readFile(path.join(projectDirectory, 'docs/guides/sign-your-own.md'), 'utf8');
    const section = guide.slice(guide.indexOf('## 2.'), guide.indexOf('## 3.'));
    const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1] ?? '');
    expect(blocks).toHaveLength(2);
    const state = path.join(followed.folder, '.countersign');
    await mkdir(path.join(state, 'git'), { recursive: true });
    const repository = path.join(state, 'git', 'policies.git');
    await rename(followed.seeded.repository, repository);
    await rename(path.join(followed.folder, 'secrets'), path.join(state, 'secrets'));
    const editor = path.join(followed.folder, 'editor');
    // Whoever follows the guide adds one more file at the end of the list.
    await writeFile(
      editor,
      '#!/bin/sh\nprintf \'    - type: file\\n      path: package/LICENSE\\n\' >> "$1"\n',
    );
    await chmod(editor, 0o755);
    const source = followed.open('signer', repository);
    const first = (await source.refresh()).commit;
    await runCommand('sh', ['-ec', blocks.join('\n')], {
      cwd: followed.folder,
      env: { ...process.env, EDITOR: editor, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    });
    const { commit } = await source.refresh();
    expect(source.status()).toMatchObject({ sync: 'Synced', reason: null });
    expect(commit).not.toBe(first);
    expect(
      await database.query('SELECT signers FROM signer.accepted_snapshot WHERE commit = $1', [commit]),
    ).toEqual([{ signers: ['demo-maintainer', 'demo-reviewer'] }]);
  } finally {
    await followed.release();
    await database.close();
  }
});
