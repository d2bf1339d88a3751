import type { WebhookEventType } from '#core/wire/webhook/index.ts';
import type { ListedDelivery } from '../../../../../../lib/webhooks/index.ts';
import { ActionForm } from '../../../../../_components/action-form.tsx';
import { StateIcon } from '../../../../../_components/state-icon.tsx';
import { toneOf } from '../../../../../_components/status-badge.tsx';
import { Time } from '../../../../../_components/time.tsx';
import { Typed } from '../../../../../_components/typed.tsx';
import { repeatDeliveryForm } from '../actions.ts';
import { deliveryWords, eventWords } from '../words.ts';

/** A message, its last attempt with the answer, and when the next one is. */
export function DeliveryCard(props: {
  readonly project: string;
  readonly webhook: string;
  readonly delivery: ListedDelivery;
  readonly mayRepeat: boolean;
}) {
  const { project, webhook, delivery, mayRepeat } = props;
  const { last } = delivery;
  const [tone, words] = deliveryWords[delivery.state];
  const title = Object.hasOwn(eventWords, delivery.type)
    ? eventWords[delivery.type as WebhookEventType]
    : delivery.type;
  return (
    <li className="card min-w-0 p-5 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <h3 className="text-lg break-words">{title}</h3>
        <span className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-sm ${toneOf[tone]}`}>
          <StateIcon state={tone} size={16} />
          {words}
        </span>
      </div>
      <dl className="facts mt-3 sm:grid-cols-[7.5rem_minmax(0,1fr)]!">
        <dt>Event</dt>
        <dd>
          <Time value={delivery.createdAt} />
        </dd>
        {last === null ? null : (
          <>
            <dt>Attempt {delivery.attempts === 0 ? 'before' : delivery.attempts}</dt>
            <dd>
              <Time value={last.at} />: {last.status === null ? last.problem : `status ${last.status}`}, after{' '}
              {last.milliseconds} ms
            </dd>
          </>
        )}
        {delivery.nextAt === null ? null : (
          <>
            <dt>Next attempt</dt>
            <dd>
              <Time value={delivery.nextAt} />
            </dd>
          </>
        )}
        <dt>Message id</dt>
        <dd className="hash">{delivery.messageId}</dd>
      </dl>
      {last === null || last.answer === '' ? null : (
        <details className="mt-3">
          <summary className="inline-flex min-h-8 items-center">
            <span className="link">What it answered</span>
          </summary>
          <pre className="code-block mt-2 wrap-anywhere" tabIndex={0} aria-label="Answer">
            <Typed>{last.answer}</Typed>
          </pre>
        </details>
      )}
      {mayRepeat ? (
        <div className="mt-3">
          <ActionForm
            id={`repeat-${delivery.id}`}
            action={repeatDeliveryForm}
            hidden={{ project, id: webhook, delivery: String(delivery.id) }}
            fields={[]}
            buttons={[{ label: 'Send again', pending: 'Sending…', intent: 'repeat', quiet: true }]}
          />
        </div>
      ) : null}
    </li>
  );
}
