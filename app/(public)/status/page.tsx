import type { Metadata } from 'next';
import { readSigners } from '../../../lib/platform/signers/index.ts';
import { checkReadiness, type ComponentState } from '../../../lib/platform/health/index.ts';
import type { StepState } from '../../../lib/requests/index.ts';
import { formatTimesIn } from '../../_components/format.ts';
import { FollowPanel } from '../../_components/follow-panel.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { StateIcon } from '../../_components/state-icon.tsx';
import { toneOf } from '../../_components/status-badge.tsx';
import { partNames } from './part-names.ts';
import { Signers } from './signers.tsx';

export const metadata: Metadata = { title: 'Service state' };

const tones: Readonly<Record<ComponentState['state'], { readonly tone: StepState; readonly word: string }>> =
  {
    ok: { tone: 'passed', word: 'Working' },
    degraded: { tone: 'waiting', word: 'Degraded' },
    down: { tone: 'failed', word: 'Down' },
  };

export default async function StatusPage() {
  const ctx = await pageContext();
  const { ready, components } = await checkReadiness(ctx);
  const signers = await readSigners(ctx).catch(() => ({ signers: [], stops: [] }));
  const isOne = new Set(components.flatMap(({ signer }) => signer ?? [])).size < 2;
  // With the database down the list below says so; this panel then has nothing to add.
  const following = await FollowPanel({ ctx }).catch(() => null);
  const down = components.filter((component) => component.state === 'down').length;
  const degraded = components.filter((component) => component.state === 'degraded').length;
  return (
    <div className="page">
      <PageTitle
        title="Service state"
        lead="What the signer and this website report about themselves right now."
      />
      <Overall ready={ready} down={down} degraded={degraded} />
      {following}
      <Signers {...signers} />
      <h2 className="mt-10 text-2xl">Parts</h2>
      <ul className="mt-4 divide-y divide-rule rounded-xl border border-rule bg-surface">
        {components.map(({ component, signer = '', state, detail }) => {
          const { tone, word } = tones[state];
          return (
            <li
              key={`${signer} ${component}`}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-5 py-4"
            >
              <h3 className="min-w-56 grow break-words text-base font-medium">
                {partNames[component] ?? component}
                {isOne || signer === '' ? null : <span className="text-muted"> · {signer}</span>}
              </h3>
              <span className={`badge ${toneOf[tone]}`}>
                <StateIcon state={tone} size={16} />
                {word}
              </span>
              <p className="w-full break-words text-sm text-muted">{formatTimesIn(detail)}</p>
            </li>
          );
        })}
      </ul>
      <p className="mt-6 text-sm text-muted">
        Each signer signs nothing without all of its parts: while one is down, requests wait for another
        signer, or until it is back, and continue automatically.{' '}
        <a className="link" href="/readyz">
          The same as JSON
        </a>
      </p>
    </div>
  );
}

function Overall(props: { readonly ready: boolean; readonly down: number; readonly degraded: number }) {
  const { ready, down, degraded } = props;
  if (down > 0 && ready)
    return <Notice tone="waiting" title="Requests are signed, but not by every signer: see below" />;
  if (down > 0)
    return <Notice tone="failed" title={`${down} of the parts below ${down === 1 ? 'is' : 'are'} down`} />;
  if (degraded > 0) return <Notice tone="waiting" title="Working, with limits: see below" />;
  return <Notice tone="passed" title="Everything works" />;
}
