import type { Context } from '../../../../lib/platform/portal/index.ts';
import type { RequestDetail } from '../../../../lib/requests/index.ts';
import { readRemoved } from '../../../../lib/retention/index.ts';
import { Notice } from '../../../_components/notice.tsx';
import { Time } from '../../../_components/time.tsx';

const files = { artifact: 'The file as it was uploaded', bundle: 'The proof of origin that came with it' };
const rules = { denied: 'requests that were refused or cancelled', failed: 'requests that failed' };

/** Which files of the request are gone, since when, and by which rule of the foundation. */
export async function RemovedFiles({
  ctx,
  request,
}: {
  readonly ctx: Context;
  readonly request: RequestDetail;
}) {
  const removed = await readRemoved({ ctx, input: request });
  if (removed.length === 0) return null;
  return (
    <Notice tone="cancelled" title="Its files were removed from the store">
      {removed.map(({ file, rule, days, removedAt }) => (
        <span key={file} className="block">
          {files[file]} was removed on <Time value={removedAt} /> by the rule “files of {rules[rule]}:{' '}
          {days === 1 ? 'one day' : `${days} days`}”.
        </span>
      ))}
      What was checked, found and decided stays on record. Submitting the same file again means uploading it
      again.
    </Notice>
  );
}
