import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { readExport } from '../../../../../lib/audit-exports/index.ts';
import type { AuditExportView } from '../../../../../lib/audit-exports/index.ts';
import { auditFileNames, digestFileName } from '#core/audit/index.ts';
import { AutoRefresh } from '../../../../_components/auto-refresh.tsx';
import { CodeBlock } from '../../../../_components/code-block.tsx';
import { Narrow } from '../../../../_components/narrow.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { Time } from '../../../../_components/time.tsx';
import { AuditorsOnly, auditorContext } from '../../auditors-only.tsx';
import { periodOf } from '../../exports-section.tsx';

export const metadata: Metadata = { title: 'Audit export' };

export default async function ExportPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  const ctx = await auditorContext(`/audit/exports/${id}`);
  if (ctx === null) return <AuditorsOnly />;
  const view = await readExport({ ctx, input: { id } });
  if (view === null) notFound();
  const { digest } = view;
  return (
    <div className="page *:max-w-5xl">
      <PageTitle title={`Audit export, ${periodOf(view)}`} up={{ href: '/audit', name: 'Audit' }} />
      <dl className="facts mt-8">
        <dt>From</dt>
        <dd>
          <Time value={view.from} />
        </dd>
        <dt>Up to</dt>
        <dd>
          <Time value={view.to} />
        </dd>
        <dt>Digest</dt>
        <dd>
          {digest === null ? (
            'Not signed yet'
          ) : (
            <>
              Number {digest.number}, signed <Time value={digest.signedAt} />
            </>
          )}
        </dd>
      </dl>
      {view.state === 'signed' ? null : view.state === 'refused' ? (
        <Notice tone="failed" title="The signer refused to sign this export">
          As the portal submitted it, {view.refusal}. It is never signed. Export the period again; if that is
          refused, too, the portal is faulty or compromised: tell the foundation’s operators.
        </Notice>
      ) : (
        <Waiting state={view.state} />
      )}
      <Files view={view} />
      {view.state === 'signed' ? <Check id={view.id} /> : null}
      {digest === null ? null : (
        <section aria-labelledby="digest" className="pt-10">
          <h2 id="digest" className="text-2xl">
            What is signed
          </h2>
          <pre
            tabIndex={0}
            role="group"
            aria-label="The digest and its signature"
            className="mt-4 overflow-x-auto rounded-lg bg-sunken p-4 text-[0.8125rem]"
          >
            {digest.note}
          </pre>
        </section>
      )}
    </div>
  );
}

function Waiting({ state }: { readonly state: 'waiting' | 'unsigned' }) {
  return (
    <div className="mt-6 max-w-prose" role="status">
      <AutoRefresh seconds={3} />
      {state === 'waiting' ? (
        <p>The portal writes its files. This page shows them as soon as they are there.</p>
      ) : (
        <p>
          The portal’s files are written. The signer adds its own and signs the digests of all, if its
          operators run <code>npm run audit:sign</code> run. If it takes longer than a few minutes, ask them.
        </p>
      )}
    </div>
  );
}

function Check({ id }: { readonly id: string }) {
  return (
    <section aria-labelledby="check" className="pt-10">
      <h2 id="check" className="text-2xl">
        Check it
      </h2>
      <p className="mt-2 max-w-prose">
        In a copy of Countersign’s source, with all files downloaded there, and with the key’s line (
        <code>foundation-log.vkey</code>) from the foundation’s operators, not from here:
      </p>
      <CodeBlock>
        {[
          `tar -xf audit-export-${id}.tar`,
          `npm run --silent countersign -- audit verify audit-export-${id} --key foundation-log.vkey`,
        ].join('\n')}
      </CodeBlock>
    </section>
  );
}

function Files({ view }: { readonly view: AuditExportView }) {
  if (view.files.length === 0) return null;
  const ofPortal = auditFileNames('portal');
  const address = (name: string): string => `/audit/exports/${view.id}/files/${name}`;
  return (
    <section aria-labelledby="files" className="pt-10">
      <h2 id="files" className="text-2xl">
        Files
      </h2>
      <p className="mt-4">
        <a className="button" href={address('all.tar')}>
          Download all
        </a>
      </p>
      <div className="card mt-6">
        <table className="rows">
          <caption className="sr-only">Files of this export</caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Written by</th>
              <th scope="col">Rows</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {view.files.map((file) => (
              <tr key={file.name}>
                <td>
                  <a className="link inline-block min-h-6 wrap-anywhere" href={address(file.name)}>
                    {file.name}
                  </a>
                </td>
                <td className="md:whitespace-nowrap">
                  <Narrow label="Written by" />
                  {ofPortal.includes(file.name) ? 'the portal' : 'the signer'}
                </td>
                <td className="md:whitespace-nowrap">
                  <Narrow label="Rows" />
                  {file.rows}
                </td>
                <td className="hash">
                  <Narrow label="SHA-256" />
                  {file.sha256}
                </td>
              </tr>
            ))}
            {view.digest === null ? null : (
              <tr>
                <td>
                  <a className="link inline-block min-h-6 wrap-anywhere" href={address(digestFileName)}>
                    {digestFileName}
                  </a>
                </td>
                <td>
                  <Narrow label="Written by" />
                  the signer
                </td>
                <td>
                  <Narrow label="Rows" />–
                </td>
                <td>signed by the log’s key</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}
