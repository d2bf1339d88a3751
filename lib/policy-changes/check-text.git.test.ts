import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksPerMinute } from './check-text.ts';
import { checkText } from './index.ts';
import { openFoundation } from './open-foundation.fixture.ts';

const path = 'projects/zip-demo/policies/release-signing.yaml';

describe('checking a text while it is edited', () => {
  let foundation: Awaited<ReturnType<typeof openFoundation>>;
  beforeEach(async () => {
    foundation = await openFoundation();
  });
  afterEach(() => foundation.release());

  it('is limited for each person, and for nobody else', async () => {
    const input = { path, content: 'kind: SigningPolicy\n', number: null };
    const ctx = await foundation.as('demo-approver');
    for (let time = 0; time < checksPerMinute; time += 1) {
      expect((await checkText({ ctx, input })).problems.length).toBeGreaterThan(0);
    }
    await expect(checkText({ ctx, input })).rejects.toMatchObject({ code: 'TOO_OFTEN' });
    const other = await foundation.as('demo-maintainer');
    expect((await checkText({ ctx: other, input })).problems.length).toBeGreaterThan(0);
  });

  it('is for people whom the policy names', async () => {
    const input = { path, content: '', number: null };
    await expect(checkText({ ctx: foundation.public, input })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });
});
