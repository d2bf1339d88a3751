import type { Database } from '../../db/index.ts';
import type { Account } from '../git-host.ts';

export interface LocalGitHostOptions {
  readonly db: Database;
  /** The bare repository. */
  readonly repository: string;
  /** The branch that holds the policy in force. */
  readonly mainBranch: string;
  /** Base address of pull requests: followed by a slash and the number. */
  readonly url: string;
  /** On whose behalf branches, commits and pull requests are made. */
  readonly account: Account;
  readonly now: () => Date;
}
