import type { MaintainedRepository } from '../../../../../lib/platform/code-host/index.ts';

const permissions = {
  admin: 'you administer it',
  maintain: 'you maintain it',
  push: 'you can write to it',
} as const;
const shownMax = 60;

/** The repositories that the code host says are the person's, instead of typing an address. */
export function RepositoryChoice(props: {
  readonly repositories: readonly MaintainedRepository[];
  readonly current: string;
}) {
  const { repositories } = props;
  if (repositories.length === 0) return null;
  return (
    <fieldset>
      <legend className="font-medium">One of those you work on</legend>
      <p className="mt-1 text-[0.9375rem] text-muted">
        Public repositories that the code host says you can write to. For another one, enter its address
        below.
      </p>
      <div className="mt-3 grid max-h-96 gap-2.5 overflow-y-auto p-1">
        {repositories.slice(0, shownMax).map(({ repository, permission }) => (
          <label
            key={repository.id}
            className="flex min-h-11 cursor-pointer items-start gap-3 rounded-lg border border-rule bg-surface p-3 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="chosen"
              value={repository.uri}
              defaultChecked={repository.uri === props.current}
              className="mt-0.5 h-5 w-5 shrink-0 accent-[var(--accent)]"
            />
            <span className="min-w-0">
              <span className="font-medium break-all">
                {repository.owner}/{repository.name}
              </span>
              <span className="mt-0.5 block text-[0.9375rem] text-muted">
                {permissions[permission]}
                {repository.description === null ? '' : ` · ${repository.description.slice(0, 140)}`}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
