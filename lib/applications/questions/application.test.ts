import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSnapshot } from '#core/policy/index.ts';
import { newSshKey, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import {
  answerQuestion,
  applicationProgress,
  applicationQuestions,
  findQuestion,
  isLookalike,
  slugOf,
  summaryOf,
} from './index.ts';
import type { Answers, Builders, Question } from './index.ts';

const loaded = loadSnapshot(seedWithKeys(), seedCommit);
if (!loaded.ok) throw new Error('the seed is no snapshot');
const { admission } = loaded.snapshot.foundation.value;
if (admission === undefined) throw new Error('the seed takes no applications');
const questions = (answers: Answers = {}) => applicationQuestions(admission, answers);
const find = (id: string, answers: Answers = {}): Question => {
  const found = findQuestion(questions(answers), id);
  if (found === null) throw new Error(`there is no question ${id}`);
  return found;
};
const errorsOf = (id: string, typed: Readonly<Record<string, string>>, answers: Answers = {}) => {
  const result = answerQuestion(find(id, answers), typed);
  return result.ok ? {} : Object.fromEntries(result.errors);
};

describe('the questions', () => {
  it('begin with what the foundation asks everybody, in its own words', () => {
    const ids = questions().map((question) => question.id);
    expect(ids.slice(0, 3)).toEqual(['program', 'eligible-osi-licence', 'eligible-dual-licensing']);
    expect(find('eligible-sponsored').gate).toMatchObject({
      wanted: 'no',
      reason: expect.stringContaining('company') as string,
    });
    expect(new Set(ids).size).toBe(ids.length);
  });

  const issuer = 'https://issuer.example';

  it('ask for the build system only where there is a choice, and accept none that isn’t listed', () => {
    const fieldsOf = (...names: readonly string[]) =>
      findQuestion(
        applicationQuestions(admission, {}, { buildSystems: names.map((name) => ({ name, issuer })) }),
        'build',
      );
    const asked = fieldsOf('github-actions', 'other');
    expect(asked?.fields[0]).toMatchObject({ name: 'system', options: [{}, { value: 'other' }] });
    expect(fieldsOf('github-actions')?.fields[0]?.name).toBe('workflow');
    if (asked === null) throw new Error('there is no such question');
    expect(answerQuestion(asked, { system: 'other' })).toMatchObject({ ok: true });
    expect(answerQuestion(asked, { system: 'nobody’s' })).toMatchObject({ ok: false });
  });

  it('offer GitLab where the repository is on that instance, and nothing else there', () => {
    const systems = [
      { name: 'github-actions', issuer },
      { name: 'gitlab-com', provider: 'gitlab', issuer: 'https://gitlab.com' },
      { name: 'gitlab-own', provider: 'gitlab', issuer: 'https://git.example.org' },
    ] as const;
    const build = (uri: string) => {
      const builders = { buildSystems: systems };
      const asked = findQuestion(applicationQuestions(admission, { repository: { uri } }, builders), 'build');
      if (asked === null) throw new Error('there is no such question');
      return asked;
    };
    const ofGitLab = build('https://gitlab.com/group/project');
    expect(ofGitLab.providers).toEqual({ '': 'gitlab', 'gitlab-com': 'gitlab' });
    expect(ofGitLab.fields[0]).toMatchObject({
      name: 'workflow',
      hint: expect.stringContaining('.gitlab-ci.yml') as string,
    });
    expect(answerQuestion(ofGitLab, { workflow: 'ci/release.yml' })).toMatchObject({ ok: true });
    expect(answerQuestion(ofGitLab, { workflow: '../release.yml' })).toMatchObject({ ok: false });
    const elsewhere = build('https://gitlab.com.example.org/group/project');
    expect(elsewhere.providers).toEqual({ '': 'github', 'github-actions': 'github' });
    expect(answerQuestion(elsewhere, { workflow: 'ci/release.yml' })).toMatchObject({ ok: false });
  });

  it('say of a repository on GitLab, where the foundation lists no build system for it, what can’t be done and who can change it', () => {
    const github = { name: 'github-actions', issuer };
    const own = { name: 'gitlab-own', provider: 'gitlab', issuer: 'https://git.example.org' } as const;
    const ask = (uri: string, builders: Builders) => {
      const question = findQuestion(
        applicationQuestions(admission, { repository: { uri } }, builders),
        'build',
      );
      if (question === null) throw new Error('there is no such question');
      return question;
    };
    for (const buildSystems of [[github], [github, own]]) {
      const asked = ask('https://gitlab.com/group/project', { buildSystems });
      expect(asked.hint).toMatch(
        /no build system that builds what lies on GitLab.*provider: gitlab, issuer: https:\/\/gitlab\.com/s,
      );
      expect(asked.providers).toEqual({ '': 'gitlab' });
      expect(asked.fields[0]?.hint).toContain('.gitlab-ci.yml');
      expect(answerQuestion(asked, { workflow: '../release.yml' })).toMatchObject({
        ok: false,
      });
    }
    // A foundation with a GitLab of its own: what lies there is that one's, by its server.
    const accountHosts = { gitlab: 'https://git.example.org' };
    const there = ask('https://git.example.org/a/b', { buildSystems: [github], accountHosts });
    expect(there.hint).toContain('issuer: https://git.example.org.');
    expect(ask('https://git.example.org/a/b', { buildSystems: [github, own], accountHosts }).hint).toBeNull();
    expect(ask('https://github.com/a/b', { buildSystems: [github, own] }).hint).toBeNull();
    expect(ask('https://github.com/a/b', { buildSystems: [own] }).hint).toContain('lies on GitHub');
  });

  it('ask for reputation only where it is reviewed', () => {
    const ids = (program: string) => questions({ program: { program } }).map((question) => question.id);
    expect(ids('executables')).toContain('reputation');
    expect(ids('components')).not.toContain('reputation');
  });
});

describe('an answer', () => {
  it('is normalised: trimmed, and one line where one is asked for', () => {
    expect(answerQuestion(find('name'), { name: '  My\r\nproject ', tagline: 'A tool' })).toEqual({
      ok: true,
      values: { name: 'My project', tagline: 'A tool' },
    });
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['name', 'nothing', {}, 'name'],
    ['name', 'a hidden direction mark', { name: 'a\u202eb', tagline: 'x' }, 'name'],
    ['name', 'no end', { name: 'x'.repeat(65), tagline: 'x' }, 'name'],
    ['repository', 'no https', { uri: 'http://github.com/a/b' }, 'uri'],
    ['repository', 'a script', { uri: 'javascript:alert(1)' }, 'uri'],
    ['repository', 'a name and password', { uri: 'https://me:secret@github.com/a/b' }, 'uri'],
    ['program', 'a program there isn’t', { program: 'everything' }, 'program'],
    ['privacy', 'sending without a policy', { sends: 'yes', policy: '' }, 'policy'],
    ['system-changes', 'changes without a page', { changes: 'yes', page: '' }, 'page'],
    ['contact', 'no address', { name: 'Ada', email: 'ada at example' }, 'email'],
    ['contact', 'a header in the address', { name: 'Ada', email: 'a@b.c\nBcc: x@y.zz' }, 'email'],
    ['approver', 'capitals', { handle: 'Ada' }, 'handle'],
    ['approver', 'a private key', { handle: 'ada', keys: '-----BEGIN OPENSSH PRIVATE KEY-----' }, 'keys'],
    ['approver', 'a broken key', { handle: 'ada', keys: 'ssh-ed25519 AAAA' }, 'keys'],
    ['build', 'a path elsewhere', { workflow: '../../evil.yml' }, 'workflow'],
    ['build', 'a tag with refs/tags/ in front', { tags: 'refs/tags/v*' }, 'tags'],
    ['build', 'a tag that no Git has', { tags: 'v*, a b' }, 'tags'],
    ['build', 'a kind there isn’t', { kind: 'dmg' }, 'kind'],
    ['licence', 'prose', { licence: 'free <b>software</b>' }, 'licence'],
    ['declaration', 'no promise', {}, 'agreed'],
  ])('to %s is not accepted with %s', (id, _what, typed, field) => {
    expect(Object.keys(errorsOf(id, typed))).toContain(field);
  });

  it.each([
    ['GPL3', 'Did you mean GPL-3.0-only or GPL-3.0-or-later?'],
    ['GPL-3.0', 'Write GPL-3.0-only or GPL-3.0-or-later'],
    ['BUSL-1.1', 'The Open Source Initiative hasn’t approved BUSL-1.1.'],
    ['MIT AND Elastic-2.0', 'The Open Source Initiative hasn’t approved Elastic-2.0.'],
  ])(
    'accepts no licence that isn’t open source, and suggests what was probably meant: %s',
    (licence, said) => {
      expect(errorsOf('licence', { licence })['licence']).toContain(said);
    },
  );

  it('names any approved licence, alone or in an expression', () => {
    for (const licence of [
      'MIT',
      'GPL-3.0-or-later WITH GCC-exception-3.1',
      'MIT OR LicenseRef-Commercial',
    ]) {
      expect(errorsOf('licence', { licence })).toEqual({});
    }
  });

  it('accepts a valid key, and none where keys come later', () => {
    expect(errorsOf('approver', { handle: 'ada', keys: `${newSshKey()}\n\n${newSshKey()}` })).toEqual({});
    expect(errorsOf('approver', { handle: 'ada', keys: '' })).toEqual({});
  });

  it('is accepted or refused whatever is sent, and never throws', () => {
    const all = questions({ program: { program: 'executables' } });
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.string({ unit: 'grapheme' }), (question, text) => {
        const typed = Object.fromEntries(question.fields.map((field) => [field.name, text]));
        const result = answerQuestion(question, typed);
        if (result.ok) expect(Object.keys(result.values)).toEqual(question.fields.map((field) => field.name));
        else expect(result.errors.size).toBeGreaterThan(0);
      }),
    );
  });
});

describe('progress', () => {
  it('goes on at the first question without an answer', () => {
    const answers = { program: { program: 'components' } };
    expect(applicationProgress(questions(answers), answers)).toMatchObject({
      next: { id: 'eligible-osi-licence' },
      ended: null,
      answered: 1,
    });
  });

  it('ends at an answer that makes it ineligible, and continues once that answer is changed', () => {
    const answers = { program: { program: 'components' }, 'eligible-sponsored': { answer: 'yes' } };
    expect(applicationProgress(questions(answers), answers).ended?.id).toBe('eligible-sponsored');
    const changed = { ...answers, 'eligible-sponsored': { answer: 'no' } };
    expect(applicationProgress(questions(changed), changed).ended).toBeNull();
  });

  it('is complete only with every question that is asked now', () => {
    const components = { program: { program: 'components' } };
    const answers: Record<string, Record<string, string>> = {};
    for (const question of questions(components))
      answers[question.id] = { answer: question.gate?.wanted ?? 'x' };
    answers['program'] = { program: 'components' };
    expect(applicationProgress(questions(answers), answers).next).toBeNull();
    answers['program'] = { program: 'executables' };
    expect(applicationProgress(questions(answers), answers).next?.id).toBe('reputation');
  });

  it('shows answers in the words in which they were chosen', () => {
    const answers = { program: { program: 'executables' }, declaration: { agreed: 'yes' } };
    const lines = summaryOf(questions(answers), answers);
    expect(lines[0]?.text).toBe('Executables and installers');
    expect(lines.at(-1)?.text).toBe('Agreed');
  });
});

describe('names', () => {
  it.each([
    ['esbuild for Windows', 'esbuild-for-windows'],
    ['Ünïcode!', 'u-ni-code'],
    ['  --C++--  ', 'c'],
    ['変更', null],
  ])('%s has the slug %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it.each([
    ['Notepad', 'Notepad'],
    ['Notepad', 'N0tepad'],
    ['paypal', 'раураl'],
    ['Firefox', 'Firefx'],
    ['Firefox', 'Fierfox'],
    ['modern', 'modem'],
    ['My Tool', 'my-tool'],
  ])('treats %s and %s as look-alikes', (one, other) => {
    expect(isLookalike(one, other)).toBe(true);
    expect(isLookalike(other, one)).toBe(true);
  });

  it.each([
    ['vim', 'vi'],
    ['git', 'gut'],
    ['Firefox', 'Thunderbird'],
    ['', ''],
  ])('distinguishes %s and %s', (one, other) => {
    expect(isLookalike(one, other)).toBe(false);
  });

  it('is symmetric and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        expect(isLookalike(one, other)).toBe(isLookalike(other, one));
      }),
    );
  });
});
