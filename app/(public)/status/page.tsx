import type { Metadata } from 'next';
import { checkReadiness, type ComponentState } from '../../../lib/platform/health/index.ts';
import type { StepState } from '../../../lib/requests/index.ts';
import { formatTimesIn } from '../../_components/format.ts';
import { FollowPanel } from '../../_components/follow-panel.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { StateIcon } from '../../_components/state-icon.tsx';
import { toneOf } from '../../_components/status-badge.tsx';

export const metadata: Metadata = { title: 'Service state' };

const names: Readonly<Record<string, string>> = {
  database: 'Database',
  'artifact store': 'Artifact store',
  'policy repository': 'Policy repository, as this website reads it',
  signer: 'Signer',
  sweep: 'The signer’s search for work',
  requests: 'Requests to be worked on',
  queue: 'Queue',
  reports: 'Signatures of inspection reports',
  'signer-database': 'Database, as the signer uses it',
  keyholder: 'Hardware security module',
  scanner: 'Malware scanner',
  policy: 'Policy, as the signer follows it',
  journal: 'Journal',
  certificates: 'Certificates that the policy asks for',
  'emergency-stop': 'Emergency stop',
  'revocation-register': 'Register of revocations',
  unpacking: 'Programs that open installers',
  'revocation-list': 'Revocation list',
  'status-answers': 'Status answers (OCSP)',
  'trust-roots': 'Trust roots of build systems',
  'build-keys': 'Keys of builds’ identity tokens',
  limits: 'What the signer takes at most',
};

const tones: Readonly<Record<ComponentState['state'], { readonly tone: StepState; readonly word: string }>> =
  {
    ok: { tone: 'passed', word: 'Working' },
    degraded: { tone: 'waiting', word: 'Degraded' },
    down: { tone: 'failed', word: 'Down' },
  };

export default async function StatusPage() {
  const ctx = await pageContext();
  const { components } = await checkReadiness(ctx);
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
      <Overall down={down} degraded={degraded} />
      {following}
      <h2 className="mt-10 text-2xl">Parts</h2>
      <ul className="mt-4 divide-y divide-rule rounded-xl border border-rule bg-surface">
        {components.map(({ component, state, detail }) => {
          const { tone, word } = tones[state];
          return (
            <li key={component} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-5 py-4">
              <h3 className="min-w-56 grow text-base font-medium">{names[component] ?? component}</h3>
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
        Nothing is signed without all of them: while one is down, requests wait, and they continue
        automatically.{' '}
        <a className="link" href="/readyz">
          The same as JSON
        </a>
      </p>
    </div>
  );
}

function Overall({ down, degraded }: { readonly down: number; readonly degraded: number }) {
  if (down > 0)
    return <Notice tone="failed" title={`${down} of the parts below ${down === 1 ? 'is' : 'are'} down`} />;
  if (degraded > 0) return <Notice tone="waiting" title="Working, with limits: see below" />;
  return <Notice tone="passed" title="Everything works" />;
}
