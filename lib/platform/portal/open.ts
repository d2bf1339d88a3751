/** Wiring only: configuration in, ports out. */
import { openBuildKeys } from '../build-token/index.ts';
import { openCodeHosts } from '../code-host/index.ts';
import type { PortalConfig } from '../config/index.ts';
import { openDatabase } from '../db/index.ts';
import { openDns } from '../dns/index.ts';
import { openPolicyHosts } from '../git-host/index.ts';
import { openPageFetch, openPoster } from '../page-fetch/index.ts';
import { openPolicyRepository } from '../policy-repository/index.ts';
import { openPublishApp } from '../publish-app/index.ts';
import { openJobQueue } from '../queue/index.ts';
import { openReceived, openReleased } from '../storage/index.ts';
import type { Portal } from './context.ts';

export interface OpenPortal extends Portal {
  close(): Promise<void>;
}

/** Opens nothing yet: every port connects on first use, so the portal starts while a dependency is down. */
export function openPortal(config: PortalConfig, now: () => Date = () => new Date()): OpenPortal {
  const db = openDatabase({ url: config.databaseUrl });
  const queue = openJobQueue({ url: config.databaseUrl });
  return {
    config,
    db,
    queue,
    store: openReceived(config.artifactStore),
    released: openReleased(config.releasedStore, { isDirect: config.presignedDownloads }),
    policies: openPolicyRepository(config.policyRepository),
    policyHosts: openPolicyHosts({ config, db, now }),
    codeHosts: openCodeHosts({ config, now }),
    buildKeys: openBuildKeys({
      now,
      elsewhere: new Map((config.buildKeys ?? []).map(({ issuer, url }) => [issuer, url])),
    }),
    publishApp: openPublishApp({ config, timing: { now } }),
    dns: openDns(config.dnsServers === undefined ? {} : { servers: config.dnsServers }),
    // Development runs on this machine alone, and so do its projects' pages.
    fetchPage: openPageFetch({ allowLoopback: config.auth.development }),
    poster: openPoster({
      allowLoopback: config.auth.development,
      ...(config.webhooks === undefined ? {} : { ports: config.webhooks.ports }),
    }),
    now,
    async close() {
      await queue.close();
      await db.$disconnect();
    },
  };
}
