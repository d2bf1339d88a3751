import Link from 'next/link';
import type { PolicyVersion } from '../../lib/policy-versions/index.ts';
import { EffectMark } from './effect-mark.tsx';
import { plural } from './format.ts';
import { Time } from './time.tsx';

/** Accepted commits, newest first, each in a few plain sentences. */
export function VersionList(props: {
  readonly items: readonly PolicyVersion[];
  /** Where a version's page is, without the commit. */
  readonly here: string;
}) {
  return (
    <ol className="trace mt-6">
      {props.items.map((item) => (
        <li key={item.commit} className="pb-8!">
          <span className="trace-mark grid h-8 w-8 place-items-center rounded-full border border-rule bg-surface text-muted">
            <svg width="14" height="14" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
              <circle cx="12" cy="12" r="6" fill="none" stroke="currentColor" strokeWidth="2.4" />
            </svg>
          </span>
          <h2 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-lg">
            <Link className="link inline-block min-h-6" href={`${props.here}/${item.commit}`}>
              <Time value={item.acceptedAt} />
            </Link>
            {item.summary === null ? null : <EffectMark effect={item.summary.effect} />}
          </h2>
          <p className="mt-1 text-sm text-muted">
            {item.signers.length === 0 ? 'Pinned at installation' : `Signed by ${item.signers.join(', ')}`},
            as <code className="hash">{item.commit}</code>
          </p>
          <Sentences item={item} />
        </li>
      ))}
    </ol>
  );
}

const withoutDetails = {
  first: 'The first policy.',
  waiting: 'What it changed is being computed. Try again in a moment.',
  'too-large': 'It changed more than is listed here. Its files are on its page.',
  unreadable:
    'What it changed can’t be put into words by this version of the portal. Its files are on its page.',
} as const;

function Sentences({ item: { state, summary } }: { readonly item: PolicyVersion }) {
  if (state !== 'complete' || summary === null) {
    const known = state === 'complete' ? 'unreadable' : state;
    return <p className="mt-2">{withoutDetails[known]}</p>;
  }
  const { gone, come, changeCount } = summary;
  if (gone.length + come.length === 0) {
    return (
      <p className="mt-2">
        {changeCount === 0
          ? 'Nothing relevant to signing changed.'
          : `${plural(changeCount, 'difference')}, none of which changes a sentence of a policy.`}
      </p>
    );
  }
  return (
    <ul className="mt-2 grid gap-1">
      {gone.map((sentence) => (
        <li key={`-${sentence}`} className="break-words">
          <span className="font-medium">No longer:</span> {sentence}
        </li>
      ))}
      {come.map((sentence) => (
        <li key={`+${sentence}`} className="break-words">
          <span className="font-medium">Since then:</span> {sentence}
        </li>
      ))}
    </ul>
  );
}
