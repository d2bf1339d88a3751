import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import Link from 'next/link';
import {
  deliveriesMax,
  deliveryDays,
  readWebhook,
  rotationHours,
  ruleFormat,
  WebhooksError,
} from '../../../../../../lib/webhooks/index.ts';
import type { WebhookDetail } from '../../../../../../lib/webhooks/index.ts';
import { isError } from '#core/error/index.ts';
import { ActionForm } from '../../../../../_components/action-form.tsx';
import { Empty } from '../../../../../_components/empty.tsx';
import { Notice } from '../../../../../_components/notice.tsx';
import { pageContext } from '../../../../../_components/page-context.ts';
import { PageTitle } from '../../../../../_components/page-title.tsx';
import { Time } from '../../../../../_components/time.tsx';
import { findProject } from '../../find-project.ts';
import { changeWebhookForm } from '../actions.ts';
import { eventWords, formatWords } from '../words.ts';
import { DeliveryCard } from './delivery-card.tsx';
import { RotateForm } from './rotate-form.tsx';

interface Props {
  readonly params: Promise<{ readonly slug: string; readonly id: string }>;
  readonly searchParams: Promise<{ readonly done?: string | string[]; readonly before?: string | string[] }>;
}

export const metadata: Metadata = { title: 'Webhook', robots: { index: false } };

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const doneWords: Readonly<Record<string, string>> = {
  tested: 'A test is on its way: load the page again to see what became of it',
  enabled: 'It is enabled: it is told what happens from now on',
  disabled: 'It is disabled: it is sent nothing',
  repeated: 'The message is sent again: load the page again to see what became of it',
};

export default async function WebhookPage({ params, searchParams }: Props) {
  const { slug, id } = await params;
  const { done, before } = await searchParams;
  const detail = await findProject(slug);
  if (detail === null || !uuid.test(id)) notFound();
  const ctx = await pageContext();
  const cursor = typeof before === 'string' ? before : undefined;
  const found = await readWebhook({ ctx, input: { project: detail.slug, id, cursor } }).catch(
    (error: unknown) => {
      if (isError(error, WebhooksError)) return error;
      throw error;
    },
  );
  if (found === null) notFound();
  const doneTitle = typeof done === 'string' ? doneWords[done] : undefined;
  return (
    <div className="page">
      <PageTitle title="Webhook" up={{ href: `/projects/${slug}/webhooks`, name: 'Webhooks' }} />
      {doneTitle === undefined ? null : <Notice tone="passed" title={doneTitle} />}
      {'message' in found ? (
        <Notice tone="waiting" title={found.message}>
          {ctx.actor.kind === 'public' ? (
            <Link className="link" href={`/sign-in?to=/projects/${slug}/webhooks/${id}`}>
              Sign in
            </Link>
          ) : (
            found.fix
          )}
        </Notice>
      ) : (
        <Found slug={slug} found={found} />
      )}
    </div>
  );
}

function Found({ slug, found }: { readonly slug: string; readonly found: WebhookDetail }) {
  const { webhook, deliveries, mayChange, next } = found;
  const isDisabled = webhook.disabled !== null;
  return (
    <>
      {webhook.disabled === null ? null : (
        <Notice tone="failed" title={`Disabled: ${webhook.disabled.why}`}>
          Since <Time value={webhook.disabled.at} />. It is sent nothing until somebody enables it.
        </Notice>
      )}
      <div className="mt-6 grid items-start gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <Facts webhook={webhook} />
        {mayChange ? (
          <section aria-labelledby="change" className="card min-w-0 p-5 sm:p-6">
            <h2 id="change" className="text-lg">
              Test or change it
            </h2>
            <ActionForm
              id="change-webhook"
              action={changeWebhookForm}
              hidden={{ project: slug, id: webhook.id, once: randomUUID() }}
              fields={[]}
              buttons={[
                ...(isDisabled
                  ? [{ label: 'Enable it', pending: 'Enabling…', intent: 'enable' }]
                  : [
                      ...(webhook.format === ruleFormat
                        ? []
                        : [{ label: 'Send a test', pending: 'Sending…', intent: 'test' }]),
                      { label: 'Disable it', pending: 'Disabling…', intent: 'disable', quiet: true },
                    ]),
                { label: 'Remove it', pending: 'Removing…', intent: 'remove', quiet: true },
              ]}
            />
            {webhook.format === 'standard' ? (
              <RotateForm project={slug} id={webhook.id} hours={rotationHours} />
            ) : null}
          </section>
        ) : null}
      </div>
      <section aria-labelledby="deliveries" className="pt-16">
        <h2 id="deliveries" className="text-2xl">
          Deliveries
        </h2>
        <p className="mt-2 text-muted">
          Kept for {deliveryDays} days, at most {deliveriesMax}.
        </p>
        {deliveries.length === 0 ? (
          <Empty title="Nothing was sent yet">Send a test to see whether it arrives.</Empty>
        ) : (
          <ul className="mt-4 grid gap-4">
            {deliveries.map((delivery) => (
              <DeliveryCard
                key={String(delivery.id)}
                project={slug}
                webhook={webhook.id}
                delivery={delivery}
                mayRepeat={mayChange && !isDisabled && delivery.state !== 'waiting'}
              />
            ))}
          </ul>
        )}
        {next === null ? null : (
          <p className="mt-4">
            <Link className="link inline-block min-h-6" href={`?before=${next}`}>
              Earlier deliveries
            </Link>
          </p>
        )}
      </section>
    </>
  );
}

function Facts({ webhook }: { readonly webhook: WebhookDetail['webhook'] }) {
  return (
    <dl className="facts min-w-0 sm:grid-cols-[7.5rem_minmax(0,1fr)]!">
      <dt>Address</dt>
      <dd className="wrap-anywhere">{webhook.shown}</dd>
      <dt>Format</dt>
      <dd>{formatWords[webhook.format]}</dd>
      {webhook.events.length === 0 ? null : (
        <>
          <dt>Events</dt>
          <dd>{webhook.events.map((event) => eventWords[event]).join('; ')}</dd>
        </>
      )}
      <dt>Added</dt>
      <dd>
        <Time value={webhook.createdAt} />, by {webhook.createdBy}
      </dd>
      {webhook.rotatedUntil === null ? null : (
        <>
          <dt>Old secret</dt>
          <dd>
            signs, too, until <Time value={webhook.rotatedUntil} />
          </dd>
        </>
      )}
      {webhook.pausedUntil === null ? null : (
        <>
          <dt>Paused</dt>
          <dd>
            It did not answer or asked for time: nothing is sent until <Time value={webhook.pausedUntil} />
          </dd>
        </>
      )}
    </dl>
  );
}
