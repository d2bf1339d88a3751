/**
 * Compiles the one package with native code, pkcs11js, where keys are used: node deploy/build-native.mjs. It needs python3, make and
 * g++. With the headers of the Node.js that runs this beside it, nothing is downloaded.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const prefix = dirname(dirname(process.execPath));
const hasHeaders = existsSync(join(prefix, 'include', 'node', 'node_api.h'));
const { status } = spawnSync(
  'npm',
  ['rebuild', 'pkcs11js', '--ignore-scripts=false', '--foreground-scripts'],
  {
    cwd: dirname(import.meta.dirname),
    stdio: 'inherit',
    env: { ...process.env, ...(hasHeaders ? { npm_config_nodedir: prefix } : {}) },
  },
);
process.exitCode = status ?? 1;
