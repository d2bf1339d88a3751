import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { hostsOfMembers, mayAddMembers } from '../../../../../lib/onboarding/index.ts';
import { ActionForm } from '../../../../_components/action-form.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { TeamList } from '../../../../_components/team-list.tsx';
import { hostLabel } from '#core/identity/index.ts';
import { findProject } from '../find-project.ts';
import { addMemberForm } from './actions.ts';

interface Props {
  readonly params: Promise<{ readonly slug: string }>;
}

export const metadata: Metadata = { title: 'Team', robots: { index: false } };

export default async function TeamPage({ params }: Props) {
  const { slug } = await params;
  const detail = await findProject(slug);
  if (detail === null) notFound();
  const ctx = await pageContext();
  const project = detail.project.project.value;
  const hosts = hostsOfMembers(ctx, detail.accepted.snapshot, detail.project);
  const [host] = hosts;
  return (
    <div className="page *:max-w-2xl">
      <PageTitle
        title="Team"
        up={{ href: `/projects/${slug}`, name: project.name }}
        lead="Who does what, as the policy in force says."
      />
      <TeamList team={project.team} people={detail.accepted.snapshot.people} />
      {mayAddMembers(ctx, detail.slug) ? (
        <section aria-labelledby="add" className="pt-12">
          <h2 id="add" className="text-2xl">
            Add somebody
          </h2>
          <p className="mt-2 text-muted">
            It becomes a policy change, and holds once policy maintainers have signed it. Nobody approves a
            release that they submitted themselves, unless the policy allows it: with two people, each can
            approve what the other submits.
          </p>
          <ActionForm
            id="member"
            action={addMemberForm}
            hidden={hosts.length > 1 ? { project: slug } : { project: slug, host: host?.name ?? '' }}
            fields={[
              ...(hosts.length > 1
                ? [
                    {
                      kind: 'select' as const,
                      name: 'host',
                      label: 'Account on',
                      required: true,
                      value: host?.name ?? '',
                      options: hosts.map(({ name }) => [name, hostLabel(name)] as const),
                      hint: 'Where they sign in from. It need not be where the project is.',
                    },
                  ]
                : []),
              {
                kind: 'text',
                name: 'login',
                label: 'Account on the code host',
                required: true,
                hint: `Their user name ${hosts.length > 1 ? 'there' : `on ${hostLabel(host?.name ?? 'github')}`}. They sign in here with it; the policy keeps its number.`,
              },
              { kind: 'text', name: 'name', label: 'Name', required: true, hint: 'Everybody sees it.' },
              {
                kind: 'text',
                name: 'handle',
                label: 'Short name here',
                required: true,
                hint: '1 to 40 lower-case letters, digits and inner hyphens. People whom the policy names already keep theirs.',
              },
              {
                kind: 'checkbox',
                name: 'authors',
                label: 'Writes the source',
                hint: 'And creates API tokens, and submits files.',
              },
              {
                kind: 'checkbox',
                name: 'approvers',
                label: 'Approves releases',
                hint: 'Under every policy for releases, with a key of their own.',
              },
              { kind: 'checkbox', name: 'submitters', label: 'Only submits files' },
              {
                kind: 'textarea',
                name: 'publicKey',
                label: 'Their public SSH key',
                rows: 3,
                code: true,
                hint: 'If they gave it to you. Otherwise they add it themselves, under “Your approval key”.',
              },
            ]}
            buttons={[{ label: 'Propose it', pending: 'Proposing…', intent: 'add' }]}
          />
          <p className="mt-6">
            <Link
              className="link inline-block min-h-6"
              href={`/changes/new?file=projects/${slug}/project.yaml`}
            >
              Change or remove roles
            </Link>
          </p>
        </section>
      ) : ctx.actor.kind === 'public' ? (
        <Notice tone="waiting" title="Sign in to add somebody">
          <Link className="link" href={`/sign-in?to=/projects/${slug}/team`}>
            Sign in
          </Link>
        </Notice>
      ) : null}
    </div>
  );
}
