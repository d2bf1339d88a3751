import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metadata } from 'next';
import Link from 'next/link';
import { readReference } from '../../../lib/api-reference/index.ts';
import type { Operation, Row } from '../../../lib/api-reference/index.ts';
import { Backquoted } from '../../_components/backquoted.tsx';
import { PageTitle } from '../../_components/page-title.tsx';

export const metadata: Metadata = { title: 'The REST API' };

/** schemas/openapi.yaml for people: what each address takes and answers. Without scripts, in the portal's own style. */
export default async function ReferencePage() {
  const text = await readFile(join(process.cwd(), 'schemas', 'openapi.yaml'), 'utf8');
  const { version, text: lead, groups } = readReference(text);
  return (
    <div className="page">
      <PageTitle
        title="The REST API"
        lead={
          <>
            <Backquoted>{lead}</Backquoted> Version {version}; the same as a document for programs:{' '}
            <a className="link" href="/api/v1/openapi.yaml">
              OpenAPI
            </a>
            .{' '}
            <Link className="link" href="/problems">
              Problems
            </Link>{' '}
            have a page of their own.
          </>
        }
      />
      <nav aria-label="Operations" className="mt-8">
        <ul className="grid gap-2 sm:grid-cols-2">
          {groups.flatMap(({ operations }) =>
            operations.map(({ id, summary }) => (
              <li key={id}>
                <a className="link inline-flex min-h-6 items-center" href={`#${id}`}>
                  {summary}
                </a>
              </li>
            )),
          )}
        </ul>
      </nav>
      {groups.map(({ name, text: about, operations }) => (
        <section key={name} aria-labelledby={name} className="mt-12">
          <h2 id={name} className="text-2xl">
            {name}
          </h2>
          <p className="text-muted mt-2">
            <Backquoted>{about}</Backquoted>
          </p>
          {operations.map((operation) => (
            <OperationItem key={operation.id} operation={operation} />
          ))}
        </section>
      ))}
    </div>
  );
}

function OperationItem({ operation }: { readonly operation: Operation }) {
  const { id, method, path, summary, text, needsToken, parameters, body, responses } = operation;
  return (
    <article aria-labelledby={id} className="mt-8">
      <h3 id={id} className="text-lg">
        {summary}
      </h3>
      <p className="mt-1">
        <code className="break-all">
          {method} {path}
        </code>
        {needsToken && <span className="text-muted"> · with an API token or a build’s identity token</span>}
      </p>
      {text !== '' && (
        <p className="mt-2">
          <Backquoted>{text}</Backquoted>
        </p>
      )}
      {parameters.length > 0 && (
        <Rows
          title="Parameters"
          rows={parameters.map(({ name, place, isRequired, type, text: said }) => ({
            path: name,
            type: `${place}, ${type}`,
            isRequired,
            text: said,
          }))}
        />
      )}
      {body !== null && <Rows title={`Body: ${body.types.join(', ')}`} rows={body.rows} />}
      <h4 className="mt-4 font-semibold">Answers</h4>
      <dl className="mt-2 grid gap-2">
        {responses.map(({ status, text: said, headers, types }) => (
          <div key={status}>
            <dt>
              <code>{status}</code> <span className="text-muted">{types.join(', ')}</span>
            </dt>
            <dd className="ml-4 break-words">
              <Backquoted>{said}</Backquoted>
              {headers.length > 0 && <span className="text-muted"> Headers: {headers.join(', ')}.</span>}
            </dd>
          </div>
        ))}
      </dl>
      {responses.map(({ status, rows }) =>
        rows.length === 0 ? null : <Rows key={status} title={`Members of ${status}`} rows={rows} />,
      )}
    </article>
  );
}

function Rows({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  return (
    <>
      <h4 className="mt-4 font-semibold">{title}</h4>
      {rows.length > 0 && (
        <dl className="mt-2 grid gap-2">
          {rows.map(({ path, type, isRequired, text }) => (
            <div key={path}>
              <dt>
                <code className="break-all">{path}</code>{' '}
                <span className="text-muted">
                  {type}
                  {isRequired ? '' : ', optional'}
                </span>
              </dt>
              {text !== '' && (
                <dd className="ml-4">
                  <Backquoted>{text}</Backquoted>
                </dd>
              )}
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
