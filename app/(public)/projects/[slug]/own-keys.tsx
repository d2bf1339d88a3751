import Link from 'next/link';
import type { OwnKey, PublishedCertificate } from '../../../../lib/certificates/index.ts';
import { CodeBlock } from '../../../_components/code-block.tsx';
import { formatDate } from '../../../_components/format.ts';
import { Typed } from '../../../_components/typed.tsx';

type Record = PublishedCertificate & { readonly own: OwnKey };

export const ownKeyRecords = (all: readonly PublishedCertificate[]): readonly Record[] =>
  all
    .filter((one): one is Record => one.own !== null)
    .toSorted((a, b) => b.validTo.getTime() - a.validTo.getTime());

/** Keys that make OpenPGP and raw signatures, with what a downloader needs to check one. Nothing where the project has none. */
export function OwnKeys({
  records,
  directory,
}: {
  readonly records: readonly Record[];
  /** The domain whose keys programs find by their address; null: none. */
  readonly directory: string | null;
}) {
  if (records.length === 0) return null;
  return (
    <section aria-labelledby="own-keys" className="pt-16">
      <h2 id="own-keys" className="text-2xl">
        Keys for signatures beside files
      </h2>
      <p className="mt-2 text-muted">
        A signature beside a file, such as <code>tool.tar.gz.asc</code>, is made with a key of the project’s
        own, which is on the foundation’s hardware security module and signs nothing else.
      </p>
      <ul className="mt-6 grid gap-4">
        {records.map((record) => (
          <li key={record.serial} className="card min-w-0 p-5 sm:p-6">
            <OneKey record={record} directory={directory} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneKey({ record, directory }: { readonly record: Record; readonly directory: string | null }) {
  const { own, name, revocation } = record;
  const { openPgp } = own;
  const isTest = own.serves === 'test';
  return (
    <>
      <h3 className="text-lg">
        {openPgp === null ? 'Key for raw signatures' : 'OpenPGP key'}
        <span className="text-muted">
          {' '}
          · {name}
          {isTest ? ', for tests alone' : ''}
        </span>
      </h3>
      <dl className="facts mt-3 sm:grid-cols-[9rem_minmax(0,1fr)]!">
        {openPgp === null ? (
          <>
            <dt>SHA-256 of the key</dt>
            <dd className="hash">{own.spkiSha256}</dd>
          </>
        ) : (
          <>
            <dt>Fingerprint</dt>
            <dd className="hash">{openPgp.fingerprint}</dd>
            <dt>User ID</dt>
            <dd>
              <Typed>{openPgp.userId}</Typed>
            </dd>
          </>
        )}
        <dt>Algorithm</dt>
        <dd>{own.algorithm}</dd>
        <dt>Made</dt>
        <dd>{formatDate(record.validFrom)}</dd>
        <dt>Valid until</dt>
        <dd>{formatDate(record.validTo)}</dd>
        <dt>State</dt>
        <dd>
          {revocation !== null ? (
            <Link className="link text-fail" href={`/revocations/${revocation.serial}`}>
              Revoked as of {formatDate(revocation.effectiveAt)}: trust no signature by it
            </Link>
          ) : record.validTo < new Date() ? (
            'Expired'
          ) : (
            'Good'
          )}
        </dd>
      </dl>
      {openPgp === null && revocation !== null ? null : (
        <p className="mt-3">
          <a className="link inline-block min-h-6" href={`/certificates/${own.file}`} download>
            Download {own.file}
          </a>
        </p>
      )}
      {revocation === null ? (
        <details className="mt-3">
          <summary className="flex min-h-6 items-center font-medium">
            Check a download with {openPgp === null ? 'this key' : `the key ${openPgp.fingerprint.slice(-9)}`}
          </summary>
          <p className="mt-2 text-muted">
            {openPgp === null
              ? 'With openssl; the answer is “Verified OK”. Where the signature was made with another hash, name that one.'
              : 'Import the key once, and compare its fingerprint with the one above; then verify.'}
          </p>
          <CodeBlock>{commands(own, directory)}</CodeBlock>
        </details>
      ) : null}
    </>
  );
}

function commands({ file, openPgp }: OwnKey, directory: string | null): string {
  if (openPgp === null) return `openssl dgst -sha256 -verify ${file} -signature FILE.sig FILE`;
  const isFound = directory !== null && openPgp.address.endsWith(`@${directory}`);
  return [
    isFound ? `gpg --locate-external-keys ${openPgp.address}` : `gpg --import ${file}`,
    'gpg --verify FILE.asc FILE',
  ].join('\n');
}
