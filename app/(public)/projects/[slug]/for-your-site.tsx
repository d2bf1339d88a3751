import type { ProjectDetail, ProjectStanding } from '../../../../lib/projects/index.ts';
import { CodeBlock } from '../../../_components/code-block.tsx';

/** Text about its signatures that a project can copy to its own site. */
export function ForYourSite(props: {
  readonly detail: ProjectDetail;
  readonly publishers: ProjectStanding['publishers'];
  readonly origin: string;
}) {
  const { detail, publishers, origin } = props;
  const { slug, accepted } = detail;
  const project = detail.project.project.value;
  const foundation = accepted.snapshot.foundation.value;
  const page = `${origin}/projects/${slug}`;
  const names = (handles: readonly string[]): string =>
    handles
      .map(
        (handle) =>
          [...accepted.snapshot.people].find(([known]) => known === handle)?.[1].value.name ?? handle,
      )
      .map(escapeHtml)
      .join(', ');
  const privacy =
    project.privacy.policy === undefined
      ? 'This program will not transfer any information to other networked systems unless the user asks for it.'
      : `See the <a href="${escapeHtml(project.privacy.policy)}">privacy policy</a>.`;
  const isOwn = publishers.includes('project');
  const snippet = [
    `<h2><a href="${page}">Code signing policy</a></h2>`,
    `<p>Free code signing provided by <a href="${origin}">Countersign</a>, ${isOwn ? 'with our own certificate, under the policy of' : 'certificate by'}`,
    `<a href="${escapeHtml(foundation.homepage)}">${escapeHtml(foundation.name)}</a>.</p>`,
    `<ul><li>Authors: ${names(project.team.authors)}</li>`,
    `<li>Reviewers: ${names(project.team.reviewers)}</li>`,
    `<li>Approvers: ${names(project.team.approvers)}</li></ul>`,
    `<p>${privacy}</p>`,
  ].join('\n');
  const badge = `<a href="${page}"><img src="${page}/badge.svg" alt="Code signing policy" height="20"></a>`;
  return (
    <section aria-labelledby="site" className="pt-16">
      <h2 id="site" className="text-2xl">
        For the project’s own site
      </h2>
      <p className="mt-2 text-muted">
        The same as data:{' '}
        <a className="link" href={`/api/v1/projects/${slug}`}>
          JSON
        </a>
        ,{' '}
        <a className="link" href={`/projects/${slug}/feed.xml`}>
          Atom feed
        </a>
        .
      </p>
      <details className="card mt-4 p-5">
        <summary className="flex min-h-6 items-center font-medium">The policy as a section of a page</summary>
        <CodeBlock>{snippet}</CodeBlock>
      </details>
      <details className="card mt-4 p-5">
        <summary className="flex min-h-6 items-center font-medium">A badge</summary>
        <p className="mt-3">
          <img src={`/projects/${slug}/badge.svg`} alt="Code signing policy" height={20} />
        </p>
        <CodeBlock>{badge}</CodeBlock>
      </details>
    </section>
  );
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
