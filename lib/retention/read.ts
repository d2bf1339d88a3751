/** What rules of retention removed of a request, for its page and the API. Public. */
import type { RequestId } from '#core/ids/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { ruleNames, type RuleName } from './rules.ts';

export interface RemovedFile {
  readonly file: 'artifact' | 'bundle';
  readonly rule: RuleName;
  /** Of the rule, on that day. */
  readonly days: number;
  readonly removedAt: Date;
}

export async function readRemoved(call: {
  readonly ctx: Pick<Portal, 'db'>;
  readonly input: { readonly id: RequestId };
}): Promise<readonly RemovedFile[]> {
  const rows = await call.ctx.db.removedFile.findMany({
    where: { requestId: call.input.id },
    orderBy: { file: 'asc' },
  });
  return rows.flatMap(({ file, rule, days, removedAt }) => {
    const known = ruleNames.find((name) => name === rule);
    return known === undefined || (file !== 'artifact' && file !== 'bundle')
      ? []
      : [{ file, rule: known, days, removedAt }];
  });
}
