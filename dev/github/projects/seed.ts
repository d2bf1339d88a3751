/** The accounts and repositories that the demo and the tests find. */
import type { HostRepository, Projects } from './state.ts';

const dayMilliseconds = 24 * 3600 * 1000;

export const seededAccounts = {
  nora: 900_010,
  sam: 900_011,
  wanda: 900_012,
  yuri: 900_013,
  collective: 900_500,
} as const;
export const seededRepositories = {
  parcelShelf: 910_000_001,
  quickToy: 910_000_002,
  shelfLib: 910_000_003,
  otherTool: 910_000_004,
  loom: 910_000_005,
} as const;

const digest = 'b4ffde65f46336ab88eb53be808477a3936bae11';

/** Everything is a number of days before `now`, so that a demo next year looks like one of today. */
export function seedProjects(state: Projects, now: Date): void {
  const day = (before: number): string =>
    new Date(now.getTime() - before * dayMilliseconds).toISOString().replace(/[.]\d+Z$/, 'Z');
  // One night of one UTC day, whatever the time is: a burst that crossed midnight would be one of two days.
  const nightBefore = (days: number): number =>
    (Math.floor(now.getTime() / dayMilliseconds) - days) * dayMilliseconds + 2 * 3600 * 1000;
  const account = (id: number, login: string, name: string, days: number, followers = 12): void => {
    const type = login === 'shelf-collective' ? 'Organization' : 'User';
    state.accounts.set(id, {
      id,
      login,
      name,
      type,
      createdAt: day(days),
      followers,
      publicRepositories: 8,
    });
  };
  account(seededAccounts.nora, 'nora-newcomer', 'Nora Newcomer', 4_100, 240);
  account(seededAccounts.sam, 'sam-stranger', 'Sam Stranger', 900);
  account(seededAccounts.wanda, 'wanda-weaver', 'Wanda Weaver', 2_900, 60);
  account(seededAccounts.yuri, 'yuri-yarn', 'Yuri Yarn', 2_100, 30);
  account(seededAccounts.collective, 'shelf-collective', 'Shelf Collective', 3_000);
  // People who contribute and give stars: some for years, some made for the purpose.
  for (let index = 0; index < 260; index++) {
    account(901_000 + index, `reader-${index}`, `Reader ${index}`, 3_400 + index * 3, 1 + (index % 40));
  }
  for (let index = 0; index < 200; index++) {
    state.accounts.set(902_000 + index, {
      id: 902_000 + index,
      login: `fresh-${index}`,
      name: `Fresh ${index}`,
      type: 'User',
      createdAt: day(16),
      followers: 0,
      publicRepositories: 0,
    });
  }
  const base = (id: number, ownerId: number, name: string, days: number): HostRepository => ({
    id,
    ownerId,
    name,
    description: null,
    homepage: null,
    licence: null,
    createdAt: day(days),
    pushedAt: day(2),
    archived: false,
    fork: false,
    private: false,
    defaultBranch: 'main',
    files: new Map(),
    stars: [],
    releases: [],
    contributors: [],
    weeks: [],
    issues: [],
    rules: [],
    permissions: new Map(),
  });
  const weeks = (commits: (week: number) => number) =>
    Array.from({ length: 52 }, (_, week) => ({ day: day((51 - week) * 7 + 3), commits: commits(week) }));

  const shelf: HostRepository = {
    ...base(seededRepositories.parcelShelf, seededAccounts.nora, 'parcel-shelf', 3_300),
    description: 'Keeps parcels in order on Windows, Linux and macOS.',
    homepage: 'https://parcel-shelf.example',
    licence: 'MIT',
    stars: Array.from({ length: 180 }, (_, index) => ({
      accountId: 901_000 + index,
      at: day(3_200 - index * 17),
    })),
    releases: Array.from({ length: 30 }, (_, index) => ({
      tag: `v${3 - Math.floor(index / 10)}.${9 - (index % 10)}.0`,
      publishedAt: day(20 + index * 45),
      prerelease: index % 9 === 8,
      assets: ['parcel-shelf-setup.exe', 'parcel-shelf-setup.exe.sigstore.json', 'SHA256SUMS'].map(
        (name) => ({
          name,
          downloads: 9_000 - index * 200,
        }),
      ),
    })),
    contributors: Array.from({ length: 46 }, (_, index) => ({
      accountId: index === 0 ? seededAccounts.nora : 901_000 + index,
      commits: Math.round(900 / (index + 1)) + 3,
    })),
    weeks: weeks((week) => 6 + ((week * 7) % 11)),
    issues: Array.from({ length: 60 }, (_, index) => ({
      number: 900 - index,
      createdAt: day(12 + index * 3),
      closedAt: day(8 + index * 3),
    })),
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      { type: 'pull_request', parameters: { required_approving_review_count: 1 } },
      { type: 'required_status_checks', parameters: {} },
    ],
    permissions: new Map([[seededAccounts.nora, 'admin']]),
    files: new Map([
      [
        'README.md',
        '# Parcel Shelf\n\n[![build](https://ci.example/badge)](https://ci.example)\n\nParcel Shelf keeps parcels in order: it knows where each one stands, and tells when one is due. It runs on Windows, Linux and macOS.\n\n- [Home page](https://parcel-shelf.example)\n- [Privacy policy](https://parcel-shelf.example/privacy)\n- [Code signing policy](https://parcel-shelf.example/signing)\n',
      ],
      ['LICENSE', 'MIT License\n\nCopyright (c) Parcel Shelf contributors\n'],
      ['SECURITY.md', '# Security\n\nWrite to security@parcel-shelf.example.\n'],
      ['CONTRIBUTING.md', '# Contributing\n'],
      ['CODE_OF_CONDUCT.md', '# Conduct\n'],
      ['src/main.rs', '// SPDX-License-Identifier: MIT\nfn main() {}\n'],
      ['Cargo.toml', '[package]\nname = "parcel-shelf"\nlicense = "MIT"\n'],
      ['.github/FUNDING.yml', 'github: nora-newcomer\nopen_collective: parcel-shelf\n'],
      ['third_party/sort/LICENSE', 'BSD-3-Clause\n'],
      [
        '.github/workflows/release.yml',
        `name: Release\non:\n  push:\n    tags: ['v*']\npermissions:\n  contents: read\n  id-token: write\njobs:\n  build:\n    runs-on: windows-latest\n    steps:\n      - uses: actions/checkout@${digest} # v4\n      - run: cargo build --release\n`,
      ],
    ]),
  };
  const toy: HostRepository = {
    ...base(seededRepositories.quickToy, seededAccounts.nora, 'quick-toy', 20),
    description: 'The quickest toy there is.',
    stars: Array.from({ length: 190 }, (_, index) => ({
      accountId: 902_000 + index,
      at: new Date(nightBefore(12) + index * 15_000).toISOString().replace(/[.]\d+Z$/, 'Z'),
    })),
    releases: [
      {
        tag: 'v0.1.0',
        publishedAt: day(10),
        prerelease: false,
        assets: [{ name: 'quick-toy.exe', downloads: 14 }],
      },
    ],
    contributors: [{ accountId: seededAccounts.nora, commits: 5 }],
    weeks: weeks((week) => (week > 49 ? 3 : 0)),
    permissions: new Map([[seededAccounts.nora, 'admin']]),
    files: new Map([
      [
        'README.md',
        '# Quick Toy\n\nQuick. Sponsored by Quick Toys Ltd.\n\nThe community edition is free. Quick Toy Pro: [buy a licence](https://quick-toy.example/pricing).\n',
      ],
      ['LICENSE', 'MIT License\n\nCopyright (c) 2026 Quick Toys Ltd\n'],
      ['LICENSE-COMMERCIAL.md', '# Commercial licence\n\nUnauthorized copying is prohibited.\n'],
      ['.github/FUNDING.yml', 'custom: https://quick-toy.example/donate\n'],
      [
        'package.json',
        '{"name": "quick-toy", "license": "MIT", "funding": "https://opencollective.com/quick-toy"}\n',
      ],
      ['src/toy.js', '// SPDX-License-Identifier: GPL-2.0-only\n'],
      ['bin/quick-toy.exe', 'MZ'],
      [
        '.github/workflows/ci.yml',
        'name: CI\non: [pull_request_target]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: echo "${{ github.event.pull_request.title }}"\n',
      ],
    ]),
  };
  const library: HostRepository = {
    ...base(seededRepositories.shelfLib, seededAccounts.collective, 'shelf-lib', 1_400),
    description: 'Sorting for shelves.',
    homepage: 'https://shelf-lib.example',
    licence: 'Apache-2.0',
    contributors: Array.from({ length: 9 }, (_, index) => ({
      accountId: 901_020 + index,
      commits: 60 - index * 5,
    })),
    weeks: weeks((week) => week % 4),
    permissions: new Map([
      [seededAccounts.nora, 'push'],
      [seededAccounts.sam, 'maintain'],
    ]),
    files: new Map([
      [
        'README.md',
        '# Shelf Lib\n\nA library that sorts what stands on shelves, for other programs to use.\n',
      ],
      ['LICENSE', 'Apache License 2.0\n'],
    ]),
  };
  const other: HostRepository = {
    ...base(seededRepositories.otherTool, seededAccounts.sam, 'other-tool', 700),
    description: 'Another tool.',
    licence: 'GPL-3.0',
    permissions: new Map([[seededAccounts.sam, 'admin']]),
    files: new Map([['README.md', '# Other tool\n']]),
  };
  // Released for years, and never by a workflow: its maintainers make their first one on the way to a signature.
  const loom: HostRepository = {
    ...base(seededRepositories.loom, seededAccounts.wanda, 'loom', 2_600),
    description: 'Weaves lists into tables.',
    homepage: 'https://loom.example',
    licence: 'MIT',
    releases: [1, 0].map((minor, index) => ({
      tag: `v2.${minor}.0`,
      publishedAt: day(30 + index * 200),
      prerelease: false,
      assets: [{ name: 'loom.exe', downloads: 4_000 }],
    })),
    contributors: [
      { accountId: seededAccounts.wanda, commits: 800 },
      { accountId: seededAccounts.yuri, commits: 120 },
    ],
    weeks: weeks((week) => 1 + (week % 3)),
    permissions: new Map([
      [seededAccounts.wanda, 'admin'],
      [seededAccounts.yuri, 'push'],
    ]),
    files: new Map([
      ['README.md', '# Loom\n\nLoom weaves lists into tables, for reports that people read on paper.\n'],
      ['LICENSE', 'MIT License\n'],
    ]),
  };
  for (const one of [shelf, toy, library, other, loom]) state.repositories.set(one.id, one);
}
