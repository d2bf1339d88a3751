import type { MaintainedRepository } from '../../../../../lib/platform/code-host/index.ts';
import { excerpt } from '#core/text/typed/index.ts';
import { RadioGroup } from '../../../../_components/form/choice-fields.tsx';

const permissions = {
  admin: 'you administer it',
  maintain: 'you maintain it',
  push: 'you can write to it',
} as const;
const shownMax = 60;
const descriptionCharactersMax = 140;

/** The person's repositories according to the code host, instead of typing an address. */
export function RepositoryChoice(props: {
  readonly repositories: readonly MaintainedRepository[];
  readonly current: string;
}) {
  const { repositories, current } = props;
  if (repositories.length === 0) return null;
  const shown = repositories.slice(0, shownMax);
  return (
    <RadioGroup
      name="chosen"
      label="One of those you work on"
      hint="Public repositories that the code host says you can write to. For another one, enter its address below."
      boxed
      scrolls
      {...(shown.some(({ repository }) => repository.uri === current) ? { value: current } : {})}
      choices={shown.map(({ repository, permission }) => ({
        value: repository.uri,
        label: (
          <span className="font-medium wrap-anywhere">
            {repository.owner}/{repository.name}
          </span>
        ),
        hint: (
          <>
            {permissions[permission]}
            {repository.description === null
              ? ''
              : ` · ${excerpt(repository.description, descriptionCharactersMax)}`}
          </>
        ),
      }))}
    />
  );
}
