/**
 * Builds the Action for GitHub into action/dist/, which is in the repository: whoever writes `uses: …@COMMIT` runs what lies there.
 *   node scripts/build-action.ts           writes it
 *   node scripts/build-action.ts --check   fails where action/dist/ isn't what the sources say
 */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildProcess } from './processes/build.ts';
import { projectRoot } from './processes/built.ts';
import { ProcessBuildError } from './processes/error.ts';
import { action } from './processes/list.ts';

const usage = 'usage: npm run build:action -- [--check]';
const name = 'main';
const target = join(projectRoot, 'action', 'dist');

/** File → its text. The map stays out: a runner doesn't ask for it. */
async function built(): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'action-'));
  try {
    await buildProcess(name, action, folder);
    const code = await readFile(join(folder, `${name}.js`), 'utf8');
    const contents = await readFile(join(folder, `${name}.packages.json`), 'utf8');
    return new Map([
      [`${name}.js`, code.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n')],
      [`${name}.packages.json`, contents],
      // Node.js asks here whether .js files are modules, wherever the folder is copied to.
      ['package.json', '{ "type": "module" }\n'],
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What lies in action/dist/ and isn't what was built. */
async function differences(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const there = await readdir(target).catch(() => []);
  const names = new Set([...there, ...files.keys()]);
  const differing = [...names].map(async (file) => {
    const text = await readFile(join(target, file), 'utf8').catch(() => null);
    return text === files.get(file) ? [] : [`action/dist/${file}`];
  });
  return (await Promise.all(differing)).flat().sort();
}

async function main(): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (values.help === true) {
    console.log(usage);
    return 0;
  }
  try {
    const files = await built();
    const changed = await differences(files);
    if (values.check === true) {
      if (changed.length === 0) return 0;
      console.error(`${changed.join(', ')}: not what the sources say. Run: npm run build:action`);
      return 1;
    }
    // Nothing else stays there.
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    for (const [file, text] of files) await writeFile(join(target, file), text);
    console.log(
      changed.length === 0 ? 'action/dist/ was as the sources say.' : `Written: ${changed.join(', ')}`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof ProcessBuildError)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main();
