import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import Link from 'next/link';
import {
  listWebhooks,
  ruleFormat,
  startRefCharactersMax,
  startTokenCharactersMax,
  WebhooksError,
  webhooksMax,
  webhookUrlCharactersMax,
} from '../../../../../lib/webhooks/index.ts';
import type { ListedWebhook, WebhookList } from '../../../../../lib/webhooks/index.ts';
import { isError } from '#core/error/index.ts';
import { webhookEventTypes, webhookFormats } from '#core/wire/webhook/index.ts';
import { Empty } from '../../../../_components/empty.tsx';
import { plural } from '../../../../_components/format.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { findProject } from '../find-project.ts';
import { WebhookForm } from './webhook-form.tsx';
import { eventWords, formatWords } from './words.ts';

interface Props {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: Promise<{ readonly done?: string | string[] }>;
}

export const metadata: Metadata = { title: 'Webhooks', robots: { index: false } };

export default async function WebhooksPage({ params, searchParams }: Props) {
  const { slug } = await params;
  const detail = await findProject(slug);
  if (detail === null) notFound();
  const ctx = await pageContext();
  const list = await listWebhooks({ ctx, input: { project: detail.slug } }).catch((error: unknown) => {
    if (isError(error, WebhooksError)) return error;
    throw error;
  });
  return (
    <div className="page">
      <PageTitle
        title="Webhooks"
        up={{ href: `/projects/${slug}`, name: detail.project.project.value.name }}
        lead="What the portal tells of the project’s requests, certificates and policy: programs, chat rooms, and workflows that publish. They decide nothing."
      />
      {(await searchParams).done === 'removed' ? (
        <Notice tone="passed" title="It is removed, with its deliveries" />
      ) : null}
      {'message' in list ? (
        <Notice tone="waiting" title={list.message}>
          {ctx.actor.kind === 'public' ? (
            <Link className="link" href={`/sign-in?to=/projects/${slug}/webhooks`}>
              Sign in
            </Link>
          ) : (
            list.fix
          )}
        </Notice>
      ) : (
        <Webhooks slug={slug} list={list} />
      )}
    </div>
  );
}

function Webhooks({ slug, list }: { readonly slug: string; readonly list: WebhookList }) {
  return (
    <div className="mt-10 grid items-start gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <section aria-labelledby="added" className="min-w-0">
        <h2 id="added" className="text-2xl">
          {plural(list.items.length, 'webhook')}
        </h2>
        {list.items.length === 0 ? (
          <Empty title="There is no webhook yet">Nobody is told of what happens, except by notices.</Empty>
        ) : (
          <ul className="mt-4 grid gap-4">
            {list.items.map((webhook) => (
              <WebhookCard key={webhook.id} slug={slug} webhook={webhook} />
            ))}
          </ul>
        )}
      </section>
      {list.mayChange ? (
        <section aria-labelledby="add" className="card min-w-0 p-5 sm:p-6">
          <h2 id="add" className="text-lg">
            Add a webhook
          </h2>
          {list.items.filter(({ format }) => format !== ruleFormat).length >= webhooksMax ? (
            <p className="mt-2">
              A project has at most {webhooksMax} webhooks. Remove one that nobody needs.
            </p>
          ) : null}
          <WebhookForm
            project={slug}
            once={randomUUID()}
            urlCharactersMax={webhookUrlCharactersMax}
            tokenCharactersMax={startTokenCharactersMax}
            refCharactersMax={startRefCharactersMax}
            formats={webhookFormats}
            events={webhookEventTypes}
          />
        </section>
      ) : null}
    </div>
  );
}

function WebhookCard({ slug, webhook }: { readonly slug: string; readonly webhook: ListedWebhook }) {
  return (
    <li className="card min-w-0 p-5 sm:p-6">
      <h3 className="text-lg">
        <Link className="link wrap-anywhere" href={`/projects/${slug}/webhooks/${webhook.id}`}>
          {webhook.shown}
        </Link>
      </h3>
      {webhook.disabled === null ? null : <p className="mt-2 text-fail">Disabled: {webhook.disabled.why}</p>}
      <dl className="facts mt-3 sm:grid-cols-[6.5rem_minmax(0,1fr)]!">
        <dt>Format</dt>
        <dd>{formatWords[webhook.format]}</dd>
        {webhook.events.length === 0 ? null : (
          <>
            <dt>Events</dt>
            <dd>{webhook.events.map((event) => eventWords[event]).join('; ')}</dd>
          </>
        )}
      </dl>
    </li>
  );
}
