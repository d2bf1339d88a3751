/** What each signer reports of itself and of what it works with. */
import type { Portal } from '../portal/index.ts';

export interface ComponentState {
  readonly component: string;
  /** Whose part it is; left out: the portal's own. */
  readonly signer?: string;
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail: string;
}

/** A signer writes its state every few seconds; if it is older than this, the signer is considered down. */
export const heartbeatSecondsMax = 60;
const shownMilliseconds = 30 * 86_400_000;
/** Of all signers: each reports some twenty parts. */
const rowsMax = 2000;

/** Of one signer. */
interface SignerParts {
  readonly signer: string;
  /** stopped: on purpose, so nobody waits for it. silent: it was killed, or its database can't be reached. */
  readonly state: 'reports' | 'silent' | 'stopped';
  readonly parts: readonly ComponentState[];
}

const down = (signer: string, component: string, detail: string): ComponentState => ({
  component,
  signer,
  state: 'down',
  detail,
});

/** Signers that reported within a month, by name. */
export async function readSignerParts({
  db,
  now,
}: Pick<Portal, 'db' | 'now'>): Promise<readonly SignerParts[]> {
  const at = now().getTime();
  const [rows, presences] = await Promise.all([
    db.signerHealth.findMany({
      where: { checkedAt: { gte: new Date(at - shownMilliseconds) } },
      orderBy: [{ signerId: 'asc' }, { component: 'asc' }],
      take: rowsMax,
    }),
    db.presence.findMany({ where: { stoppedAt: { not: null } }, select: { signerId: true }, take: 200 }),
  ]);
  const stopped = new Set(presences.map(({ signerId }) => signerId));
  return Array.from(
    Map.groupBy(rows, (row) => row.signerId),
    ([signer, own]): SignerParts => {
      const ages = own.map((row) => Math.round((at - row.checkedAt.getTime()) / 1000));
      const youngest = Math.min(...ages);
      if (stopped.has(signer)) return { signer, state: 'stopped', parts: [] };
      if (youngest > heartbeatSecondsMax) {
        const detail = `no report for ${youngest} s`;
        return { signer, state: 'silent', parts: [down(signer, 'signer', detail)] };
      }
      const parts = own.map((row, index): ComponentState => {
        const ageSeconds = ages[index] ?? Infinity;
        if (ageSeconds > heartbeatSecondsMax)
          return down(signer, row.component, `no report for ${ageSeconds} s`);
        const state = row.state === 'ok' || row.state === 'degraded' ? row.state : 'down';
        return { component: row.component, signer, state, detail: row.detail };
      });
      return { signer, state: 'reports', parts };
    },
  );
}

/** A signer that can sign: it reports, and no part of it is down. */
export const canSign = ({ state, parts }: SignerParts): boolean =>
  state === 'reports' && parts.every((part) => part.state !== 'down');
