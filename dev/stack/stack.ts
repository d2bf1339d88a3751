import { ensureProcesses } from '../../scripts/processes/ensure.ts';
import { step } from '../../scripts/set-up/steps.mjs';
import { startCodeHostService, type RunningCodeHost } from './code-host/start.ts';
import { startGitLabService } from './gitlab/start.ts';
import { startClamd, type RunningClamd } from './clamd/start.ts';
import { startGitHost, type RunningGitHost } from './git-host/start.ts';
import { prepareStackPaths, type StackPaths } from './paths.ts';
import { startPortal, type PortalMode } from './portal/start.ts';
import type { DatabaseUrls } from './postgres/databases.ts';
import { startPostgres, type RunningPostgres } from './postgres/start.ts';
import type { RunningService } from './service.ts';
import {
  expectedResponderUrl,
  startResponder,
  startAuditSigner,
  startRevocationAuthority,
  startSigner,
  startTsa,
} from './signer.ts';
import { startSoftHsm, type SoftHsm } from './softhsm/start.ts';

export interface StackOptions {
  /** where its state is kept; .countersign/ unless said */
  readonly state?: string;
  /** `official` asks freshclam for the virus database where its mirror answers; `test` knows only the EICAR file */
  readonly signatures?: 'official' | 'test';
  readonly portal?: PortalMode;
  /** Whether the code host knows what the demo's project built. */
  readonly demoBuilds?: boolean;
  /** Whether there is a GitLab, too. */
  readonly gitLab?: boolean;
}

/**
 * The parts that Countersign stands on, running. What needs keys and a policy (timestamp authority, signer, portal) is
 * started through it once they exist, so that stop() ends everything in the opposite order.
 */
export interface Stack {
  readonly paths: StackPaths;
  readonly database: DatabaseUrls;
  readonly postgres: RunningPostgres;
  readonly softHsm: SoftHsm;
  readonly clamd: RunningClamd;
  readonly gitHost: RunningGitHost;
  readonly codeHost: RunningCodeHost;
  readonly gitLab: RunningService | null;
  startTsa(writeConfiguration: (port: number) => string | Promise<string>): Promise<RunningService>;
  startRevocationAuthority(configurationFile: string): Promise<Omit<RunningService, 'url' | 'port'>>;
  /** The program that signs audit exports, with the signer's configuration. */
  startAuditSigner(configurationFile: string): Promise<Omit<RunningService, 'url' | 'port'>>;
  /** Where the responder will be: its address stands in certificates. */
  responderUrl(): Promise<string>;
  startResponder(writeConfiguration: (port: number) => string | Promise<string>): Promise<RunningService>;
  startSigner(configurationFile: string): Promise<Omit<RunningService, 'url' | 'port'>>;
  startPortal(writeConfiguration: (publicUrl: string) => string | Promise<string>): Promise<RunningService>;
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Starts PostgreSQL with the current schema, SoftHSM's tokens, clamd and the Git host at once, telling each step. */
export async function startStack({
  state,
  signatures = 'official',
  portal = 'production',
  demoBuilds = false,
  gitLab: withGitLab = false,
}: StackOptions = {}): Promise<Stack> {
  const paths = prepareStackPaths(state);
  const started: Stoppable[] = [];
  const keep = <T extends Stoppable>(service: T): T => {
    started.push(service);
    return service;
  };
  const stop = async () => {
    for (const service of started.splice(0).reverse()) await service.stop();
  };
  try {
    await step('Building the processes', (report) => ensureProcesses(report));
    const [{ postgres, database }, softHsm, clamd, gitHost, codeHost, gitLab] = await together([
      startDatabase(paths, keep),
      step('Preparing the SoftHSM tokens', () => startSoftHsm(paths)),
      step('Starting clamd', async (report) => keep(await startClamd(paths, { signatures, report }))),
      step('Starting the Git host', async () => keep(await startGitHost(paths))),
      step('Starting the development code host', async () =>
        keep(await startCodeHostService(paths, { demoBuilds })),
      ),
      withGitLab
        ? step('Starting the development GitLab', async () => keep(await startGitLabService(paths)))
        : Promise.resolve(null),
    ]);
    if (clamd.signatures === 'test-only') warnOfTestSignature(signatures);
    return {
      paths,
      database,
      postgres,
      softHsm,
      clamd,
      gitHost,
      codeHost,
      gitLab,
      startTsa: (write) =>
        step('Starting the timestamp authority', async () => keep(await startTsa(paths, write))),
      startRevocationAuthority: (file) =>
        step('Starting the revocation authority', async () =>
          keep(await startRevocationAuthority(paths, file)),
        ),
      startAuditSigner: (file) =>
        step('Starting the signing of audit exports', async () => keep(await startAuditSigner(paths, file))),
      responderUrl: () => expectedResponderUrl(paths),
      startResponder: (write) =>
        step('Starting the status responder', async () => keep(await startResponder(paths, write))),
      startSigner: (file) => step('Starting the signer', async () => keep(await startSigner(paths, file))),
      startPortal: (write) =>
        step(
          portal === 'production' ? 'Building and starting the portal' : 'Starting the portal',
          async (report) => keep(await startPortal(paths, write, report, portal)),
        ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(paths: StackPaths, keep: <T extends Stoppable>(service: T) => T) {
  const postgres = await step('Starting PostgreSQL', async () => keep(await startPostgres(paths)));
  return { postgres, database: await step('Preparing the database', () => postgres.prepareDatabase()) };
}

/** All of them, at the same time; where one fails, once the others have come to their ends: what they started is known then. */
export async function together<const Works extends readonly Promise<unknown>[]>(
  works: Works,
): Promise<{ -readonly [Index in keyof Works]: Awaited<Works[Index]> }> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

function warnOfTestSignature(asked: 'official' | 'test'): void {
  const why = asked === 'official' ? 'the mirror database.clamav.net gave none' : 'none was asked for';
  console.log(
    [
      '',
      '  !!  clamd has NO VIRUS DATABASE: ' + why + '.',
      '  !!  It knows only the harmless EICAR test file; real malware would pass this scan.',
      '',
    ].join('\n'),
  );
}
