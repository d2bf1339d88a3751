/** The people and projects that tests find. */
import type { Project, Projects } from './state.ts';

export const seededUsers = { nora: 4_100_010, sam: 4_100_011, robot: 4_100_900 } as const;
export const seededNamespaces = { nora: 8_800_001, sam: 8_800_002, tools: 8_800_100 } as const;
export const seededProjects = {
  widget: 61_000_001,
  tray: 61_000_002,
  hidden: 61_000_003,
  empty: 61_000_004,
} as const;

const dayMilliseconds = 24 * 3_600_000;
const readme = `# Widget

A widget for desks of every kind, made of wood and a little electricity, since 2019.

[Privacy](https://widget.example/privacy)
`;

/** Everything is a number of days before `now`. */
export function seedProjects(state: Projects, now: Date): void {
  const day = (before: number): string => new Date(now.getTime() - before * dayMilliseconds).toISOString();
  const user = (id: number, username: string, name: string, days: number, bot = false): void => {
    const createdAt = day(days);
    state.users.set(id, { id, username, name, createdAt, followers: 3, bot, bio: '', organization: '' });
  };
  user(seededUsers.nora, 'nora-newcomer', 'Nora Newcomer', 2_400);
  user(seededUsers.sam, 'sam.stranger', 'Sam Stranger', 900);
  user(seededUsers.robot, 'group_8800100_bot', 'A token', 20, true);
  for (let index = 0; index < 130; index += 1)
    user(4_200_000 + index, `reader-${index}`, `Reader ${index}`, 700);
  const namespace = (id: number, fullPath: string, name: string, userId: number | null): void => {
    const kind = userId === null ? 'group' : 'user';
    state.namespaces.set(id, { id, kind, fullPath, name, createdAt: day(2_000), userId });
  };
  namespace(seededNamespaces.nora, 'nora-newcomer', 'Nora Newcomer', seededUsers.nora);
  namespace(seededNamespaces.sam, 'sam.stranger', 'Sam Stranger', seededUsers.sam);
  namespace(seededNamespaces.tools, 'example/tools', 'Tools', null);

  const project = (id: number, namespaceId: number, path: string, more: Partial<Project> = {}): void => {
    state.projects.set(id, {
      id,
      namespaceId,
      path,
      description: null,
      visibility: 'public',
      archived: false,
      forkedFrom: null,
      defaultBranch: 'main',
      licence: null,
      configurationPath: '',
      createdAt: day(1_900),
      lastActivityAt: day(2),
      files: new Map(),
      protectedBranches: new Set(['main']),
      releases: [],
      contributors: [],
      commits: [],
      issues: [],
      stars: [],
      members: new Map(),
      ...more,
    });
  };
  project(seededProjects.widget, seededNamespaces.tools, 'widget', {
    description: 'Widgets for desks',
    licence: { key: 'mit', file: 'LICENSE' },
    files: new Map([
      ['README.md', readme],
      ['LICENSE', 'MIT License\n\nPermission is hereby granted, free of charge, to any person\n'],
      ['CONTRIBUTING.md', 'Send merge requests.\n'],
      ['.gitlab-ci.yml', 'build:\n  script: [make]\n'],
      ['src/main.c', 'int main(void) { return 0; }\n'],
      ['src/vendor/LICENSE', 'Another one\n'],
      // More than a page of the tree.
      ...Array.from({ length: 240 }, (_, at): [string, string] => [`docs/page-${at}.md`, `Page ${at}\n`]),
    ]),
    releases: [4, 40, 90].map((days, at) => ({
      tag: `v2.${3 - at}.0`,
      at: day(days),
      upcoming: false,
      links: at === 0 ? ['widget.exe', 'widget.exe.sig'] : ['widget.exe'],
    })),
    contributors: [
      { name: 'Nora Newcomer', email: 'nora@example.org', commits: 210 },
      { name: 'Sam Stranger', email: 'sam@example.org', commits: 30 },
    ],
    // Every third day of the year.
    commits: Array.from({ length: 120 }, (_, at) => day(at * 3 + 1)),
    issues: [{ createdAt: day(50), closedAt: day(44) }],
    stars: Array.from({ length: 130 }, (_, at) => ({ userId: 4_200_000 + at, at: day(600 - at * 4) })),
    members: new Map([
      [seededUsers.nora, { level: 40, state: 'active' }],
      [seededUsers.sam, { level: 30, state: 'active' }],
    ]),
  });
  project(seededProjects.tray, seededNamespaces.nora, 'tray', {
    forkedFrom: seededProjects.widget,
    files: new Map([['README.md', '# Tray\n']]),
    members: new Map([[seededUsers.nora, { level: 50, state: 'active' }]]),
  });
  project(seededProjects.hidden, seededNamespaces.nora, 'hidden', { visibility: 'private' });
  project(seededProjects.empty, seededNamespaces.nora, 'empty', { defaultBranch: null });
}
