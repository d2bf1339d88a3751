import type { Metadata } from 'next';
import { localPath } from '../../lib/platform/auth/index.ts';
import { Empty } from '../_components/empty.tsx';
import { Notice } from '../_components/notice.tsx';
import { pageContext } from '../_components/page-context.ts';
import { PageTitle } from '../_components/page-title.tsx';
import { signInWithGitHub } from './actions.ts';
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
            Only your account’s number, its name, and which e-mail addresses are verified as yours are read;
            no right to change anything is asked for.
          </p>
        </form>
      )}
      {development ? <DevelopmentSignIn to={to} wanted={readWanted(q)} /> : null}
      {github === undefined && !development ? (
        <Empty title="No way to sign in is set up">
          The operators of this portal have to configure GitHub first.
        </Empty>
      ) : null}
    </div>
  );
}
