import { renderToStaticMarkup } from 'react-dom/server';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { factsInShort, HostAnswers } from './host-answers.tsx';

const answer = (more: object) => ({
  question: 'run',
  path: '/repos/example/widget/actions/runs/1',
  at: '2026-11-30T09:12:03.004Z',
  status: 200,
  sha256: null,
  outcome: 'told' as const,
  said: null,
  problem: null,
  ...more,
});

it('says in a line what was asked, what was answered, and when', () => {
  const said = { id: 7, status: 'completed', conclusion: 'success', head_sha: 'a'.repeat(40) };
  const html = renderToStaticMarkup(
    <HostAnswers
      look={{
        api: 'https://api.github.com',
        answers: [
          answer({ said: JSON.stringify(said) }),
          answer({ question: 'release', outcome: 'none', status: 404 }),
          answer({ question: 'rules main', outcome: 'unknown', status: 403, problem: 'it refused' }),
        ],
      }}
    />,
  );
  const text = html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'Run id 7, status completed, conclusion success, head sha aaaaaaaaaaaa… 09:12:03 UTC',
  );
  expect(text).toContain('Release there is none');
  expect(text).toContain('Rules main not told: it refused');
});

it('counts lists, goes one level into what is nested, and leaves out what is empty', () => {
  const said = { total_count: 2, jobs: [{}, {}], runner: { name: 'x', group: { id: 1 } }, none: null };
  expect(factsInShort(JSON.stringify(said))).toBe('total count 2, 2 jobs, runner name x');
  expect(factsInShort('[1,2]')).toBe('2 entries');
  expect(factsInShort('{}')).toBe('answered, and nothing of it is judged');
});

it('stays short, whatever a host says', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(factsInShort(JSON.stringify(value)).length).toBeLessThanOrEqual(180);
    }),
  );
});
