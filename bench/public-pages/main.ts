/**
 * `npm run bench:public-pages`: what each page, feed and answer that anybody may ask for costs (processor time of the portal, of the git it
 * runs and of its sessions of PostgreSQL, past the cache of pages), how long it takes and how large it is. An address of the build that isn't measured is named.
 *   -- --readers: in place of that, several readers at once beside a static page (readers.ts)
 *   BENCH_REQUESTS=20000, BENCH_PROJECTS=3000: how large the foundation is
 *   BENCH_ASKED=12 (answers to each address), BENCH_ONLY=/certificates (addresses that contain it)
 *   BENCH_KEEP=FILE fills and waits; BENCH_AT=FILE measures that one, as often as you like
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFoundation, startPortalOf } from '../../dev/foundation/index.ts';
import { removeServiceFolder, startStack } from '../../dev/stack/index.ts';
import { sizes } from './addresses.ts';
import { addCertificates, addRows } from './fill.ts';
import type { Filled } from './fill.ts';
import { measure } from './measure.ts';
import type { Portal } from './measure.ts';
import { measureReaders } from './readers.ts';

const { BENCH_KEEP: keep, BENCH_AT: at } = process.env;
const readers = process.argv.includes('--readers');
if (at === undefined) await onItsOwn();
else {
  const { portal, filled } = JSON.parse(readFileSync(at, 'utf8')) as { portal: Portal; filled: Filled };
  if (readers) await measureReaders(portal);
  else if (await measure(portal, filled)) process.exitCode = 1;
}

async function onItsOwn(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'countersign-bench-pages-'));
  const stack = await startStack({ state, signatures: 'test' });
  try {
    const foundation = await startFoundation(stack);
    // It would go on with the journal that is filled here, and with a policy that it hasn't accepted.
    await foundation.signer.stop();
    console.log(`filling: ${sizes}`);
    await addCertificates(stack.paths.keys);
    const filled = await addRows(stack.database.owner, foundation.policies.repository);
    const { url, pid } = await startPortalOf(foundation);
    const portal: Portal = { url, pid, owner: stack.database.owner };
    if (keep !== undefined) {
      writeFileSync(keep, JSON.stringify({ portal, filled, state }));
      console.log(`${url} stays until Ctrl-C: BENCH_AT=${keep} measures it`);
      // Nothing else keeps the process.
      const waiting = setInterval(() => undefined, 60_000);
      await new Promise((resolve) => process.once('SIGINT', resolve));
      clearInterval(waiting);
    } else if (readers) await measureReaders(portal);
    else if (await measure(portal, filled)) process.exitCode = 1;
  } finally {
    await stack.stop();
    removeServiceFolder(stack.paths.postgres);
    rmSync(state, { recursive: true, force: true });
  }
}
