import Link from 'next/link';
import type { QueueQuery, SavedView } from '../../../../lib/reviews/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { removeViewForm, saveViewForm } from '../actions.ts';
import { queryText } from './queue-address.ts';

const defaultViews: readonly (readonly [name: string, query: string])[] = [
  ['Everything open', ''],
  ['I may decide', 'whose=decidable'],
  ['Claimed by me', 'whose=mine'],
  ['Late', 'due=late'],
];

export function Views({
  views,
  query,
}: {
  readonly views: readonly SavedView[];
  readonly query: QueueQuery;
}) {
  const current = queryText({ ...query, cursor: null });
  const known = [...defaultViews, ...views.map((view) => [view.name, view.query] as const)];
  const saved = views.find((view) => view.query === current);
  return (
    <div className="mt-6 flex flex-wrap items-start gap-x-4 gap-y-3">
      <nav aria-label="Views" className="flex flex-wrap gap-2">
        {known.map(([name, text]) => (
          <Link
            key={`${name} ${text}`}
            href={text === '' ? '/reviews' : `/reviews?${text}`}
            aria-current={text === current ? 'true' : undefined}
            className={`inline-flex min-h-8 items-center rounded-full border px-3.5 text-sm ${
              text === current
                ? 'border-accent bg-accent font-medium text-accent-ink'
                : 'border-rule bg-surface hover:border-accent'
            }`}
          >
            {name}
          </Link>
        ))}
      </nav>
      {saved === undefined ? null : (
        <ActionForm
          id="remove-view"
          action={removeViewForm}
          hidden={{ id: String(saved.id) }}
          fields={[]}
          buttons={[{ label: 'Remove this view', pending: 'Removing…', intent: 'remove', quiet: true }]}
        />
      )}
      {known.some(([, text]) => text === current) ? null : (
        <details>
          <summary className="link inline-flex min-h-8 items-center text-sm">Save this view</summary>
          <ActionForm
            id="view"
            action={saveViewForm}
            hidden={{ query: current }}
            fields={[
              { kind: 'text', name: 'name', label: 'Name of the view', required: true, charactersMax: 40 },
            ]}
            buttons={[{ label: 'Save', pending: 'Saving…', intent: 'save', quiet: true }]}
          />
        </details>
      )}
    </div>
  );
}
