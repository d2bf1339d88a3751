import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { good } from '#core/policy/plan/past-request.fixture.ts';
import { savePastRequests } from './past-requests.ts';

const request = (index: number) => ({
  ...good,
  id: `7d1f6a2e-0b6c-4b8a-9c1d-${String(index).padStart(12, '0')}`,
});

/** A portal that gives out these pages, each with the link that is said. → what was asked of it, and what ended up in the file. */
async function save(
  pages: readonly { readonly ids: readonly number[]; readonly link?: string }[],
  limit: number,
) {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    const page = pages[asked.length];
    asked.push(incoming.url ?? '');
    const left = pages.slice(asked.length).flatMap((page) => page.ids).length;
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-requests-left-out', String(left));
    if (page?.link !== undefined) response.setHeader('link', page.link);
    response.end(JSON.stringify((page?.ids ?? []).map(request)));
  });
  const folder = mkdtempSync(join(tmpdir(), 'countersign-past-'));
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(folder, 'past.json');
    const answer = await savePastRequests({ url, token: null }, limit, file);
    const saved = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly id: string }[];
    return { answer, asked, saved: saved.map((request) => Number(request.id.slice(-12))) };
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const next = (cursor: string): string => `</api/v1/past-requests?limit=9&cursor=${cursor}>; rel="next"`;

it('fetches page after page, and keeps a repeated request once', async () => {
  const pages = [{ ids: [1, 2], link: next('a') }, { ids: [2, 3], link: next('b') }, { ids: [4] }];
  const { answer, asked, saved } = await save(pages, 9);
  expect(saved).toEqual([1, 2, 3, 4]);
  expect(answer).toEqual({ count: 4, leftOut: 0 });
  expect(asked).toEqual(['', '&cursor=a', '&cursor=b'].map((end) => `/api/v1/past-requests?limit=9${end}`));
});

it('stops when it has as many as were requested', async () => {
  const { answer, asked, saved } = await save(
    [{ ids: [1, 2], link: next('a') }, { ids: [3, 4], link: next('b') }, { ids: [5] }],
    3,
  );
  expect([saved, answer, asked.length]).toEqual([[1, 2, 3], { count: 3, leftOut: 2 }, 2]);
});

it.each([
  '<https://elsewhere.example/api/v1/past-requests?limit=9>; rel="next"',
  '<//elsewhere.example/api/v1/past-requests?limit=9>; rel="next"',
  '</api/v1/requests?limit=9>; rel="next"',
  'rubbish',
])('follows no link to elsewhere: %s', async (link) => {
  const { asked, saved } = await save([{ ids: [1], link }, { ids: [2] }], 9);
  expect([asked.length, saved]).toEqual([1, [1]]);
});
