import Link from 'next/link';
import { mayAudit } from '../../lib/audit-records/index.ts';
import { countPendingApprovals } from '../../lib/approvals/index.ts';
import type { Actor } from '../../lib/platform/auth/index.ts';
import { mayHandleReports } from '../../lib/reports/index.ts';
import { signOut } from '../sign-in/actions.ts';
import { AccountMenu } from './account-menu.tsx';
import { Mark } from './mark.tsx';
import { pageContext } from './page-context.ts';

const places = [
  ['/projects', 'Projects'],
  ['/requests', 'Requests'],
  ['/changes', 'Policy changes'],
  ['/certificates', 'Certificates'],
  ['/apply', 'Apply'],
] as const;

const place =
  'inline-flex min-h-9 items-center whitespace-nowrap rounded-md px-2 text-[0.9375rem] text-muted hover:bg-sunken hover:text-ink';

const own =
  'flex min-h-10 w-full items-center rounded-md px-3 text-[0.9375rem] hover:bg-sunken focus-visible:bg-sunken';

type SignedIn = Extract<Actor, { readonly kind: 'person' | 'account' }>;

export async function SiteHeader() {
  // A portal whose database is down still shows its pages’ frame, and the error inside it.
  const ctx = await pageContext().catch(() => null);
  const actor = ctx?.actor ?? ({ kind: 'public' } as const);
  const signedIn = actor.kind === 'person' || actor.kind === 'account' ? actor : null;
  const waiting = actor.kind === 'person' ? <Waiting /> : null;
  return (
    <header className="border-b border-rule">
      <div className="page flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
        <Link
          href="/"
          className="inline-flex min-h-9 items-center gap-2.5 text-lg font-semibold tracking-tight"
        >
          <Mark size={30} />
          Countersign
        </Link>
        <nav aria-label="Main" className="order-3 -mx-2 flex w-full flex-wrap lg:order-2 lg:mx-0 lg:w-auto">
          {places.map(([href, name]) => (
            <Link key={href} href={href} className={place}>
              {name}
            </Link>
          ))}
          {waiting}
        </nav>
        <div className="order-2 ms-auto -me-2 lg:order-3">
          {signedIn === null ? (
            <Link href="/sign-in" className={place}>
              Sign in
            </Link>
          ) : (
            <AccountMenu name={signedIn.name}>
              <OwnPlaces actor={signedIn} />
            </AccountMenu>
          )}
        </div>
      </div>
    </header>
  );
}

/** What is there for somebody, as who they are. */
function ownPlaces(actor: SignedIn): readonly (readonly [href: string, name: string])[] {
  const isPerson = actor.kind === 'person';
  return [
    ...(isPerson ? [['/approvals', 'Approvals'] as const] : []),
    ...(isPerson && actor.roles.foundationReviewer ? [['/reviews', 'Reviews'] as const] : []),
    ...(mayHandleReports(actor) ? [['/reports', 'Reports'] as const] : []),
    ...(mayAudit(actor) ? [['/audit', 'Audit'] as const] : []),
    ['/applications', 'Applications'],
    ['/messages', 'Messages'],
    ...(isPerson ? [['/approval-key', 'Your approval key'] as const] : []),
  ];
}

function OwnPlaces({ actor }: { readonly actor: SignedIn }) {
  return (
    <>
      {actor.development ? (
        <p className="px-3 py-1.5 text-sm text-muted">
          Signed in by the{' '}
          <span className="rounded bg-wait-soft px-1.5 py-0.5 text-xs font-medium text-wait">
            development
          </span>{' '}
          sign-in
        </p>
      ) : null}
      <ul>
        {ownPlaces(actor).map(([href, name]) => (
          <li key={href}>
            <Link href={href} className={own}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
      <form action={signOut} className="mt-1.5 border-t border-rule pt-1.5">
        <button type="submit" className={`${own} cursor-pointer text-start`}>
          Sign out
        </button>
      </form>
    </>
  );
}

/** Requests that wait for who is signed in; nothing where none does, or where it can’t be said. */
async function Waiting() {
  const waiting = await pageContext()
    .then((ctx) => countPendingApprovals({ ctx }))
    .catch(() => null);
  if (waiting === null || (waiting.count === 0 && !waiting.more)) return null;
  const count = `${waiting.count}${waiting.more ? '+' : ''}`;
  return (
    <Link href="/approvals" className={place}>
      Approvals
      <span className="ms-1.5 rounded bg-wait-soft px-1.5 py-0.5 text-xs font-semibold text-wait">
        {count}
        <span className="sr-only"> waiting for you</span>
      </span>
    </Link>
  );
}
