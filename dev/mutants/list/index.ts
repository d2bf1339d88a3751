import type { Area } from '../mutant.ts';
import { access } from './access.ts';
import { action } from './action.ts';
import { approval } from './approval.ts';
import { authenticode } from './authenticode.ts';
import { builds } from './builds.ts';
import { cabinets } from './cabinets.ts';
import { catalog } from './catalog.ts';
import { certificates } from './certificates.ts';
import { checks } from './checks.ts';
import { client } from './client.ts';
import { codeHost } from './code-host.ts';
import { codeHostGitLab } from './code-host-gitlab.ts';
import { damage } from './damage.ts';
import { detached } from './detached.ts';
import { edge } from './edge.ts';
import { fairness } from './fairness.ts';
import { fetching } from './fetches.ts';
import { follow } from './follow.ts';
import { grant } from './grant.ts';
import { host } from './host.ts';
import { identities } from './identities.ts';
import { installers } from './installers.ts';
import { jar } from './jar.ts';
import { journal } from './journal.ts';
import { keyholder } from './keyholder.ts';
import { keys } from './keys.ts';
import { locks } from './locks.ts';
import { msi } from './msi.ts';
import { notices } from './notices.ts';
import { nuget } from './nuget.ts';
import { operating } from './operating.ts';
import { origin } from './origin.ts';
import { parameters } from './parameters.ts';
import { policy } from './policy.ts';
import { portal } from './portal.ts';
import { preflight } from './preflight.ts';
import { proofs } from './proofs.ts';
import { publisher } from './publisher.ts';
import { reading } from './reading.ts';
import { refs } from './refs.ts';
import { reports } from './reports.ts';
import { samples } from './samples.ts';
import { scripts } from './scripts.ts';
import { signer } from './signer.ts';
import { signers } from './signers.ts';
import { stops } from './stops.ts';
import { tracing } from './tracing.ts';
import { transfers } from './transfers.ts';
import { upstream } from './upstream.ts';
import { publishing } from './publishing.ts';
import { webhooks } from './webhooks.ts';
import { words } from './words.ts';

/** Every guard whose test is known, by part of the product. */
export const areas: readonly Area[] = [
  ...[
    grant,
    proofs,
    journal,
    keyholder,
    keys,
    approval,
    parameters,
    origin,
    signer,
    signers,
    damage,
    operating,
    fairness,
    stops,
    publisher,
  ],
  ...[authenticode, cabinets, catalog, detached, installers, jar, msi, scripts],
  ...[policy, portal, reading, notices, edge, locks, access, words, checks, certificates, host, identities],
  refs,
  publishing,
  webhooks,
  fetching,
  builds,
  action,
  client,
  codeHost,
  codeHostGitLab,
  nuget,
  follow,
  preflight,
  upstream,
  reports,
  samples,
  transfers,
  tracing,
];
