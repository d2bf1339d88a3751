import Link from 'next/link';
import { mayAudit } from '../../lib/audit-records/index.ts';
import { countPendingApprovals } from '../../lib/approvals/index.ts';
import { signOut } from '../sign-in/actions.ts';
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

export async function SiteHeader() {
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
        <nav aria-label="Main" className="order-3 -mx-2 flex w-full flex-wrap sm:order-2 sm:mx-0 sm:w-auto">
          {places.map(([href, name]) => (
            <Link key={href} href={href} className={place}>
              {name}
            </Link>
          ))}
        </nav>
        <div className="order-2 ms-auto flex flex-wrap items-center gap-x-1 gap-y-2 sm:order-3">
          <Session />
        </div>
      </div>
    </header>
  );
}

async function Session() {
  // A portal whose database is down still shows its pages' frame, and the error inside it.
  const ctx = await pageContext().catch(() => null);
  const actor = ctx?.actor ?? ({ kind: 'public' } as const);
  if (actor.kind !== 'person' && actor.kind !== 'account') {
    return (
      <Link href="/sign-in" className={place}>
        Sign in
      </Link>
    );
  }
  return (
    <>
      {actor.kind === 'person' ? (
        <Link href="/approvals" className={place}>
          Approvals
          <Waiting />
        </Link>
      ) : null}
      {actor.kind === 'person' && actor.roles.foundationReviewer ? (
        <Link href="/reviews" className={place}>
          Reviews
        </Link>
      ) : (
        <Link href="/applications" className={place}>
          Applications
        </Link>
      )}
      {mayAudit(actor) ? (
        <Link href="/audit" className={place}>
          Audit
        </Link>
      ) : null}
      <Link href="/messages" className={place}>
        Messages
      </Link>
      <form action={signOut} className="flex items-center gap-2">
        <span className="text-[0.9375rem] font-medium">
          {actor.name}
          {actor.development ? (
            <span className="ms-2 rounded bg-wait-soft px-1.5 py-0.5 text-xs font-medium text-wait">
              development
            </span>
          ) : null}
        </span>
        <button type="submit" className={`${place} cursor-pointer`}>
          Sign out
        </button>
      </form>
    </>
  );
}

/** How many requests wait for who is signed in; nothing where none does, or where it can’t be said. */
async function Waiting() {
  const waiting = await pageContext()
    .then((ctx) => countPendingApprovals({ ctx }))
    .catch(() => null);
  if (waiting === null || (waiting.count === 0 && !waiting.more)) return null;
  const count = `${waiting.count}${waiting.more ? '+' : ''}`;
  return (
    <span className="ms-1.5 rounded bg-wait-soft px-1.5 py-0.5 text-xs font-semibold text-wait">
      {count}
      <span className="sr-only"> waiting for you</span>
    </span>
  );
}
