import Link from 'next/link';
import type { Standing } from '../../../../lib/projects/index.ts';
import type { RevocationNotice } from '../../../../lib/revocations/index.ts';
import { plural } from '../../../_components/format.ts';
import { Notice } from '../../../_components/notice.tsx';
import { Time } from '../../../_components/time.tsx';

const shownMax = 5;

/** A project's revocations, shown before anything else about it; nothing if there never were any. */
export function RevokedBanner(props: {
  readonly standing: Standing;
  /** How many of its releases hold a file whose signature is revoked. */
  readonly revoked: number;
  readonly notices: readonly RevocationNotice[];
}) {
  const { standing, revoked, notices } = props;
  if (standing !== 'revoked' && revoked === 0 && notices.length === 0) return null;
  return (
    <Notice
      tone={standing === 'revoked' || revoked > 0 ? 'failed' : 'waiting'}
      title={titleOf(standing, revoked)}
    >
      {revoked === 0 ? (
        <p>Its releases were signed before, and stay good.</p>
      ) : (
        <p>
          They are marked below. {standing === 'revoked' ? null : 'Its newest release is not among them.'}
        </p>
      )}
      <ul className="mt-2 grid gap-1">
        {notices.slice(0, shownMax).map((notice) => (
          <li key={notice.serial} className="break-words">
            <Link className="link" href={`/revocations/${notice.serial}`}>
              Certificate “{notice.certificate}”
              {notice.publisher === 'project' ? ', its own: no longer signed with' : ', revoked'} as of{' '}
              <Time value={notice.effectiveAt} />
            </Link>
          </li>
        ))}
      </ul>
      {notices.length > shownMax ? (
        <p className="mt-2">
          <Link className="link" href="/revocations">
            All {notices.length} revocations
          </Link>
        </p>
      ) : null}
    </Notice>
  );
}

function titleOf(standing: Standing, revoked: number): string {
  if (revoked > 0) {
    return `${plural(revoked, 'release')} of this project ${revoked === 1 ? 'is' : 'are'} revoked: don’t run ${revoked === 1 ? 'it' : 'them'}`;
  }
  return standing === 'revoked'
    ? 'This project’s certificate is revoked: nothing is signed for it'
    : 'A certificate of this project was revoked';
}
