import { messageOf, Unavailable } from '../ground/availability/index.ts';

/**
 * Any failure to read the policy in force → Unavailable: a damaged clone or state file, or a snapshot that this
 * version of the signer no longer takes, has to be fixed by operators and must not end any request.
 */
export function unreadable(error: unknown): never {
  if (error instanceof Unavailable) throw error;
  throw new Unavailable(
    'policy',
    `the policy in force can’t be read: ${messageOf(error)}`,
    'check the signer’s clone of the policy repository and the .accepted.json beside it; after an update of the signer, its messages about the policy files',
    error,
  );
}
