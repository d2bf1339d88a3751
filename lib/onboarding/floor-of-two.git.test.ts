import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { projectDirectory } from '../../dev/stack/index.ts';
import { testFolder } from '../../dev/test/index.ts';
import { readApplication, toApplication } from '../applications/index.ts';
import { openAdmissions, sendApplication } from '../applications/open-admissions.fixture.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { newSshKey } from '#core/policy/seed.fixture.ts';
import { readChange } from '../policy-changes/index.ts';
import { acceptChange, decideOn } from './decide.fixture.ts';
import {
  addApprovalKey,
  addMember,
  proposeAcceptedProjects,
  readChecklist,
  readReleaseSteps,
} from './index.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
let work: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  work = await testFolder('floor-of-two');
  const seed = join(work.folder, 'seed');
  cpSync(join(projectDirectory, 'policies'), seed, { recursive: true });
  rmSync(join(seed, 'projects'), { recursive: true });
  const file = join(seed, 'foundation.yaml');
  const foundation = parse(readFileSync(file, 'utf8')) as { floors: { release: object } };
  foundation.floors.release = { ...foundation.floors.release, quorumMin: 2 };
  writeFileSync(file, stringify(foundation));
  on = await openAdmissions({ seed });
});
afterAll(async () => {
  await on.release();
  await work.release();
});

it('a project under a floor of two approvals is told whom it needs before its proposal, and gets its release policy with their key', async () => {
  const id = await sendApplication(on.sam, 'components', {
    repository: { uri: 'https://github.com/sam-stranger/other-tool' },
    name: { name: 'Other Tool', tagline: 'Another tool.' },
    approver: { handle: 'sam', keys: newSshKey() },
  });
  await decideOn(on, id, 'accepted');
  const application = async () =>
    toApplication(await on.portal.db.application.findUniqueOrThrow({ where: { id } }));
  const listed = async () =>
    (await readChecklist(on.sam, await application()))?.items.find(({ name }) => name === 'release-policy');
  const missing =
    /^Every release needs 2 approvals, and only sam on the project’s team can approve with a key\. Add approvers/;
  expect(await listed()).toMatchObject({
    state: 'waiting',
    href: null,
    detail: expect.stringMatching(missing) as unknown,
  });

  expect(await proposeAcceptedProjects(on.portal)).toEqual([]);
  const { changeNumber } = await application();
  const proposed = await readChange({ ctx: on.public, input: { number: changeNumber ?? 0 } });
  expect(proposed.assessment.problems).toEqual([]);
  const { events } = await readApplication({ ctx: on.sam, input: { id } });
  expect(events.map(({ body }) => body).join('\n')).toContain(
    'Not among them yet: the policy for a release.',
  );
  await acceptChange(on, changeNumber ?? 0);

  const project = parseProjectSlug('other-tool');
  const ctx = await on.as('sam');
  const step = async () =>
    (await readReleaseSteps({ ctx, input: { slug: project } }))?.items.find(
      ({ name }) => name === 'release-policy',
    );
  const path = 'projects/other-tool/policies/release-signing.yaml';
  expect(await step()).toMatchObject({ state: 'to-do', href: '/projects/other-tool/team' });
  expect(await listed()).toMatchObject({ state: 'to-do', href: '/projects/other-tool/team' });
  // Another key of the same person is nobody more.
  const second = await addApprovalKey({ ctx, input: { publicKey: newSshKey() } });
  const more = await readChange({ ctx: on.public, input: { number: second.number } });
  expect(more.assessment.files.map((file) => file.path)).toEqual(['people/sam.yaml']);

  const member = {
    project,
    host: '',
    login: 'yuri-yarn',
    handle: 'yuri',
    name: 'Yuri Yarn',
    roles: ['approvers'] as const,
  };
  const joined = await addMember({ ctx, input: { ...member, publicKey: '' } });
  const without = await readChange({ ctx: on.public, input: { number: joined.number } });
  expect(without.assessment.problems).toEqual([]);
  expect(without.assessment.files.map((file) => file.path)).not.toContain(path);
  const withKey = await addMember({ ctx, input: { ...member, publicKey: newSshKey() } });
  const change = await readChange({ ctx: on.public, input: { number: withKey.number } });
  expect(change.assessment.problems).toEqual([]);
  const text = change.assessment.files.find((file) => file.path === path)?.after ?? '';
  expect(parse(text)).toMatchObject({ approval: { quorum: 2, approvers: ['sam', 'yuri'] } });

  // Somebody who joined without a key brings the policy with their own.
  await acceptChange(on, joined.number);
  expect(await step()).toMatchObject({ state: 'to-do', href: '/approval-key' });
  const first = await addApprovalKey({ ctx: await on.as('yuri'), input: { publicKey: newSshKey() } });
  const last = await readChange({ ctx: on.public, input: { number: first.number } });
  expect(last.assessment.problems).toEqual([]);
  expect(last.assessment.files.map((file) => file.path).toSorted()).toEqual(['people/yuri.yaml', path]);
  await acceptChange(on, first.number);
  expect(await step()).toMatchObject({ state: 'done' });
  expect(await listed()).toBeUndefined();
});
