import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toApplication } from '../applications/index.ts';
import { openAdmissions, sendApplication } from '../applications/open-admissions.fixture.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { newSshKey } from '#core/policy/seed.fixture.ts';
import { readChange } from '../policy-changes/index.ts';
import { acceptChange, decideOn } from './decide.fixture.ts';
import { addApprovalKey, proposeAcceptedProjects, readReleaseSteps } from './index.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
beforeAll(async () => {
  on = await openAdmissions();
});
afterAll(() => on.release());

describe('an accepted project that named no key', () => {
  it('can only make test signatures, says so, and gets its release policy together with the first key', async () => {
    const id = await sendApplication(on.sam, 'components', {
      repository: { uri: 'https://github.com/sam-stranger/other-tool' },
      name: { name: 'Other Tool', tagline: 'Another tool.' },
      build: { workflow: '', tags: 'other-*', kind: 'zip', artifacts: '' },
      approver: { handle: 'sam', keys: '' },
    });
    await decideOn(on, id, 'accepted');
    await proposeAcceptedProjects(on.portal);
    const row = await on.portal.db.application.findUniqueOrThrow({ where: { id } });
    await acceptChange(on, toApplication(row).changeNumber ?? 0);
    const slug = parseProjectSlug('other-tool');
    const ctx = await on.as('sam');
    const steps = async () =>
      Object.fromEntries(
        (await readReleaseSteps({ ctx, input: { slug } }))?.items.map((item) => [item.name, item]) ?? [],
      );
    expect(await steps()).toMatchObject({
      'release-policy': { state: 'to-do', href: '/approval-key' },
      approvers: { state: 'to-do', href: '/approval-key' },
      'release-signing': { state: 'waiting' },
    });
    const { number } = await addApprovalKey({ ctx, input: { publicKey: newSshKey() } });
    const change = await readChange({ ctx: on.public, input: { number } });
    expect(change.assessment.problems).toEqual([]);
    const path = 'projects/other-tool/policies/release-signing.yaml';
    expect(change.assessment.files.map((file) => file.path).toSorted()).toEqual(['people/sam.yaml', path]);
    // As it was answered, months before.
    const text = change.assessment.files.find((file) => file.path === path)?.after ?? '';
    expect(parse(text)).toMatchObject({
      origin: { refs: { tags: ['other-*'] }, workflow: '.github/workflows/release.yml' },
      approval: { quorum: 1, approvers: ['sam'] },
    });
    await acceptChange(on, number);
    expect(await steps()).toMatchObject({
      'release-policy': { state: 'done' },
      approvers: { state: 'done' },
    });
  });
});
