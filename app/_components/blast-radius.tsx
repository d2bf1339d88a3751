import Link from 'next/link';
import type { BlastRadius } from '../../lib/revocations/index.ts';
import { filesMax } from '../../lib/revocations/index.ts';
import { plural } from './format.ts';
import { Narrow } from './narrow.tsx';
import { Time } from './time.tsx';

/** Which signatures a revocation makes bad: in numbers, as a bar, and one by one. */
export function BlastRadiusView({
  radius,
  effectiveAt,
  isOwn,
}: {
  readonly radius: BlastRadius;
  readonly effectiveAt: Date;
  /** Whether a project's own certificate is among them. */
  readonly isOwn: boolean;
}) {
  const { bad, good, badReleases, files } = radius;
  const all = bad + good;
  if (all === 0) return <p className="mt-3 text-muted">Nothing was ever signed with this certificate.</p>;
  return (
    <>
      <p className="mt-3 max-w-prose">
        <strong>{plural(bad, 'signature')}</strong> in {plural(badReleases, 'release')}{' '}
        {bad === 1 ? 'is' : 'are'} bad from <Time value={effectiveAt} /> on;{' '}
        {good === 0
          ? 'no timestamp proves any to be older.'
          : `${plural(good, 'signature')} ${good === 1 ? 'stays' : 'stay'} good, because a timestamp proves that ${
              good === 1 ? 'it is' : 'they are'
            } older.`}
      </p>
      {isOwn ? (
        <p className="mt-3 max-w-prose">
          So these pages judge them. Windows accepts signatures by a project’s own certificate until the
          authority that issued it has revoked it, and then uses that authority’s date.
        </p>
      ) : null}
      <div
        role="img"
        aria-label={`${bad} of ${all} signatures are bad`}
        className="mt-3 flex h-3 overflow-hidden rounded-full border border-rule"
      >
        <svg className="h-full w-full" preserveAspectRatio="none" viewBox={`0 0 ${all} 1`} aria-hidden="true">
          <rect width={bad} height="1" className="fill-fail" />
          <rect x={bad} width={good} height="1" className="fill-pass" />
        </svg>
      </div>
      <div className="card mt-6">
        <table className="rows">
          <caption className="sr-only">Signatures of the certificate</caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Signed</th>
              <th scope="col">Timestamp</th>
              <th scope="col">Then</th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={`${file.requestId}${file.path}`}>
                <td>
                  <Link
                    className="link inline-block min-h-6 wrap-anywhere"
                    href={`/requests/${file.requestId}`}
                  >
                    {file.artifact}
                  </Link>
                  {file.path === '' ? null : (
                    <span className="block text-sm wrap-anywhere text-muted">{file.path}</span>
                  )}
                </td>
                <td>
                  <Narrow label="Signed" />
                  <Time value={file.signedAt} />
                </td>
                <td>
                  <Narrow label="Timestamp" />
                  {file.timestampedAt === null ? 'none' : <Time value={file.timestampedAt} />}
                </td>
                <td className={file.good ? 'text-pass' : 'text-fail'}>{file.good ? 'stays good' : 'bad'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all > files.length ? (
        <p className="mt-2 text-sm text-muted">The newest {filesMax} are shown.</p>
      ) : null}
    </>
  );
}
