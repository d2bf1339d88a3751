/** What the signer measures of its own parts, as metrics: `countersign_<component>_<measure>`. */
import { z } from 'zod';
import type { Portal } from '../portal/index.ts';
import { heartbeatSecondsMax } from './signer-states.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/);
const measuresSchema = z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,60}$/), z.number());

/** `open_<step>` and `oldest_<step>_timestamp_seconds` are one metric each, by step. */
const byStep = /^(open|oldest)_([a-z-]+?)(_timestamp_seconds)?$/;

export interface Measure {
  /** Without the prefix `countersign_`. */
  readonly metric: string;
  readonly step: string | null;
  /** Which signer measured it. */
  readonly signer: string;
  readonly value: number;
}

/**
 * Measures of all parts that reported recently, by metric; those that the signer no longer reports are absent. `unreadable`: of how
 * many parts what was reported isn't shaped like measures; that takes nothing from the others.
 */
export async function readMeasures(
  portal: Portal,
): Promise<{ readonly measures: readonly Measure[]; readonly unreadable: number }> {
  const since = new Date(portal.now().getTime() - heartbeatSecondsMax * 1000);
  const rows = await portal.db.signerHealth.findMany({
    where: { checkedAt: { gte: since } },
    orderBy: [{ signerId: 'asc' }, { component: 'asc' }],
    take: 2000,
  });
  let unreadable = 0;
  const measures = rows.flatMap(({ signerId: signer, component, measures }) => {
    const read = z.object({ name, measures: measuresSchema }).safeParse({ name: component, measures });
    if (!read.success) {
      unreadable += 1;
      return [];
    }
    const part = component.replaceAll('-', '_');
    return Object.entries(read.data.measures).map(([measure, value]): Measure => {
      const [, kind, step, unit = ''] = byStep.exec(measure) ?? [];
      if (kind === undefined || step === undefined) {
        return { metric: `${part}_${measure.replaceAll('-', '_')}`, step: null, signer, value };
      }
      return { metric: `${part}_${kind}${unit}`, step, signer, value };
    });
  });
  return { measures, unreadable };
}
