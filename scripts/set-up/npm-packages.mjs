import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { pinnedNodeOf } from './pinned-node.mjs';
import { runLogged, step } from './steps.mjs';

export const projectDirectory = join(
  import.meta.dirname ?? dirname(new URL(import.meta.url).pathname),
  '..',
  '..',
);
export const pinnedNode = pinnedNodeOf(projectDirectory);

const log = join(projectDirectory, '.countersign', 'logs', 'set-up.log');

/** Two commands that start at once would install into one folder. */
const withSetUpLock = (work) => withLock(join(projectDirectory, '.countersign', 'set-up.lock'), work);

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/**
 * Whether node_modules holds exactly what package-lock.json says. npm writes its own record of what it installed as
 * the last thing, so an installation that was cut short doesn't count.
 */
function isInstalled() {
  const wanted = readJson(join(projectDirectory, 'package-lock.json'))?.packages;
  const installed = readJson(join(projectDirectory, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || installed === undefined) return false;
  const same = Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
  const compiled = join(projectDirectory, 'node_modules', 'pkcs11js', 'build', 'Release', 'pkcs11.node');
  return same && existsSync(pinnedNode) && existsSync(compiled);
}

/** npm ci, when node_modules is missing or not what the lock file says. */
export async function ensureNpmPackages() {
  if (isInstalled()) return;
  await withSetUpLock(async () => {
    if (!isInstalled()) await installNpmPackages();
  });
}

async function installNpmPackages() {
  // Node's own headers, where they lie beside it: compiling pkcs11js then downloads nothing.
  const prefix = join(dirname(process.execPath), '..');
  const hasHeaders = existsSync(join(prefix, 'include', 'node', 'node_api.h'));
  const env = { ...process.env, ...(hasHeaders ? { npm_config_nodedir: prefix } : {}) };
  await step('Installing npm packages', (report) =>
    runLogged(
      'npm',
      ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--foreground-scripts'],
      {
        cwd: projectDirectory,
        env,
        log,
        // Its warnings are about what nobody here can change; the log has them.
        report: (line) => {
          if (!line.startsWith('npm warn')) report(line);
        },
      },
    ),
  );
}

/** Generates the database client from prisma/schema.prisma, when that changed. */
export async function ensureDatabaseClient() {
  if (clientState().upToDate) return;
  await withSetUpLock(async () => {
    const state = clientState();
    if (!state.upToDate) await generateDatabaseClient(state);
  });
}

function clientState() {
  const generated = join(projectDirectory, 'lib', 'platform', 'db', 'generated');
  const stamp = join(projectDirectory, 'node_modules', '.cache', 'countersign', 'database-client');
  const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'node_modules/prisma/package.json'];
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(readFileSync(join(projectDirectory, input)));
  const digest = hash.digest('hex');
  const upToDate =
    existsSync(join(generated, 'client.ts')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
  return { stamp, digest, upToDate };
}

async function generateDatabaseClient({ stamp, digest }) {
  await step('Generating the database client', (report) =>
    runLogged(
      pinnedNode,
      [join(projectDirectory, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'],
      {
        cwd: projectDirectory,
        // Prisma wants to have its engine, and would download it, although generating uses none.
        env: {
          ...process.env,
          PRISMA_SCHEMA_ENGINE_BINARY: process.platform === 'darwin' ? '/usr/bin/true' : '/bin/true',
          CHECKPOINT_DISABLE: '1',
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
        },
        log,
        report,
      },
    ),
  );
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}
