/** The Git host that the configuration names, on behalf of whoever asks. */
import { readFileSync } from 'node:fs';
import type { PortalConfig } from '../config/index.ts';
import type { Database } from '../db/index.ts';
import type { Account, GitHost } from './git-host.ts';
import { openGitHub } from './github/open.ts';
import { openLocalGitHost } from './local/open.ts';
import type { LocalGitHost } from './local/open.ts';

export interface PolicyHost extends GitHost {
  readonly kind: 'local' | 'github';
  readonly mainBranch: string;
  /** A review in somebody's name; null where people review on the host itself. */
  readonly submitReview: LocalGitHost['submitReview'] | null;
}

export interface PolicyHosts {
  /** On GitHub it is always the app that acts, whoever asked it to. */
  for(account: Account): PolicyHost;
}

/** null if the configuration names none. Nothing is read or requested before the first call. */
export function openPolicyHosts(input: {
  readonly config: Pick<PortalConfig, 'policyHost' | 'publicUrl'>;
  readonly db: Database;
  readonly now: () => Date;
}): PolicyHosts | null {
  const { policyHost: named, publicUrl } = input.config;
  if (named === undefined) return null;
  const { mainBranch } = named;
  if ('local' in named) {
    const { repository } = named.local;
    const url = `${publicUrl}/changes`;
    return {
      for: (account) => ({
        ...openLocalGitHost({ db: input.db, repository, mainBranch, url, account, now: input.now }),
        kind: 'local',
        mainBranch,
      }),
    };
  }
  const { owner, name, id, appId, installationId, privateKeyFile, apiUrl } = named.github;
  let opened: PolicyHost | null = null;
  return {
    for() {
      opened ??= {
        ...openGitHub({
          app: { appId, installationId, privateKey: readFileSync(privateKeyFile, 'utf8') },
          repository: { owner, name, id },
          ...(apiUrl === undefined ? {} : { apiUrl }),
        }),
        kind: 'github',
        mainBranch,
        submitReview: null,
      };
      return opened;
    },
  };
}
