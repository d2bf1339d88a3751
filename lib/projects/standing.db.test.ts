import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificate, openSigned, project, revoking } from '../signatures/open-signed.fixture.ts';
import type { Edits } from '#core/policy/plan/snapshots.fixture.ts';
import { directoryQuerySchema, findProjects, publishProject, readProject, standingsOf } from './index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';

const first = '5a3c01';
const second = '5a3c02';
const date = '2026-11-20T00:00:00Z';
const before = '2026-11-19T00:00:00Z';
const after = '2026-11-21T00:00:00Z';
const paused: Edits = { [`projects/${project}/project.yaml`]: [['status: active', 'status: paused']] };
const retired: Edits = { [`projects/${project}/project.yaml`]: [['status: active', 'status: retired']] };

let signed: Awaited<ReturnType<typeof openSigned>>;
beforeAll(async () => {
  signed = await openSigned();
});
beforeEach(async () => {
  await signed.clear();
  await signed.issue(certificate(first));
  await signed.accept({});
});
afterAll(() => signed.close());

async function standing() {
  const detail = await readProject({ ctx: signed.ctx, input: { slug: parseProjectSlug(project) } });
  if (detail === null) throw new Error('the seed has no such project');
  return (await standingsOf(signed.ctx, [detail])).get(project)?.standing;
}
const release = (serial: string, timestampedAt: string | null) => signed.release([{ serial, timestampedAt }]);

describe('a project', () => {
  it('is pending until something is released for users', async () => {
    expect(await standing()).toBe('pending');
    await signed.release([{ serial: first, timestampedAt: before }], 'test-signing');
    expect(await standing()).toBe('pending');
    await release(first, before);
    expect(await standing()).toBe('signed');
  });

  it.each([
    ['paused', paused],
    ['retired', retired],
  ] as const)('is %s as the policy says', async (status, edits) => {
    await release(first, before);
    await signed.accept(edits);
    expect(await standing()).toBe(status);
  });

  it('is revoked by its newest release, also where it is paused or retired', async () => {
    await release(first, after);
    for (const edits of [{}, paused, retired]) {
      await signed.accept({ ...revoking(first, date), ...edits });
      expect(await standing()).toBe('revoked');
    }
  });

  it('is revoked with its certificate although its releases are older, unless it has ended anyway', async () => {
    await release(first, before);
    await signed.accept(revoking(first, date));
    expect(await standing()).toBe('revoked');
    await signed.accept({ ...revoking(first, date), ...retired });
    expect(await standing()).toBe('retired');
  });

  it('is in good standing again with another certificate and a release signed by it, and not before', async () => {
    await release(first, after);
    await signed.accept(revoking(first, date));
    await signed.issue(certificate(first), certificate(second));
    expect(await standing()).toBe('revoked');
    await release(second, after);
    expect(await standing()).toBe('signed');
  });

  it('is expired if its certificate expired and none followed', async () => {
    await release(first, before);
    await signed.issue(certificate(first, { validTo: new Date('2026-11-26') }));
    expect(await standing()).toBe('expired');
    await signed.issue(certificate(first, { validTo: new Date('2026-11-26') }), certificate(second));
    expect(await standing()).toBe('signed');
  });
});

describe('the directory', () => {
  const find = async (status: string | null) => {
    const input = directoryQuerySchema.parse({ status });
    const { items, all } = await findProjects({ ctx: signed.ctx, input });
    expect(items).toHaveLength(all);
    return items.map((item) => `${item.slug} ${item.standing}`);
  };

  it('marks what is revoked, finds it by that, and doesn’t list it as active or paused', async () => {
    await release(first, after);
    expect(await find('revoked')).toEqual([]);
    expect(await find('active')).toContain(`${project} signed`);
    for (const edits of [{}, paused]) {
      await signed.accept({ ...revoking(first, date), ...edits });
      expect(await find('revoked')).toEqual([`${project} revoked`]);
      expect(await find(null)).toContain(`${project} revoked`);
      for (const other of ['active', 'paused', 'retired'])
        expect((await find(other)).join()).not.toContain(project);
    }
  });
});

describe('a project as data', () => {
  it('includes the states of the project, its certificates and its releases', async () => {
    await release(first, before);
    await release(first, after);
    await signed.accept(revoking(first, date));
    const detail = await readProject({ ctx: signed.ctx, input: { slug: parseProjectSlug(project) } });
    if (detail === null) throw new Error('the seed has no such project');
    const revocation = {
      serial: first,
      effectiveAt: '2026-11-20T00:00:00.000Z',
      url: `https://a.example/revocations/${first}`,
    };
    expect(await publishProject(signed.ctx, detail)).toMatchObject({
      standing: 'revoked',
      revokedReleases: 1,
      certificates: [{ serial: first, revocation }],
      releases: [
        { standing: { state: 'revoked', refused: true, revocation } },
        { standing: { state: 'good-before-revocation', refused: false, revocation } },
      ],
    });
  });
});
