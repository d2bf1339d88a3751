import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLogged } from '../../../scripts/set-up/steps.mjs';
import { buildDocs } from '../../../scripts/docs-site/build.ts';
import { pinnedNode, projectDirectory, type StackPaths } from '../paths.ts';

const nextProgram = join(projectDirectory, 'node_modules', 'next', 'dist', 'bin', 'next');

/** What the production build is made from. Tests beside the code don't change it. */
const inputs = [
  'app',
  'lib',
  'schemas',
  'public',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];

function inputFiles(path: string): readonly string[] {
  const full = join(projectDirectory, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => inputFiles(join(path, name)))
    .filter((file) => !/\.test\.tsx?$/.test(file));
}

function inputDigest(): string {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(inputFiles)) {
    const bytes = readFileSync(join(projectDirectory, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Builds the portal for production, unless the last build was made from these very files. */
export async function ensurePortalBuild(
  paths: Pick<StackPaths, 'logs'>,
  report: (message: string) => void,
): Promise<void> {
  // The portal serves it at /docs.
  buildDocs(projectDirectory, join(projectDirectory, 'public', 'docs'));
  const stamp = join(projectDirectory, '.next', 'countersign-inputs');
  const digest = inputDigest();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  await runLogged(pinnedNode, [nextProgram, 'build'], {
    cwd: projectDirectory,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      COUNTERSIGN_BUILD_ID: digest.slice(0, 32),
      // Everybody can build it, so it is no secret: server.ts has Next.js use one of the installation's own (decision 0120).
      NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.from(digest, 'hex').toString('base64'),
    },
    log: join(paths.logs, 'next-build.log'),
    report,
    // Tells a build that hangs from one on a machine with many times the work it can do.
    timeoutSeconds: 3600,
  });
  writeFileSync(stamp, digest);
}
