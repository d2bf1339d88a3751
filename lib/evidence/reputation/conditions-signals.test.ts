import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { answerOf, sources } from './index.ts';
import { judgeEvidence, textsToRead } from './on-github.fixture.ts';
import type { Claims, RawAnswers, CitedSignal } from './index.ts';

const now = new Date('2026-11-26T12:00:00Z');
const ok = (body: unknown) => ({ ok: true, body }) as const;
const mitText =
  'MIT License\n\nCopyright (c) 2020 Ada\n\nPermission is hereby granted, free of charge, to any person';
const texts = (files: Readonly<Record<string, string>>) =>
  ok({ files: Object.entries(files).map(([path, text]) => ({ path, text })) });
const tree = (...paths: readonly string[]) =>
  ok({ tree: paths.map((path) => ({ path, type: 'blob', size: 100 })), truncated: false });
const page = (url: string, text: string, links: readonly { text: string; url: string }[] = []) => ({
  url,
  text,
  links,
});

function signal(id: string, answers: RawAnswers, claims: Partial<Claims> = {}): CitedSignal {
  const given = { licence: null, homepage: null, ...claims };
  const found = judgeEvidence({ answers, now, claims: given }).find((citedSignal) => citedSignal.id === id);
  if (found === undefined) throw new Error(`no signal ${id}`);
  return found;
}

describe('the licence', () => {
  it.each([
    ['MIT', 'good', 'approved by the Open Source Initiative'],
    ['MIT OR LicenseRef-Commercial', 'good', 'approved by the Open Source Initiative'],
    ['MIT AND BUSL-1.1', 'look', 'hasn’t approved BUSL-1.1'],
    ['whatever', 'look', 'not a licence on SPDX’s list'],
  ])('as applied for: %s', (licence, note, words) => {
    expect(signal('licence-claimed', {}, { licence })).toMatchObject({ note, state: 'verified' });
    expect(signal('licence-claimed', {}, { licence }).value).toContain(words);
  });

  const mit = ok({ path: 'LICENSE', license: { spdx_id: 'MIT' } });
  it.each<[string, string, RawAnswers, CitedSignal['note'], string]>([
    [
      'agrees',
      'MIT',
      { licence: mit, texts: texts({ LICENSE: mitText, 'package.json': '{"license":"MIT"}' }) },
      'good',
      '3 others name the same',
    ],
    ['is another to the host', 'Apache-2.0', { licence: mit }, 'look', 'named by the host'],
    [
      'is another in a file',
      'MIT',
      { licence: mit, texts: texts({ COPYING: 'Business Source License 1.1' }) },
      'look',
      'named by COPYING',
    ],
    [
      'is another in a manifest',
      'MIT',
      { texts: texts({ 'Cargo.toml': 'license = "MIT/Apache-2.0"' }) },
      'look',
      'named by Cargo.toml',
    ],
    [
      'is more than others say',
      'MIT AND BSD-3-Clause',
      { licence: mit },
      'look',
      'nobody but the application names BSD-3-Clause',
    ],
    [
      'agrees but for “or later”',
      'GPL-3.0-or-later',
      { licence: ok({ path: 'COPYING', license: { spdx_id: 'GPL-3.0' } }) },
      'good',
      'one other names the same',
    ],
  ])('%s (%s)', (_what, licence, answers, note, words) => {
    const found = signal('licence-agreement', answers, { licence });
    expect([found.note, found.value]).toEqual([note, expect.stringContaining(words)]);
  });

  it('of every file that was read is named, and unknown licences are flagged for reading', () => {
    const found = signal('licence-texts', {
      texts: texts({
        LICENSE: mitText,
        'lib/x/LICENSE': 'All yours, somehow.',
        EULA: 'End user license agreement',
      }),
    });
    expect(found).toMatchObject({ note: 'look', value: '2 of 3 to be read' });
    expect(found.details).toEqual([
      'LICENSE: MIT',
      'lib/x/LICENSE: not recognised',
      'EULA: not recognised; speaks of terms of its own',
    ]);
  });

  it.each([
    ['src/a.ts', '// SPDX-License-Identifier: MIT\nx', 'neutral'],
    ['src/a.ts', '/* SPDX-License-Identifier: BUSL-1.1 */', 'look'],
    ['src/a.ts', '# Acme confidential. Unauthorized copying is prohibited.', 'look'],
    ['src/a.ts', 'const a = 1;', 'neutral'],
    ['third_party/a.ts', '// SPDX-License-Identifier: Zlib', 'neutral'],
  ])('in the head of %s (%s) is %s', (path, text, note) => {
    const files = texts({ 'src/other.ts': '', [path]: text });
    expect(signal('licence-headers', { texts: files }, { licence: 'MIT' }).note).toBe(note);
  });
});

describe('dual licensing', () => {
  it('is never a verdict: no signal claims that a project does it', () => {
    const said = JSON.stringify(
      judgeEvidence({
        now,
        claims: { licence: 'GPL-3.0-only OR LicenseRef-Commercial', homepage: null },
        answers: {
          tree: tree('LICENSE-COMMERCIAL.md', 'ee/x.ts', 'CLA.md'),
          texts: texts({ 'README.md': 'Buy a commercial license.' }),
        },
      }),
    );
    expect(said).not.toMatch(/is dual[- ]licensed|ineligible|not eligible|violat/i);
  });

  it('may be written into the expression', () => {
    const licence = 'GPL-3.0-only OR LicenseRef-Commercial';
    expect(signal('licence-alternatives', {}, { licence })).toMatchObject({
      note: 'look',
      value: 'LicenseRef-Commercial, beside one that is open source',
    });
    expect(signal('licence-alternatives', {}, { licence: 'MIT OR Apache-2.0' }).note).toBe('neutral');
  });

  it.each([
    'LICENSE-COMMERCIAL',
    'LICENSE.enterprise.md',
    'docs/EULA.txt',
    'COPYING-PROPRIETARY',
    'COMMERCIAL_LICENSE.md',
    'ee/app.ts',
    'src/enterprise/sso.ts',
  ])('may show in a file: %s', (path) => {
    expect(signal('commercial-files', { tree: tree('README.md', path) }).note).toBe('look');
  });

  it.each(['LICENSE', 'COPYING.LESSER', 'LICENSE-MIT', 'vendor/x/EULA', 'src/seed.ts', 'docs/enterprise.md'])(
    'doesn’t show in %s',
    (path) => {
      expect(signal('commercial-files', { tree: tree(path) }).note).toBe('neutral');
    },
  );

  it('is never reported as absent in a tree that the host truncated', () => {
    const cut = ok({ tree: [], truncated: true });
    expect(signal('commercial-files', { tree: cut }).state).toBe('unverified');
    expect(signal('contributor-agreement', { tree: cut }).state).toBe('unverified');
  });

  it.each(['CLA.md', '.github/CLA.md', 'CONTRIBUTOR_LICENSE_AGREEMENT.txt', '.clabot', 'docs/ICLA.pdf'])(
    'may be prepared by an agreement: %s',
    (path) => {
      expect(signal('contributor-agreement', { tree: tree(path) })).toMatchObject({
        note: 'look',
        details: [path],
      });
    },
  );

  it.each([
    'Commercial licenses are available.',
    'The Enterprise Edition adds more.',
    'We offer dual-licensing.',
    'Contact our sales for prices.',
    'Free for personal use.',
    'You can buy a Pro license.',
    'An open-core product',
  ])('shows by line and words in the readme: %s', (line) => {
    const found = signal('commercial-readme', { texts: texts({ 'README.md': `# X\n\n${line}\n` }) });
    expect(found).toMatchObject({ note: 'look', details: [`README.md:3: “${line}”`] });
  });

  it.each(['Under the MIT license.', 'Ask the community.', 'An editor for prose.', 'Licensed to all.'])(
    'isn’t seen in everyday words: %s',
    (line) => {
      expect(signal('commercial-readme', { texts: texts({ 'README.md': line }) }).note).toBe('neutral');
    },
  );

  it('shows on the home page, by words and by links, and pages that couldn’t be fetched are named', () => {
    const pages = ok({
      pages: [
        page('https://a.example/', 'Hello\nBuy a licence today', [
          { text: 'Plans', url: 'https://a.example/pricing' },
        ]),
      ],
      failed: [{ url: 'https://a.example/pricing', reason: 'took too long' }],
    });
    expect(signal('commercial-pages', { pages })).toMatchObject({
      note: 'look',
      value: '2 places on 1 page',
      details: [
        'https://a.example/: “Buy a licence today”',
        'link on https://a.example/: “Plans” → https://a.example/pricing',
        'https://a.example/pricing: took too long',
      ],
    });
    const none = ok({ pages: [], failed: [{ url: 'https://a.example/', reason: 'took too long' }] });
    expect(signal('commercial-pages', { pages: none })).toMatchObject({
      state: 'unverified',
      note: 'neutral',
    });
  });
});

describe('sponsorship', () => {
  it('shows in a funding file, for information: donations are welcome', () => {
    const found = signal('funding-file', {
      texts: texts({
        '.github/FUNDING.yml': 'github: [ada, bob]\npatreon: ada\ncustom: ["https://a.example"]\n',
      }),
    });
    expect(found).toMatchObject({
      note: 'neutral',
      details: ['github: ada', 'github: bob', 'patreon: ada', 'custom: https://a.example'],
    });
  });

  it.each(['a: [', '- a', '"text"', '['.repeat(5_000), 'a: &a [x]\nb: *a'])(
    'treats a malformed one as unread: %j',
    (text) => {
      expect(signal('funding-file', { texts: texts({ '.github/FUNDING.yml': text }) }).state).toBe(
        'unverified',
      );
    },
  );

  it('takes no longer for one of many mistakes', () => {
    const file = texts({ '.github/FUNDING.yml': '[}'.repeat(120_000) });
    expect(cpuTimeOf(() => signal('funding-file', { texts: file }))).toBeLessThan(5_000);
  });

  it.each([
    ['package.json', '{"funding":[{"url":"https://x.example/a"},"https://x.example/b"]}', 2],
    ['composer.json', '{"funding":[{"type":"github","url":"https://x.example/a"}]}', 1],
    ['pyproject.toml', '[project.urls]\nFunding = "https://x.example/a"\n', 1],
    ['tool.gemspec', 'spec.metadata["funding_uri"] = "https://x.example/a"', 1],
    ['package.json', '{"name":"x"}', 0],
    ['package.json', 'not JSON', 0],
  ])('shows in %s: %s', (path, text, count) => {
    expect(signal('funding-manifest', { texts: texts({ [path]: text }) }).details).toHaveLength(count);
  });

  it('shows in the readme: donation platforms for information, sentences on who pays for review', () => {
    const links = signal('sponsor-links', {
      texts: texts({
        'README.md': '[Donate](https://opencollective.com/x) or https://github.com/sponsors/ada',
      }),
    });
    expect(links).toMatchObject({ note: 'neutral' });
    expect(links.details).toEqual(['https://opencollective.com/x', 'https://github.com/sponsors/ada']);
    expect(signal('sponsor-links', { texts: texts({ 'README.md': 'Sponsored by Acme.' }) }).note).toBe(
      'look',
    );
  });

  it('shows in who owns the repository', () => {
    const owner = (more: object) => ok({ login: 'acme', id: 1, created_at: '2020-01-01T00:00:00Z', ...more });
    expect(
      signal('company-owner', { owner: owner({ type: 'Organization', name: 'Acme GmbH' }) }),
    ).toMatchObject({
      note: 'look',
      value: 'acme is an organisation that names a company',
      details: ['name: Acme GmbH'],
    });
    expect(
      signal('company-owner', { owner: owner({ type: 'Organization', name: 'Friends of X' }) }).note,
    ).toBe('neutral');
    expect(signal('company-owner', { owner: owner({ type: 'User', company: '@acme' }) })).toMatchObject({
      note: 'neutral',
      value: 'acme is a personal account that names a company',
    });
  });

  it('shows in the copyright holder, and not in the holder of a GNU licence’s own text', () => {
    const found = signal('company-copyright', {
      texts: texts({
        LICENSE: 'Copyright (c) 2020 Acme, Inc.',
        COPYING: 'Copyright (C) 2007 Free Software Foundation, Inc. <https://fsf.org/>',
        'src/a.c': '// (c) Beispiel GmbH',
        'vendor/b.c': '// Copyright 2019 Other Ltd',
        'README.md': 'Copyright 2020 Ada',
      }),
    });
    expect(found).toMatchObject({
      note: 'look',
      details: ['LICENSE: Copyright (c) 2020 Acme, Inc.', 'src/a.c: // (c) Beispiel GmbH'],
    });
  });
});

describe('the files that are read', () => {
  it('are few, those nearest to the root first, and source files from the whole tree', () => {
    const paths = [
      ...['README.md', '.github/FUNDING.yml', 'package.json', 'LICENSE', 'third_party/x/LICENSE'],
      ...Array.from({ length: 300 }, (_, at) => `src/${at}/a.ts`),
      ...Array.from({ length: 300 }, (_, at) => `third_party/${at}/LICENSE`),
      ...['node_modules/x/index.js', 'tests/a.ts'],
    ];
    const chosen = textsToRead({ tree: tree(...paths) }).map((file) => file.path);
    expect(chosen.length).toBeLessThanOrEqual(28);
    expect(chosen.slice(0, 4)).toEqual(['README.md', '.github/FUNDING.yml', 'package.json', 'LICENSE']);
    expect(chosen.filter((path) => path.startsWith('src/'))).toHaveLength(10);
    expect(chosen).toContain('src/270/a.ts');
    expect(chosen.some((path) => /node_modules|tests/.test(path))).toBe(false);
    expect(textsToRead({})).toEqual([]);
  });

  it('exclude what is too large to be read', () => {
    const large = ok({ tree: [{ path: 'LICENSE', type: 'blob', size: 5_000_000 }], truncated: false });
    expect(textsToRead({ tree: large })).toEqual([]);
  });
});

describe('every signal about a condition', () => {
  const ids = judgeEvidence({ answers: {}, now })
    .filter((citedSignal) => ['licence', 'dual-licensing', 'sponsorship'].includes(citedSignal.group))
    .map((citedSignal) => citedSignal.id);

  it('says its source, how easily it is gamed and what it means, and rests on an answer', () => {
    expect(ids.length).toBeGreaterThan(14);
    for (const citedSignal of judgeEvidence({ answers: {}, now })) {
      expect(citedSignal.source.length * citedSignal.explanation.length).toBeGreaterThan(0);
      expect(sources).toContain(answerOf(citedSignal.id));
    }
    expect(answerOf('commercial-pages')).toBe('pages');
    expect(answerOf('company-owner')).toBe('owner');
  });

  it('is computed for any text whatever without an exception', () => {
    const path = fc.constantFrom(
      'README.md',
      '.github/FUNDING.yml',
      'package.json',
      'Cargo.toml',
      'LICENSE',
      'src/a.c',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(
          fc.constantFrom(
            'SPDX-License-Identifier:',
            'MIT',
            'funding',
            '= "https://',
            '(c)',
            'GmbH',
            '\n',
            'Buy a',
            'licence',
            '{',
            ':',
            '[',
          ),
          { maxLength: 30 },
        )
        .map((some) => some.join(' ')),
    );
    const files = fc.array(fc.record({ path, text }), { maxLength: 6 });
    const pages = fc.array(
      fc.record({ url: fc.string(), text, links: fc.array(fc.record({ text, url: fc.string() })) }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(files, pages, fc.string(), (some, seen, licence) => {
        const answers = { texts: ok({ files: some }), pages: ok({ pages: seen, failed: [] }) };
        for (const citedSignal of judgeEvidence({ answers, now, claims: { licence, homepage: null } })) {
          expect(citedSignal.value).not.toMatch(/[\u202a-\u202e\u0000-\u001f]/);
        }
      }),
    );
  });

  it('takes time linear in the length of the text, whatever is in it', () => {
    const hostile = [
      'Copyright (c) '.repeat(5_000),
      'redistribution and use in source and binary forms '.repeat(1_500),
      'a'.repeat(60_000),
      ' '.repeat(60_000),
      'license = '.repeat(6_000),
      'https://'.repeat(7_000),
    ];
    for (const text of hostile) {
      const files = texts({
        'README.md': text,
        LICENSE: text.slice(0, 12_000),
        'pyproject.toml': text,
        'src/a.c': text,
      });
      expect(judgeEvidence({ answers: { texts: files }, now }).length).toBeGreaterThan(0);
    }
  });
});
