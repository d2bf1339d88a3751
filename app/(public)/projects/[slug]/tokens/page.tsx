import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import Link from 'next/link';
import {
  activeTokensMax,
  ApiTokensError,
  listTokens,
  tokenDaysMax,
  tokenDaysDefault,
  tokenNameCharactersMax,
} from '../../../../../lib/api-tokens/index.ts';
import type { ListedToken, TokenList } from '../../../../../lib/api-tokens/index.ts';
import { isError } from '#core/error/index.ts';
import { CodeBlock } from '../../../../_components/code-block.tsx';
import { Empty } from '../../../../_components/empty.tsx';
import { plural } from '../../../../_components/format.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { findProject } from '../find-project.ts';
import { TokenCard } from './token-card.tsx';
import { TokenForm } from './token-form.tsx';

interface Props {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: Promise<{ readonly done?: string | string[] }>;
}

export const metadata: Metadata = { title: 'API tokens', robots: { index: false } };

export default async function TokensPage({ params, searchParams }: Props) {
  const { slug } = await params;
  const detail = await findProject(slug);
  if (detail === null) notFound();
  const ctx = await pageContext();
  const list = await listTokens({ ctx, input: { project: detail.slug } }).catch((error: unknown) => {
    if (isError(error, ApiTokensError)) return error;
    throw error;
  });
  const { name } = detail.project.project.value;
  return (
    <div className="page">
      <PageTitle
        title="API tokens"
        up={{ href: `/projects/${slug}`, name }}
        lead="With a token, the project’s build uploads what it made and asks to have it signed. A token approves and signs nothing."
      />
      {(await searchParams).done === 'revoked' ? (
        <Notice tone="passed" title="It is revoked: from this moment it is refused everywhere" />
      ) : null}
      {'message' in list ? (
        <Notice tone="waiting" title={list.message}>
          {ctx.actor.kind === 'public' ? (
            <Link className="link" href={`/sign-in?to=/projects/${slug}/tokens`}>
              Sign in
            </Link>
          ) : (
            list.fix
          )}
        </Notice>
      ) : (
        <Tokens slug={slug} list={list} now={ctx.now()} portal={ctx.config.publicUrl} />
      )}
    </div>
  );
}

function Tokens(props: {
  readonly slug: string;
  readonly list: TokenList;
  readonly now: Date;
  readonly portal: string;
}) {
  const { slug, list, now, portal } = props;
  const cards = (tokens: readonly ListedToken[]) => (
    <ul className="mt-4 grid items-start gap-4 lg:grid-cols-2">
      {tokens.map((token) => (
        <TokenCard key={token.id} project={slug} token={token} revoke={list.mayRevoke} now={now} />
      ))}
    </ul>
  );
  return (
    <>
      <ul className="mt-6 max-w-prose list-disc space-y-1 ps-5 text-muted">
        <li>
          A build that a policy’s origin describes needs none: it submits with the identity token of its run.
        </li>
        <li>
          Authors, approvers and submitters of the project make and revoke tokens. The foundation can revoke
          each.
        </li>
        <li>
          Every token expires, after {tokenDaysMax} days at the latest. The team is told 14 days before.
        </li>
        <li>
          A token acts for the person who made it: they count as the submitter of its requests, and it stops
          working when they are no longer an author, approver or submitter.
        </li>
      </ul>
      <div className="mt-10 grid items-start gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <section aria-labelledby="active" className="min-w-0">
          <h2 id="active" className="text-2xl">
            {plural(list.active.length, 'token')} in use
          </h2>
          {list.active.length === 0 ? (
            <Empty title="There is no token yet">The build of the project can’t submit anything.</Empty>
          ) : (
            cards(list.active)
          )}
        </section>
        {list.mayMake ? (
          <section aria-labelledby="make" className="card min-w-0 p-5 sm:p-6">
            <h2 id="make" className="text-lg">
              Make a token
            </h2>
            {list.active.length >= activeTokensMax ? (
              <p className="mt-2">
                A project has at most {activeTokensMax} tokens. Revoke one that nobody needs.
              </p>
            ) : (
              <TokenForm
                project={slug}
                once={randomUUID()}
                policies={list.policies}
                daysDefault={tokenDaysDefault}
                nameCharactersMax={tokenNameCharactersMax}
              />
            )}
          </section>
        ) : null}
      </div>
      <section aria-labelledby="command" className="pt-16">
        <h2 id="command" className="text-2xl">
          On the command line
        </h2>
        <p className="mt-2 max-w-prose text-muted">
          The same in a terminal, in a copy of Countersign’s source code. You sign the command with the SSH
          key that the policy lists for you; no password and no browser is needed.
        </p>
        <CodeBlock>{commands(portal, slug)}</CodeBlock>
      </section>
      {list.ended.length === 0 ? null : (
        <details className="pt-16">
          <summary className="flex min-h-8 items-center text-xl font-medium">
            Revoked and expired tokens
          </summary>
          {cards(list.ended)}
        </details>
      )}
    </>
  );
}

function commands(portal: string, slug: string): string {
  const start = 'npm run --silent countersign -- tokens';
  const rest = `--project ${slug} --key ~/.ssh/id_ed25519`;
  return [
    `export COUNTERSIGN_URL=${portal}`,
    `${start} list ${rest}`,
    `${start} create ${rest} --name "release workflow" --days ${tokenDaysDefault}`,
    `${start} revoke TOKEN-ID ${rest} --reason "It was in a log."`,
  ].join('\n');
}
