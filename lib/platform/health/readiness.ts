/** Whether the portal can do its work now, and if not, which part is missing. */
import { isDraining } from '../drain/index.ts';
import { acceptedPolicy } from '../portal/index.ts';
import type { Portal } from '../portal/index.ts';
import { revocationStates } from './revocation.ts';
import { clockState } from './portal-clock.ts';
import { canSign, readSignerParts, type ComponentState } from './signer-states.ts';

export interface Readiness {
  /** The portal works, and a signer can sign: with several, others may be down. */
  readonly ready: boolean;
  readonly components: readonly ComponentState[];
}

const checkMillisecondsMax = 5_000;

export async function checkReadiness(portal: Portal): Promise<Readiness> {
  const own = await Promise.all([
    probe('database', async () => {
      await portal.db.$queryRaw`SELECT 1`;
      return 'answers';
    }),
    probe('artifact store', async () => {
      await portal.store.checkWritable();
      return 'writable';
    }),
    probe('release store', async () => {
      await portal.released.checkReadable();
      return 'readable';
    }),
    probe('policy repository', async () => {
      const accepted = await acceptedPolicy(portal);
      if (accepted === null) throw new Error('the signer has not accepted a commit yet');
      return `at accepted commit ${accepted.commit}`;
    }),
  ]);
  const ending = isDraining() ? [down('portal', 'is being stopped: it ends what it has begun')] : [];
  const revocation = await revocationStates(portal.config, portal.now());
  const clock = await clockState(portal).catch(() => []);
  const ours = [
    ...ending,
    ...own,
    ...clock,
    ...(await reportsState(portal)),
    ...keysStates(portal),
    ...revocation,
  ];
  const { isSigning, parts } = await signerStates(portal);
  return { ready: isSigning && ours.every(({ state }) => state !== 'down'), components: [...ours, ...parts] };
}

async function signerStates(
  portal: Portal,
): Promise<{ readonly isSigning: boolean; readonly parts: readonly ComponentState[] }> {
  try {
    const signers = await readSignerParts(portal);
    const parts = signers.flatMap((one) => one.parts);
    if (signers.length === 0) return { isSigning: false, parts: [down('signer', 'has never reported')] };
    if (parts.length === 0) return { isSigning: false, parts: [down('signer', 'every signer was stopped')] };
    return { isSigning: signers.some(canSign), parts };
  } catch {
    return { isSigning: false, parts: [down('signer', 'unknown while the database is down')] };
  }
}

/** Shown only while an issuer doesn't give its keys: builds with its identity tokens may be refused then; those with API tokens aren't. */
function keysStates({ buildKeys }: Portal): readonly ComponentState[] {
  return buildKeys.states().flatMap(({ issuer, fetchedAt, failure }) => {
    if (failure === null) return [];
    const since = fetchedAt === null ? 'none were had' : `the last are of ${fetchedAt.toISOString()}`;
    const { host } = new URL(issuer);
    const detail = `the keys of ${host} for identity tokens can’t be had: ${failure}; ${since}`;
    return [{ component: 'build-keys', state: 'degraded', detail }];
  });
}

/** Open anonymous reports: about 500 MB if all have the maximum size. More are refused, so as not to fill the disk. */
export const openReportsMax = 20_000;

/** Shown only when it is reached: otherwise reports are not a component that could fail. */
async function reportsState(portal: Portal): Promise<readonly ComponentState[]> {
  const open = await portal.db.report
    .count({ where: { closedAt: null, reporter: 'public' }, take: openReportsMax })
    .catch(() => 0);
  if (open < openReportsMax) return [];
  const detail = `${open} anonymous reports are open; no more are accepted until some are closed`;
  return [{ component: 'reports', state: 'degraded', detail }];
}

async function probe(component: string, check: () => Promise<string>): Promise<ComponentState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer in ${checkMillisecondsMax / 1000} s`)),
      checkMillisecondsMax,
    );
  });
  try {
    return { component, state: 'ok', detail: await Promise.race([check(), late]) };
  } catch (error) {
    return down(component, firstLine(error));
  } finally {
    clearTimeout(timer);
  }
}

const down = (component: string, detail: string): ComponentState => ({ component, state: 'down', detail });

/** One line without internal addresses or credentials: readiness is public. */
function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  const line =
    error.message
      .split('\n')
      .filter((line) => line.trim() !== '')
      .at(-1) ?? 'failed';
  return `${code}${line}`.replace(/\b\w+:\/\/\S+/g, '(address)').slice(0, 200);
}
