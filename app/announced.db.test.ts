/** What public routes say of a certificate's successor from the day it is issued. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerFrom } from '../lib/platform/portal/current.fixture.ts';
import { certificate, openSigned, project } from '../lib/signatures/open-signed.fixture.ts';
import { GET as projectFeed } from './(public)/projects/[slug]/feed.xml/route.ts';
import { GET as projectJson } from './api/v1/projects/[slug]/route.ts';

const [before, after] = ['5a3c01', '5a3c02'];
const usedFrom = new Date('2026-12-11T00:00:00Z');
let signed: Awaited<ReturnType<typeof openSigned>>;

beforeAll(async () => {
  signed = await openSigned();
  answerFrom(signed.ctx);
});
beforeEach(async () => {
  await signed.clear();
  await signed.accept({});
});
afterAll(() => signed.close());

const ofProject = { params: Promise.resolve({ slug: project }) };
const request = () => new Request('https://a.example/');
interface Listed {
  readonly certificates: readonly {
    readonly serial: string;
    readonly usedFrom: string;
    readonly announced: boolean;
    readonly sharesKeyWith: readonly string[];
  }[];
}
const listed = async () => {
  const { certificates } = (await (await projectJson(request(), ofProject)).json()) as Listed;
  return certificates.map(({ serial, usedFrom: from, announced, sharesKeyWith }) => ({
    serial,
    from,
    announced,
    sharesKeyWith,
  }));
};
const feed = async () => (await projectFeed(request(), ofProject)).text();

describe('an announced certificate', () => {
  it('is in the project’s JSON with its day and the certificate whose key it has, and in the feed', async () => {
    const validFrom = new Date('2026-11-20T00:00:00Z');
    await signed.issue(
      certificate(before, { key: 'one', validFrom }),
      certificate(after, { key: 'one', validFrom, usedFrom }),
    );
    expect(await listed()).toEqual([
      { serial: before, from: validFrom.toISOString(), announced: false, sharesKeyWith: [after] },
      { serial: after, from: usedFrom.toISOString(), announced: true, sharesKeyWith: [before] },
    ]);
    const text = await feed();
    expect(text).toContain('a new certificate “release” signs from 2026-12-11');
    expect(text).toContain('For the same key as before');
    expect(text).toContain(`Serial number ${after}`);
    expect(text).not.toContain(`Serial number ${before}`);
  });

  it('with a key of its own says so; one without a day is no announcement', async () => {
    await signed.issue(certificate(before), certificate(after, { usedFrom }));
    expect(await feed()).toContain('With a key of its own');
    await signed.issue(certificate(before), certificate(after));
    expect(await feed()).not.toContain('a new certificate');
    expect((await listed()).map(({ announced }) => announced)).toEqual([false, false]);
  });
});
