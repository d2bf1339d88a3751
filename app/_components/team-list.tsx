import type { PolicySnapshot } from '../../lib/core/policy/index.ts';
import { parsePersonHandle } from '../../lib/core/ids/index.ts';

const roles = [
  ['authors', 'Authors', 'may change the source without another’s review'],
  ['reviewers', 'Reviewers', 'review changes by others'],
  ['approvers', 'Approvers', 'approve each release with their own key'],
] as const;

export function TeamList(props: {
  readonly team: Readonly<Record<'authors' | 'reviewers' | 'approvers', readonly string[]>>;
  readonly people: PolicySnapshot['people'];
}) {
  return (
    <dl className="mt-4 grid gap-4">
      {roles.map(([key, name, does]) => (
        <div key={key} className="border-t border-rule pt-3">
          <dt>
            <span className="font-semibold">{name}</span> <span className="text-muted">{does}</span>
          </dt>
          <dd className="mt-1">
            {props.team[key].length === 0
              ? 'nobody'
              : props.team[key]
                  .map((handle) => props.people.get(parsePersonHandle(handle))?.value.name ?? handle)
                  .join(', ')}
          </dd>
        </div>
      ))}
    </dl>
  );
}
