import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import type { SampleOutcome } from '#core/wire/sample/index.ts';
import { readSample } from '../../../../lib/samples/index.ts';
import type { Sample } from '../../../../lib/samples/index.ts';
import { AutoRefresh } from '../../../_components/auto-refresh.tsx';
import { formatBytes } from '../../../_components/format.ts';
import { Command } from '../../../_components/keep-words.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { StopNotice } from '../../../_components/stop-notice.tsx';
import { Time } from '../../../_components/time.tsx';
import { Against } from './against.tsx';
import { FoundList } from './found-list.tsx';
import { Order } from './order.tsx';
import { SampleTree } from './sample-tree.tsx';
import { Suggested } from './suggested.tsx';

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{ readonly at?: string | string[]; readonly after?: string | string[] }>;
}

export const metadata: Metadata = { title: 'A sample', robots: { index: false } };

const refreshSeconds = 2;

/** A place in the tree; whatever else is asked is the top. */
const numberOf = (value: string | string[] | undefined): number | undefined => {
  const [text = ''] = [value].flat();
  return /^\d{1,7}$/.test(text) ? Number(text) : undefined;
};

export default async function SamplePage({ params, searchParams }: Props) {
  const ctx = await pageContext();
  const { id } = await params;
  if (ctx.actor.kind === 'public') redirect(`/sign-in?to=/samples/${encodeURIComponent(id)}`);
  const sample = await readSample({ ctx, input: { id } });
  if (sample === null) notFound();
  const { at, after } = await searchParams;
  return (
    <div className="page">
      <PageTitle
        title={sample.name}
        up={{ href: placeOf(sample), name: 'Try a file' }}
        lead="A sample: what the signer found in it, and what a configuration for it could say. It is no request, and nothing is signed."
      />
      <p className="mt-3 text-sm text-muted">
        {formatBytes(sample.sizeBytes)}, SHA-256 <span className="hash">{sample.sha256}</span>. All of this is
        removed on <Time value={sample.until} />.
      </p>
      <Stands sample={sample} ctx={ctx} />
      {sample.stands.state === 'done' ? (
        <Found sample={sample} outcome={sample.stands.outcome}>
          <SampleTree
            sample={sample}
            outcome={sample.stands.outcome}
            at={numberOf(at)}
            after={numberOf(after)}
          />
        </Found>
      ) : null}
    </div>
  );
}

const placeOf = ({ project, configuration }: Sample): string =>
  project === null
    ? '/samples'
    : `/samples?for=${encodeURIComponent(configuration === null ? project : `${project}/${configuration}`)}`;

function Stands({
  sample: { stands, project },
  ctx,
}: {
  readonly sample: Sample;
  readonly ctx: Awaited<ReturnType<typeof pageContext>>;
}) {
  if (stands.state === 'done') return null;
  if (stands.state === 'failed')
    return (
      <Notice tone="failed" title={stands.failure.message}>
        {stands.failure.fix}
      </Notice>
    );
  return (
    <>
      <StopNotice ctx={ctx} project={project} />
      <div role="status">
        <Notice
          tone="waiting"
          title={
            stands.state === 'working'
              ? 'The signer is looking at it'
              : 'It waits for the signer to look at it'
          }
        >
          That takes seconds, of large archives some minutes. This page shows it once it is there; without
          scripts, reload it. While signing is stopped, samples wait, too.
        </Notice>
      </div>
      <AutoRefresh seconds={refreshSeconds} />
    </>
  );
}

function Found({
  sample,
  outcome,
  children,
}: {
  readonly sample: Sample;
  readonly outcome: SampleOutcome;
  readonly children: React.ReactNode;
}) {
  const { suggestion, nothing, refused, against } = outcome;
  return (
    <>
      {suggestion === null ? (
        <Notice tone="waiting" title="No configuration is suggested">
          {nothing}
        </Notice>
      ) : (
        <Suggested sample={sample} suggestion={suggestion} />
      )}
      <FoundList
        id="refused"
        title={suggestion === null ? 'What the signer would refuse' : 'What would be refused all the same'}
        found={refused}
        project={sample.project}
        commit={null}
      />
      {against === null ? null : <Against against={against} project={sample.project} />}
      <Order outcome={outcome} name={sample.name} />
      {children}
      <section aria-labelledby="not-looked-at">
        <h2 id="not-looked-at" className="mt-10 text-2xl">
          Not looked at
        </h2>
        <p className="mt-2 max-w-prose text-muted">
          Where the file comes from, viruses, approvals, certificates: they are checked when it is submitted,
          anew and from its bytes. On your own machine,{' '}
          <Command>countersign preflight FILE --config CONFIG</Command> says the same as this page, and scans
          with <Command>--clamd</Command>.
        </p>
        {sample.project === null ? null : (
          <p className="mt-2">
            <Link className="link inline-block min-h-6" href={`/projects/${sample.project}/submit`}>
              Submit a file
            </Link>
          </p>
        )}
      </section>
    </>
  );
}
