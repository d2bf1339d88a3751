import type { Metadata } from 'next';
import { listProjects } from '../../../lib/projects/index.ts';
import { reportKinds, reportLimits } from '../../../lib/reports/index.ts';
import { ActionForm } from '../../_components/action-form.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { reportForm } from './actions.ts';

export const metadata: Metadata = { title: 'Report a problem' };

export default async function ReportPage({
  searchParams,
}: {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const query = await searchParams;
  const given = (name: string): string => (typeof query[name] === 'string' ? query[name].slice(0, 200) : '');
  const projects = await listProjects({ ctx: await pageContext() });
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="Report a problem"
        lead="Something signed by this foundation is malware, a key got into the wrong hands, or a project breaks the conditions? Tell us; no account is needed."
      />
      <p className="mt-6">
        Malware and keys are decided within 24 hours, all else within five days. You get a link to a page
        where you see the clock and the answer. What you write is read by reviewers and policy maintainers
        only.
      </p>
      <ActionForm
        id="report"
        action={reportForm}
        hidden={{}}
        fields={[
          {
            kind: 'radio',
            name: 'kind',
            label: 'What is wrong',
            required: true,
            // Appeals start from the notice of the revocation.
            options: Object.entries(reportKinds)
              .filter(([kind]) => kind !== 'appeal')
              .map(([kind, { words }]) => [kind, words] as const),
          },
          {
            kind: 'textarea',
            name: 'description',
            label: 'What you saw',
            required: true,
            rows: 8,
            hint: 'Where you got the file, what it did, how you know. Enough for somebody else to look.',
            charactersMax: reportLimits.description,
          },
          {
            kind: 'select',
            name: 'project',
            label: 'Project',
            value: given('project'),
            options: [
              ['', 'I don’t know'],
              ...projects.map(({ slug, project }) => [slug, project.project.value.name] as const),
            ],
          },
          {
            kind: 'text',
            name: 'serial',
            label: 'Serial number of the certificate',
            value: given('serial'),
            hint: 'The properties of a signed file on Windows show it.',
            code: true,
          },
          {
            kind: 'text',
            name: 'fileSha256',
            label: 'SHA-256 of the file',
            value: given('sha256'),
            code: true,
          },
          {
            kind: 'textarea',
            name: 'links',
            label: 'Links to evidence',
            rows: 3,
            hint: 'Analyses, posts, places where the file can be found; one per line.',
            charactersMax: reportLimits.links,
          },
          {
            kind: 'text',
            name: 'contact',
            label: 'How to reach you',
            charactersMax: reportLimits.contact,
            hint: 'If we may contact you. Only they see it.',
          },
        ]}
        buttons={[{ label: 'Send report', pending: 'Sending…', intent: 'report' }]}
      />
    </div>
  );
}
