import type { Project } from '#core/generated/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';

const roles = [
  ['authors', 'Authors', 'may change the source without another’s review'],
  ['reviewers', 'Reviewers', 'review changes by others'],
  ['approvers', 'Approvers', 'approve each release with their own key'],
  ['submitters', 'Submitters', 'submit files to be signed'],
  ['configurators', 'Configurators', 'maintain the policies'],
] as const;

export function TeamList(props: {
  readonly team: Project['team'];
  readonly people: PolicySnapshot['people'];
}) {
  const shown = roles.flatMap(([key, name, does]) => {
    const handles = props.team[key];
    // Optional roles are left out if nobody has them.
    return handles === undefined ? [] : [{ name, does, handles }];
  });
  return (
    <dl className="mt-4 grid gap-4">
      {shown.map(({ name, does, handles }) => (
        <div key={name} className="border-t border-rule pt-3">
          <dt>
            <span className="font-semibold">{name}</span> <span className="text-muted">{does}</span>
          </dt>
          <dd className="mt-1">
            {handles.length === 0
              ? 'nobody'
              : handles
                  .map((handle) => props.people.get(parsePersonHandle(handle))?.value.name ?? handle)
                  .join(', ')}
          </dd>
        </div>
      ))}
    </dl>
  );
}
