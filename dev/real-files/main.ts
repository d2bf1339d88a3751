/**
 * npm run real-files -- [--fetch] [--installed] [--each 8] [--format NAME]… [--from FOLDER]… [--write FILE]: files that others made, found on this machine, are
 * signed by the real inspector and keyholder, and judged by other programs. What was signed and isn't accepted, what ends in anything but a
 * finding, and what is refused for no known reason although others sign it, is a disagreement: exits 1 then.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { openEngine } from '../sign-file/engine.ts';
import { buildFiles } from './build.ts';
import { collect } from './collect.ts';
import { fetchPackages } from './fetch.ts';
import { realFormats, type FoundFile } from './found-file.ts';
import { judges, openJudge } from './judge.ts';
import { cache, installedFolders, machineFolders } from './sources.ts';
import { tableOf, type Tried } from './table.ts';
import { tryFile } from './try-file.ts';

const usage = `usage: npm run real-files -- [--fetch] [--installed] [--each NUMBER] [--format NAME]… [--from FOLDER]… [--write FILE]
  --fetch      first fetches the packages of dev/real-files/sources.ts, unpacked below .countersign/real-files
  --installed  only what the set-up installs, and what is built with it
  --each       files of each toolchain (8)
  --format     ${realFormats.join(', ')}; all of them unless said
  --from       a folder to look in instead of those of this machine
  --write      the table as Markdown`;
const { values } = readOptions(usage, {
  options: {
    fetch: { type: 'boolean', default: false },
    installed: { type: 'boolean', default: false },
    each: { type: 'string', default: '8' },
    format: { type: 'string', multiple: true },
    from: { type: 'string', multiple: true },
    write: { type: 'string' },
  },
});
const each = Number(values.each);
const formats = realFormats.filter((format) => values.format?.includes(format) !== false);
if (!Number.isSafeInteger(each) || each < 1 || formats.length === 0) {
  console.error(usage);
  process.exit(2);
}
const missing = [...new Set(formats.flatMap((format) => judges[format]))].filter(
  (program) => spawnSync('sh', ['-c', 'command -v -- "$0"', program]).status !== 0,
);
if (missing.length > 0) {
  console.error(
    `Programs that judge are missing: ${missing.join(', ')}. node scripts/bootstrap.mjs set-up installs them.`,
  );
  process.exit(2);
}
mkdirSync(cache, { recursive: true });
if (values.fetch) fetchPackages(console.log);
if (values.from === undefined) buildFiles(console.log);
const own = ['npm', 'debian', 'source', 'built'].map((kind) => join(cache, kind));
const here = values.installed
  ? [join(cache, 'built'), ...installedFolders]
  : [...own, ...installedFolders, ...machineFolders];
const folders = values.from?.map((folder) => resolve(folder)) ?? here;
const files = collect(folders, each).filter(({ format }) => formats.includes(format));

const tried: Tried[] = [];
await using engine = await openEngine(join(cache, 'engine'));
await using judge = await openJudge(engine.root, cache);
for (const found of files) {
  const result = { found, ...(await tryFile(engine, judge, found)) };
  tried.push(result);
  if (result.outcome === 'disagreement') console.log(`${place(found)}: ${result.why}`);
}
const table = tableOf(tried);
console.log(table);
if (values.write !== undefined) writeFileSync(values.write, `${table}\n`);
const disagreements = tried.filter(({ outcome }) => outcome === 'disagreement').length;
console.log(`${tried.length} files, ${disagreements} disagreements`);
process.exitCode = disagreements === 0 && tried.length > 0 ? 0 : 1;

function place({ format, toolchain, file }: FoundFile): string {
  return `${format}, ${toolchain}, ${file}`;
}
