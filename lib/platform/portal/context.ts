import type { BuildKeys } from '../build-token/index.ts';
import type { CodeHosts } from '../code-host/index.ts';
import type { PortalConfig } from '../config/index.ts';
import type { Database } from '../db/index.ts';
import type { Dns } from '../dns/index.ts';
import type { PolicyHosts } from '../git-host/index.ts';
import type { FetchPage, Poster } from '../page-fetch/index.ts';
import type { PublishApp } from '../publish-app/index.ts';
import type { PolicyRepository } from '../policy-repository/index.ts';
import type { JobQueue } from '../queue/index.ts';
import type { ArtifactStore, ReleasedArtifacts } from '../storage/index.ts';
import type { Actor } from '../actor/index.ts';

/** Everything outside the process that the portal works with. */
export interface Portal {
  readonly config: PortalConfig;
  readonly db: Database;
  readonly queue: JobQueue;
  /** Uploaded artifacts and bundles. */
  readonly store: ArtifactStore;
  /** Signed artifacts; the signer writes, the portal reads. */
  readonly released: ReleasedArtifacts;
  readonly policies: PolicyRepository;
  /** Where changes of the policy are proposed; null where the configuration names no host. */
  readonly policyHosts: PolicyHosts | null;
  /** Where projects keep their source. */
  readonly codeHosts: CodeHosts;
  /** Public keys by which identity tokens of builds are verified. */
  readonly buildKeys: BuildKeys;
  /** Lets jobs of projects' environments start; null where the configuration names no app. */
  readonly publishApp: PublishApp | null;
  readonly dns: Dns;
  /** Fetches pages whose addresses users typed. */
  readonly fetchPage: FetchPage;
  /** Posts to addresses that users typed. */
  readonly poster: Poster;
  readonly now: () => Date;
}

/** What every verb gets: the environment, and the caller. */
export interface Context extends Portal {
  readonly actor: Actor;
  /** The network that the request came from, as networkOf() says it: anonymous callers are counted by it. null: not known. */
  readonly network?: string | null;
}
