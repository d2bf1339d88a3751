/** The public Sigstore instance's trust root, as the installed packages have it. */
import { CodedError } from '../../error/index.ts';
import type { ErrorFacts } from '../../error/index.ts';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };

const seedsFile = '@sigstore/tuf/seeds.json';
const repository = 'https://tuf-repo-cdn.sigstore.dev';

class PublicGoodTrustRootError extends CodedError<'SEEDS_UNREADABLE'> {
  static override readonly errorName = 'PublicGoodTrustRootError';
  constructor(message: string, options?: ErrorFacts) {
    super('SEEDS_UNREADABLE', message, options);
  }
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/**
 * The public Sigstore instance's trusted_root.json, as text, from the copy that the installed @sigstore/tuf
 * carries: pinned by the lock file, no network. It is as old as that package; update the package to follow key changes.
 */
export function publicGoodTrustRoot(): string {
  const encoded = member(member(member(seeds, repository), 'targets'), 'trusted_root.json');
  if (typeof encoded !== 'string') {
    throw new PublicGoodTrustRootError(
      `${seedsFile} holds no trusted_root.json of ${repository}; reinstall packages`,
    );
  }
  return Buffer.from(encoded, 'base64').toString('utf8');
}
