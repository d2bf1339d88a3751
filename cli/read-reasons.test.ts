import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readReasons, type RequestView } from './client/index.ts';

const finding = (index: number, outcome: 'pass' | 'fail') => ({
  rule: 'scan.file',
  outcome,
  message: `file ${index}`,
  expected: null,
  found: null,
  fix: null,
});

describe('the reasons of a refusal', () => {
  const closing: (() => void)[] = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  /** A portal that gives out the findings of a step in pages, failures first, five on the overview. */
  async function portalOf(failed: number, passed: number) {
    const all = [...Array(failed).keys(), ...Array(passed).keys()].map((index, place) =>
      finding(index, place < failed ? 'fail' : 'pass'),
    );
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const from = Number(query.get('after') ?? '0');
      const to = from + Math.min(Number(query.get('limit')), 20);
      response.end(
        JSON.stringify({ findings: all.slice(from, to), next: to < all.length ? String(to) : null }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const counts = { pass: passed, fail: failed, info: 0 };
    const view: RequestView = {
      id: 'r',
      status: 'denied',
      summary: null,
      trace: {
        passes: [
          { number: 3, steps: [{ step: 'scan', state: 'failed', counts, findings: all.slice(0, 5) }] },
        ],
      },
    };
    const { port } = server.address() as AddressInfo;
    return { portal: { url: `http://127.0.0.1:${port}`, token: null }, view, asked };
  }

  it('are requested in pages, as far as they are shown and no further', async () => {
    const { portal, view, asked } = await portalOf(200, 300);
    const { reasons, total } = await readReasons(portal, view, 50);
    expect(total).toBe(200);
    expect(reasons.map((reason) => reason.message)).toEqual(
      Array.from({ length: 50 }, (_, index) => `file ${index}`),
    );
    expect(asked).toEqual([
      '/api/v1/requests/r/steps/3/scan?limit=50',
      '/api/v1/requests/r/steps/3/scan?limit=30&after=20',
      '/api/v1/requests/r/steps/3/scan?limit=10&after=40',
    ]);
  });

  it('are requested only if the overview omits some', async () => {
    const { portal, view, asked } = await portalOf(3, 300);
    expect((await readReasons(portal, view, 50)).reasons).toHaveLength(3);
    expect(asked).toEqual([]);
  });

  it('end with the last failure', async () => {
    const { portal, view, asked } = await portalOf(7, 300);
    expect((await readReasons(portal, view, 50)).reasons).toHaveLength(7);
    expect(asked).toHaveLength(1);
  });
});
