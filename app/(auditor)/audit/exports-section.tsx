import Link from 'next/link';
import { listExports } from '../../../lib/audit-exports/index.ts';
import type { AuditExportView } from '../../../lib/audit-exports/index.ts';
import { lastMonth } from '#core/audit/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { Form } from '../../_components/form/form.tsx';
import { SubmitButton } from '../../_components/form/submit-button.tsx';
import { TextField } from '../../_components/form/text-fields.tsx';
import { Narrow } from '../../_components/narrow.tsx';
import { Time } from '../../_components/time.tsx';
import { exportForm } from './actions.ts';

const stateWords: Readonly<Record<AuditExportView['state'], string>> = {
  waiting: 'being written',
  unsigned: 'waits for the signer’s signature',
  refused: 'refused by the signer',
  signed: 'signed',
};

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
/** The last day of a period that ends at, or within, a day. */
const lastDayOf = (to: Date): string => dayOf(new Date(to.getTime() - 1));

export const periodOf = ({ from, to }: Pick<AuditExportView, 'from' | 'to'>): string =>
  dayOf(from) === lastDayOf(to) ? dayOf(from) : `${dayOf(from)} to ${lastDayOf(to)}`;

export async function ExportsSection({
  ctx,
  before,
}: {
  readonly ctx: Context;
  readonly before: Date | null;
}) {
  const { items, next } = await listExports({ ctx, input: { before } });
  const month = lastMonth(ctx.now());
  return (
    <section aria-labelledby="exports" className="pt-12">
      <h2 id="exports" className="text-2xl">
        Exports
      </h2>
      <p className="mt-2 max-w-prose text-muted">
        Each month is exported automatically once it has ended. The signer signs the digests of all files; an
        export shows the records as they were when it was signed.
      </p>
      <Form id="export" action={exportForm} hidden={{}}>
        <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
          <TextField name="from" label="First day" type="date" value={dayOf(month.from)} required narrow />
          <TextField
            name="to"
            label="Last day"
            type="date"
            hint="Days are in UTC; today is included up to two minutes ago."
            value={lastDayOf(month.to)}
            required
            narrow
          />
        </div>
        <div>
          <SubmitButton label="Export this period" pending="Asking…" />
        </div>
      </Form>
      {items.length === 0 ? (
        <p className="mt-6 text-muted">
          {before === null ? 'Nothing is exported yet.' : 'There are no older exports.'}
        </p>
      ) : (
        <div className="card mt-6">
          <table className="rows">
            <caption className="sr-only">Exports</caption>
            <thead>
              <tr>
                <th scope="col">Period</th>
                <th scope="col">State</th>
                <th scope="col">Asked for</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id}>
                  <td>
                    <Link
                      href={`/audit/exports/${item.id}`}
                      className="link inline-block min-h-6 font-medium"
                    >
                      {periodOf(item)}
                    </Link>
                  </td>
                  <td>
                    <Narrow label="State" />
                    {stateWords[item.state]}
                    {item.digest === null ? '' : `, digest ${item.digest.number}`}
                  </td>
                  <td className="text-sm wrap-anywhere text-muted">
                    <Narrow label="Asked for" />
                    <Time value={item.askedAt} /> by{' '}
                    {item.askedBy === 'portal' ? 'the portal itself' : item.askedBy}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {next === null ? null : (
        <p className="mt-6">
          <Link className="button button-quiet" href={`/audit?before=${next.getTime()}`} rel="next">
            Older exports
          </Link>
        </p>
      )}
    </section>
  );
}
