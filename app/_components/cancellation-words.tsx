import Link from 'next/link';
import type { Context } from '../../lib/platform/portal/index.ts';
import type { Cancellation } from '../../lib/requests/index.ts';
import { Submitter } from './submitter.tsx';
import { Time } from './time.tsx';
import { Typed } from './typed.tsx';

/** Who cancelled a request, when and why, or which newer one took its place. */
export function CancellationWords(props: {
  readonly ctx: Context;
  readonly project: string;
  readonly cancellation: Cancellation;
}) {
  const { ctx, project, cancellation } = props;
  const { by, at, reason, supersededBy } = cancellation;
  if (supersededBy !== null) {
    return (
      <>
        A newer build of the same branch or tag took its place on <Time value={at} />:{' '}
        <Link className="link" href={`/requests/${supersededBy}`}>
          request <code>{supersededBy.slice(0, 8)}</code>
        </Link>
      </>
    );
  }
  return (
    <>
      By <Submitter ctx={ctx} project={project} by={by} />, <Time value={at} />: <Typed>{reason}</Typed>
    </>
  );
}
