import Link from 'next/link';
import type { ReactNode } from 'react';
import { isRefused } from '../../lib/certificates/standing/index.ts';
import type {
  ReleaseStanding,
  SignatureStanding,
  SignatureState,
} from '../../lib/certificates/standing/index.ts';
import type { StepState } from '../../lib/requests/index.ts';
import type { RevocationNotice } from '../../lib/revocations/index.ts';
import { plural } from './format.ts';
import { Notice } from './notice.tsx';
import { triggerWords } from './revocation-words.ts';
import { standingWords } from './standing-words.ts';
import { StateIcon } from './state-icon.tsx';
import { toneOf } from './status-badge.tsx';
import { Time } from './time.tsx';
import { Typed } from './typed.tsx';

const tones: Readonly<Record<SignatureState, StepState>> = {
  good: 'passed',
  'good-before-revocation': 'passed',
  'test-certificate': 'waiting',
  expired: 'waiting',
  unlisted: 'waiting',
  revoked: 'failed',
};

/** Nothing for signatures that are simply good: only exceptions are marked. */
export function SignatureMark({ state }: { readonly state: SignatureState }) {
  if (state === 'good') return null;
  return (
    <span className={`badge ${toneOf[tones[state]]}`}>
      <StateIcon state={tones[state]} size={16} />
      {standingWords[state]}
    </span>
  );
}

/** `Good, …`: as a line among the facts of a signed file. */
export function SignatureLine({ standing }: { readonly standing: SignatureStanding }) {
  const { state, revocation } = standing;
  const colour = isRefused(state) ? 'font-medium text-fail' : '';
  return (
    <span className={colour}>
      {standingWords[state]}
      {revocation === null ? null : (
        <>
          {'. '}
          <Link className="link" href={`/revocations/${revocation.serial}`}>
            The revocation
          </Link>{' '}
          counts from <Time value={revocation.effectiveAt} /> on.
        </>
      )}
    </span>
  );
}

interface Told {
  readonly standing: SignatureStanding;
  /** Of the revocation that the standing names; null: there is none. */
  readonly notice: RevocationNotice | null;
  /** What is spoken of, in the singular. */
  readonly what: 'file' | 'release';
  readonly children?: ReactNode;
}

/** What somebody has to know before they run it; nothing for signatures that are simply good. */
export function SignatureNotice({ standing, notice, what, children }: Told) {
  const { state } = standing;
  if (state === 'good') return null;
  return (
    <Notice tone={tones[state]} title={titles(what)[state]}>
      <Reason standing={standing} notice={notice} what={what} />
      {children}
    </Notice>
  );
}

const titles = (what: Told['what']): Readonly<Record<Exclude<SignatureState, 'good'>, string>> => ({
  revoked: `Revoked: don’t run this ${what}`,
  'good-before-revocation': `This ${what} is good: it was signed before its certificate was revoked`,
  'test-certificate': 'Signed with a test certificate, which nobody’s computer trusts',
  expired: 'Its certificate has expired, and no timestamp proves that it was signed before',
  unlisted: 'Signed with a certificate that this foundation doesn’t list',
});

function Reason({ standing, notice, what }: Told) {
  const { state, revocation } = standing;
  switch (state) {
    case 'revoked':
      return (
        <>
          <Counted standing={standing} />
          {notice === null ? null : (
            <p className="break-words whitespace-pre-line">
              {triggerWords(notice.trigger)}. <Typed>{notice.statement}</Typed>
            </p>
          )}
          {revocation === null ? null : (
            <p className="mt-2">
              {standing.publisher === 'project'
                ? 'The foundation no longer vouches for its certificate, the project’s own'
                : 'Its certificate is revoked'}
              : what was signed from <Time value={revocation.effectiveAt} /> on is bad, and what no timestamp
              proves to be older.{' '}
              {standing.publisher === 'project'
                ? 'Windows refuses it only once the authority that issued it has revoked it, too. '
                : null}
              <Link className="link" href={`/revocations/${revocation.serial}`}>
                Read the notice
              </Link>
            </p>
          )}
        </>
      );
    case 'good-before-revocation':
      return revocation === null ? null : (
        <p>
          A timestamp proves that it is older than <Time value={revocation.effectiveAt} />, from when on the
          certificate is{' '}
          <Link className="link" href={`/revocations/${revocation.serial}`}>
            revoked
          </Link>
          .{' '}
          {standing.publisher === 'project'
            ? 'It is the project’s own: Windows uses the date of the authority that issued it. '
            : 'Windows sees that. '}
          Programs that don’t compare dates, such as osslsigncode with the revocation list, refuse it all the
          same.
        </p>
      );
    case 'test-certificate':
      return <p>It was made for testing and means nothing to users of the program.</p>;
    case 'expired':
      return <p>Windows no longer accepts it. The project has to release it again.</p>;
    case 'unlisted':
      return <p>Whether this {what} is good can’t be said here. Ask the foundation.</p>;
    case 'good':
      return null;
  }
}

/** Of a release with many files: how many of them it is. */
function Counted({ standing }: { readonly standing: SignatureStanding | ReleaseStanding }) {
  if (!('counts' in standing)) return null;
  const { revoked } = standing.counts;
  const all = Object.values(standing.counts).reduce((sum, count) => sum + count, 0);
  if (all <= 1) return null;
  return (
    <p className="font-medium">
      {revoked === all
        ? `All of its ${plural(all, 'signed file')}.`
        : `${revoked} of its ${all} signed files.`}
    </p>
  );
}
