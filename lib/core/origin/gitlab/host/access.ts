/** Who may do something to a branch or tag, at the most. */
import type { AccessLevel } from './answers.ts';

export type Level = 'no-one' | 'maintainers' | 'developers';
const strictness: readonly Level[] = ['developers', 'maintainers', 'no-one'];

/** Roles above a developer's: maintainers, owners, administrators. */
const aboveDevelopers = [40, 50, 60];

/** Whoever may, at the most. People, groups and keys by name can be anybody, so they count as developers. */
export function levelOf(levels: readonly AccessLevel[]): Level {
  let level: Level = 'no-one';
  for (const one of levels) {
    const byName = [one.user_id, one.group_id, one.deploy_key_id, one.member_role_id].some(
      (id) => id !== null && id !== undefined,
    );
    if (!byName && one.access_level === 0) continue;
    if (byName || !aboveDevelopers.includes(one.access_level ?? -1)) return 'developers';
    level = 'maintainers';
  }
  return level;
}

export const atLeast = (found: Level, wanted: Level): boolean =>
  strictness.indexOf(found) >= strictness.indexOf(wanted);

export const who: Readonly<Record<Level, string>> = {
  'no-one': 'no one',
  maintainers: 'maintainers',
  developers: 'developers, or somebody by name',
};

/** One line of the policy: what it wants, and what is there where that isn't enough. */
export interface Need {
  readonly line: string;
  readonly open: string | null;
}
