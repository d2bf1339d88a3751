/** Inspection reports that could not be signed: a program of its own signs them, and only its rows tell. */
import { z } from 'zod';
import type { Database } from '../../ground/database/index.ts';
import type { HealthProbe } from '../health/index.ts';

const countSchema = z.object({
  failed: z.union([z.string(), z.bigint(), z.number()]).transform(Number),
  first: z.string().nullable(),
});

export function watchReports(database: Pick<Database, 'query'>): HealthProbe {
  return {
    component: 'reports',
    probe: async () => {
      const [row] = await database.query(
        `SELECT count(*) AS failed, min(request_id::text) AS first FROM signer.inspection_report
          WHERE signed_at IS NULL AND sign_failed_at IS NOT NULL`,
      );
      const { failed, first } = countSchema.parse(row);
      const measures = { failed };
      if (failed === 0) return { state: 'ok', detail: 'none failed to be signed', measures };
      const which =
        failed === 1
          ? `that of request ${first ?? ''}`
          : `${failed}, that of request ${first ?? ''} among them`;
      const detail = `${which} could not be signed; npm run audit:sign says why, and tries again`;
      return { state: 'degraded', detail, measures };
    },
  };
}
