import Link from 'next/link';
import type { Context } from '../../lib/platform/portal/index.ts';
import { readSigners } from '../../lib/platform/signers/index.ts';
import { Notice } from './notice.tsx';
import { Time } from './time.tsx';
import { Typed } from './typed.tsx';

/** Emergency stops in force for a project; without a project, those for everybody. Nothing if there is none. */
export async function StopNotice({
  ctx,
  project,
}: {
  readonly ctx: Context;
  readonly project: string | null;
}) {
  const { stops } = await readSigners(ctx);
  const [stop] = stops
    .filter((stop) => stop.project === null || stop.project === project)
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
  if (stop === undefined) return null;
  return (
    <Notice tone="failed" title="Signing is stopped">
      {stop.project === null ? 'Nothing is signed for any project' : 'Nothing is signed for this project'}{' '}
      since <Time value={stop.at} />: <Typed>{stop.reason}</Typed>
      <p className="mt-1">
        <Link className="link" href="/emergency-stop">
          Who stopped it, and who can lift it
        </Link>
      </p>
    </Notice>
  );
}
