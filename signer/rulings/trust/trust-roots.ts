/** Sigstore trusted roots that the signer was installed with: pinned files, or the public good instance's root that a package carries. */
import { readFile } from 'node:fs/promises';
import { parseTrustRoot, type TrustRoot } from '#core/origin/index.ts';
import { publicGoodTrustRoot } from '#core/origin/public-good/index.ts';

/** Names → files or `builtin:sigstore-public-good`, as the configuration has them. */
export async function installedRoots(
  named: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, TrustRoot>> {
  const roots = new Map<string, TrustRoot>();
  for (const [name, source] of Object.entries(named)) {
    roots.set(name, parseTrustRoot(JSON.parse(await readText(source)) as unknown));
  }
  return roots;
}

const readText = async (source: string): Promise<string> =>
  source === 'builtin:sigstore-public-good' ? publicGoodTrustRoot() : readFile(source, 'utf8');
