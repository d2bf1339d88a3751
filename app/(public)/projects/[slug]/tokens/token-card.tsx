import type { ListedToken } from '../../../../../lib/api-tokens/index.ts';
import type { StepState } from '../../../../../lib/requests/index.ts';
import { ActionForm } from '../../../../_components/action-form.tsx';
import { StateIcon } from '../../../../_components/state-icon.tsx';
import { toneOf } from '../../../../_components/status-badge.tsx';
import { Time } from '../../../../_components/time.tsx';
import { revokeTokenForm } from './actions.ts';
import { Typed } from '../../../../_components/typed.tsx';

const states: Readonly<Record<ListedToken['state'], readonly [tone: StepState, words: string]>> = {
  active: ['passed', 'Active'],
  'maker-left': ['failed', 'Does not work'],
  expired: ['not-reached', 'Expired'],
  revoked: ['not-reached', 'Revoked'],
};

const soonMilliseconds = 14 * 86_400_000;

/** One token: what it may do, who made it, how it was used, how it ends. */
export function TokenCard(props: {
  readonly project: string;
  readonly token: ListedToken;
  readonly revoke: boolean;
  readonly now: Date;
}) {
  const { project, token, now } = props;
  const [tone, words] = states[token.state];
  const soon = token.state === 'active' && token.expiresAt.getTime() - now.getTime() <= soonMilliseconds;
  return (
    <li className="card min-w-0 p-5 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <h3 className="text-lg break-words">{token.name}</h3>
        <span
          className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-sm ${toneOf[soon ? 'waiting' : tone]}`}
        >
          <StateIcon state={soon ? 'waiting' : tone} size={16} />
          {soon ? 'Expires soon' : words}
        </span>
      </div>
      {token.state === 'maker-left' ? (
        <p className="mt-2">
          {token.maker.name}, who made it, is no longer an author, approver or submitter of the project, so
          their tokens no longer work.
        </p>
      ) : null}
      <dl className="facts mt-3 sm:grid-cols-[6.5rem_minmax(0,1fr)]!">
        <dt>May submit</dt>
        <dd className="break-words">
          {token.policies.length === 0
            ? 'under every policy that accepts requests from tokens'
            : `under ${token.policies.join(', ')}`}
        </dd>
        <dt>Last used</dt>
        <dd>
          {token.lastUsedAt === null ? (
            'never'
          ) : (
            <>
              <Time value={token.lastUsedAt} />
              {token.lastUsedFrom === null ? null : (
                <>
                  , from <code className="wrap-anywhere">{token.lastUsedFrom}</code>
                </>
              )}
            </>
          )}
        </dd>
        <dt>Made</dt>
        <dd>
          <Time value={token.createdAt} />, by {token.maker.name}
        </dd>
        <dt>{token.state === 'expired' ? 'Expired' : 'Expires'}</dt>
        <dd>
          <Time value={token.expiresAt} />
        </dd>
        {token.revoked === null ? null : (
          <>
            <dt>Revoked</dt>
            <dd className="break-words">
              <Time value={token.revoked.at} />, by {token.revoked.by.replace('person:', '')}
              {token.revoked.reason === '' ? null : (
                <>
                  : <Typed>{token.revoked.reason}</Typed>
                </>
              )}
            </dd>
          </>
        )}
        <dt>SHA-256</dt>
        <dd className="hash">{token.fingerprint}…</dd>
        <dt>Id</dt>
        <dd className="hash">{token.id}</dd>
      </dl>
      {props.revoke && token.state !== 'revoked' && token.state !== 'expired' ? (
        <details className="mt-3">
          <summary className="inline-flex min-h-8 items-center">
            <span className="link">Revoke “{token.name}”</span>
          </summary>
          <ActionForm
            id={`revoke-${token.id}`}
            action={revokeTokenForm}
            hidden={{ project, id: token.id }}
            fields={[
              {
                kind: 'text',
                name: 'reason',
                label: 'Why',
                hint: 'The team reads it.',
                charactersMax: 500,
              },
            ]}
            buttons={[{ label: 'Revoke it now', pending: 'Revoking…', intent: 'revoke', quiet: true }]}
          />
        </details>
      ) : null}
    </li>
  );
}
