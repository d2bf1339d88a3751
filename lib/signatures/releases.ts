import { z } from 'zod';
import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { standingOfRelease } from '../certificates/standing/index.ts';
import type { ReleaseStanding, SignatureStanding } from '../certificates/standing/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readFacts } from './facts.ts';
import type { SigningFacts } from './facts.ts';
import { readSignedGroups } from './signed-groups.ts';
import type { SignedGroup } from './signed-groups.ts';

type Source = Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
type Part = { readonly standing: SignatureStanding; readonly count: number };

const requestId = z.string().transform((value) => parseRequestId(value));
const timestampSchema = z.object({
  request_id: requestId,
  certificate_serial: z.string(),
  timestamped_at: z.date(),
});

/** How releases stand, by request. Of what isn't signed there is none. One query; a second for releases that straddle a date. */
export async function releaseStandings(
  ctx: Source,
  requestIds: readonly RequestId[],
): Promise<ReadonlyMap<RequestId, ReleaseStanding>> {
  if (requestIds.length === 0) return new Map();
  const [facts, groups] = await Promise.all([readFacts(ctx), readSignedGroups(ctx.db, requestIds)]);
  const parts = new Map<RequestId, Part[]>();
  const add = (id: RequestId, ...more: readonly Part[]): void => {
    parts.set(id, [...(parts.get(id) ?? []), ...more]);
  };
  const straddling: SignedGroup[] = [];
  for (const group of groups) {
    const { request_id: id, certificate_serial: certificateSerial, first, last } = group;
    const judge = (timestampedAt: Date | null) => facts.judge({ certificateSerial, timestampedAt });
    if (group.untimestamped > 0n) add(id, { standing: judge(null), count: Number(group.untimestamped) });
    if (first === null || last === null) continue;
    const standing = judge(first);
    // Later signatures are never better: where the first and the last stand alike, so do all between them.
    if (standing.state === judge(last).state) add(id, { standing, count: Number(group.timestamped) });
    else straddling.push(group);
  }
  for (const [id, part] of await judgeEach(ctx, facts, straddling)) add(id, part);
  return new Map(Array.from(parts, ([id, all]) => [id, standingOfRelease(all)]));
}

/** Some of the files were signed before the date and some after: each is judged separately. */
async function judgeEach(
  { db }: Source,
  facts: SigningFacts,
  groups: readonly SignedGroup[],
): Promise<readonly (readonly [RequestId, Part])[]> {
  if (groups.length === 0) return [];
  const rows = await db.$queryRaw<unknown[]>`
    SELECT signature.request_id::text, signature.certificate_serial, signature.timestamped_at
      FROM unnest(${groups.map((group) => group.request_id)}::uuid[],
                  ${groups.map((group) => group.certificate_serial)}::text[]) AS asked(request_id, certificate_serial)
      JOIN signer.signature AS signature USING (request_id, certificate_serial)
     WHERE signature.timestamped_at IS NOT NULL`;
  return rows.map((row) => {
    const one = timestampSchema.parse(row);
    const { certificate_serial: certificateSerial, timestamped_at: timestampedAt } = one;
    return [one.request_id, { standing: facts.judge({ certificateSerial, timestampedAt }), count: 1 }];
  });
}
