import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The Node.js that package-lock.json names with its digest, from npm. Where npm has none for the system (macOS), the one that runs this,
 * which bootstrap.mjs has made sure of.
 */
export function pinnedNodeOf(projectDirectory, platform = process.platform) {
  const installed = join(projectDirectory, 'node_modules', '.bin', 'node');
  return platform === 'linux' || existsSync(installed) ? installed : process.execPath;
}

/** Of a machine that has to bring its own: what is wrong with it, or null. */
export function refuseNode(version, platform = process.platform) {
  const [major] = version.split('.').map(Number);
  if (platform === 'linux')
    return major >= 20 ? null : `Node.js ${version} is too old; install Node.js 20 or newer, with npm.`;
  return major >= 24 ? null : `Node.js ${version} is too old; install Node.js 24, with npm.`;
}
