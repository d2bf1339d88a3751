/**
 * Uses a store as another user of this machine, for the test beside it:
 *   node as-user.fixture.ts UID GROUP UMASK put|take|read STORE FILE
 * Everything is loaded before root is given up, so that the user needn't be able to read the project. Prints what it found.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseSha256Hex } from '#core/ids/index.ts';
import { openObjectFolder } from './index.ts';

const [uid = 0, group = 0] = process.argv.slice(2, 4).map(Number);
const [umask = '', verb = '', folder = '', file = ''] = process.argv.slice(4);
const store = openObjectFolder(folder);
process.umask(Number.parseInt(umask, 8));
process.setgroups?.([group]);
process.setgid?.(uid);
process.setuid?.(uid);

const bytes = Buffer.from('a release');
const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
if (verb === 'put') {
  const source = (async function* () {
    yield await Promise.resolve(bytes);
  })();
  await store.put({ bytes: source, expectedSha256: sha256, sizeBytesMax: 100, sizeBytesExpected: null });
  console.log('put');
} else if (verb === 'take') {
  writeFileSync(file, bytes, { mode: 0o600 });
  console.log((await store.take({ file, sha256 })) ? 'taken' : 'not taken');
} else {
  const found = await store.open(sha256);
  let text = '';
  for await (const chunk of found?.bytes() ?? []) text += Buffer.from(chunk).toString('utf8');
  console.log(text === '' ? 'nothing' : text, found === null ? readFileSync(file).length : '');
}
