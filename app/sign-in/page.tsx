import type { Metadata } from 'next';
import { developmentNewcomers, localPath, rolesOf } from '../../lib/platform/auth/index.ts';
import type { PersonRoles } from '../../lib/platform/auth/index.ts';
import { acceptedPolicy } from '../../lib/platform/portal/index.ts';
import { Empty } from '../_components/empty.tsx';
import { Notice } from '../_components/notice.tsx';
import { pageContext } from '../_components/page-context.ts';
import { PageTitle } from '../_components/page-title.tsx';
import { signInForDevelopment, signInWithGitHub } from './actions.ts';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage(props: {
  readonly searchParams: Promise<{ readonly error?: string; readonly to?: string | string[] }>;
}) {
  const ctx = await pageContext();
  const { error, to: asked } = await props.searchParams;
  const to = localPath(typeof asked === 'string' ? asked : null, '/approvals');
  const { github, development } = ctx.config.auth;
  return (
    <div className="page *:max-w-2xl">
      <PageTitle
        title="Sign in"
        lead="Reading needs no account. Sign in to apply for a certificate, and to see what waits for you."
      />
      {error === undefined ? null : (
        <Notice tone="failed" title="You are not signed in">
          The sign-in was not completed. Try again, and if it happens twice, tell the operators of this
          portal.
        </Notice>
      )}
      {github === undefined ? null : (
        <form action={signInWithGitHub} className="mt-8">
          <input type="hidden" name="to" value={to} />
          <button type="submit" className="button">
            Sign in with GitHub
          </button>
          <p className="mt-3 text-sm text-muted">
            Only your account’s number and name are read; no right is asked for.
          </p>
        </form>
      )}
      {development ? <DevelopmentSignIn to={to} /> : null}
      {github === undefined && !development ? (
        <Empty title="No way to sign in is set up">
          The operators of this portal have to configure GitHub first.
        </Empty>
      ) : null}
    </div>
  );
}

async function DevelopmentSignIn({ to }: { readonly to: string }) {
  const accepted = await acceptedPolicy(await pageContext());
  const people =
    accepted === null
      ? []
      : Array.from(accepted.snapshot.people, ([handle, person]) => ({
          ...{ key: handle, name: person.value.name, roles: describe(rolesOf(accepted.snapshot, handle)) },
        }));
  const known = new Set(Array.from(accepted?.snapshot.people.values() ?? [], (one) => one.value.githubId));
  const newcomers = developmentNewcomers
    .filter((one) => !known.has(one.githubId))
    .map((one) => ({
      ...{ key: one.githubId, name: one.name, roles: 'nobody the policy names: applies for a project' },
    }));
  return (
    <section
      aria-labelledby="development"
      className="mt-10 rounded-xl border-2 border-dashed border-seal p-5 sm:p-7"
    >
      <h2 id="development" className="text-xl">
        Development sign-in
      </h2>
      <p className="mt-2 text-muted">
        No password, so it proves nothing. It exists only on this machine’s own address, and no signature ever
        rests on it: approvals count by their SSH key.
      </p>
      {accepted === null ? (
        <p className="mt-4">People appear here once the signer has accepted a policy.</p>
      ) : (
        <ul className="mt-5 grid gap-2">
          {[...people, ...newcomers].map((one) => (
            <li key={one.key}>
              <form action={signInForDevelopment}>
                <input type="hidden" name="handle" value={one.key} />
                <input type="hidden" name="to" value={to} />
                <button
                  type="submit"
                  className="button button-quiet w-full flex-col items-start! gap-0.5! text-start"
                >
                  <span>Sign in as {one.name}</span>
                  <span className="text-sm font-normal text-muted">{one.roles}</span>
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function describe(roles: PersonRoles): string {
  const inProjects = [...roles.projects].map(([project, list]) => `${list.join(', ')} of ${project}`);
  const all = [
    ...(roles.policyMaintainer ? ['policy maintainer'] : []),
    ...(roles.foundationReviewer ? ['reviewer'] : []),
    ...(roles.auditor ? ['auditor'] : []),
    ...inProjects,
  ];
  return all.length === 0 ? 'no role' : all.join('; ');
}
