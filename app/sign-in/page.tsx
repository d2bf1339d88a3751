import type { Metadata } from 'next';
import { identityHosts } from '#core/identity/index.ts';
import { localPath } from '../../lib/platform/auth/index.ts';
import { Empty } from '../_components/empty.tsx';
import { Notice } from '../_components/notice.tsx';
import { pageContext } from '../_components/page-context.ts';
import { PageTitle } from '../_components/page-title.tsx';
import { signInWithGitHub, signInWithGitLab } from './actions.ts';
import { DevelopmentSignIn, readWanted } from './development-sign-in.tsx';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage(props: {
  readonly searchParams: Promise<{
    readonly error?: string;
    readonly to?: string | string[];
    readonly q?: string | string[];
  }>;
}) {
  const ctx = await pageContext();
  const { error, to: asked, q } = await props.searchParams;
  const to = localPath(typeof asked === 'string' ? asked : null, '/approvals');
  const { github, gitlab, development } = ctx.config.auth;
  return (
    <div className="page *:max-w-2xl">
      <PageTitle
        title="Sign in"
        lead="Reading needs no account. Sign in to apply for a certificate, and to see what waits for you."
      />
      {error === undefined ? null : (
        <Notice tone="failed" title="You are not signed in">
          {error === 'AccessDenied' && gitlab !== undefined
            ? `Either you said no there, or the policy goes by accounts of another GitLab than ${gitlab.server}. If you didn’t say no, tell the operators of this portal.`
            : 'The sign-in was not completed. Try again, and if it happens twice, tell the operators of this portal.'}
        </Notice>
      )}
      {github === undefined && gitlab === undefined ? null : (
        <section aria-label="With an account" className="mt-8">
          <div className="flex flex-wrap gap-3">
            {github === undefined ? null : (
              <form action={signInWithGitHub}>
                <input type="hidden" name="to" value={to} />
                <button type="submit" className="button">
                  Sign in with GitHub
                </button>
              </form>
            )}
            {gitlab === undefined ? null : (
              <form action={signInWithGitLab}>
                <input type="hidden" name="to" value={to} />
                <button type="submit" className="button">
                  Sign in with {nameOf(gitlab.server)}
                </button>
              </form>
            )}
          </div>
          <p className="mt-3 text-sm text-muted">
            Only your account’s number, its name, and which e-mail addresses are verified as yours are read;
            no right to change anything is asked for.
          </p>
          {github === undefined || gitlab === undefined ? null : (
            <p className="mt-3 text-sm text-muted">
              Sign in with the same one each time. An account on GitHub and one on GitLab are two people here,
              with their own applications and messages, unless the policy names both as yours.
            </p>
          )}
        </section>
      )}
      {development ? <DevelopmentSignIn to={to} wanted={readWanted(q)} /> : null}
      {github === undefined && gitlab === undefined && !development ? (
        <Empty title="No way to sign in is set up">
          The operators of this portal have to configure GitHub or GitLab first.
        </Empty>
      ) : null}
    </div>
  );
}

/** One that isn't gitlab.com is told by its address. */
const nameOf = (server: string): string =>
  server === identityHosts.gitlab.server ? 'GitLab' : `GitLab at ${new URL(server).host}`;
