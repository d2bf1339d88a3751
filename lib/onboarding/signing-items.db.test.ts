import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { openSigned } from '../signatures/open-signed.fixture.ts';
import { readSigningProgress, signingItem } from './signing-items.ts';

const slug = parseProjectSlug('esbuild-demo');
const project = changed({}).projects.get(slug) ?? null;
const both = new Set(['release', 'test']);
let signed: Awaited<ReturnType<typeof openSigned>>;
let owner: Client;
beforeAll(async () => {
  signed = await openSigned();
  owner = new Client({ connectionString: signed.urls.owner });
  await owner.connect();
});
beforeEach(() => signed.clear());
afterAll(async () => {
  await owner.end();
  await signed.close();
});

let minute = 0;
async function request(policy: string, status: string | null, summary = ''): Promise<string> {
  const id = await signed.release([]);
  const at = new Date(Date.UTC(2026, 10, 27, 12, minute++));
  await owner.query(
    'UPDATE portal.signing_request SET project_slug = $2, policy_slug = $3, submitted_at = $4 WHERE id = $1',
    [id, slug, policy, at],
  );
  if (status === null) await owner.query('DELETE FROM signer.request_state WHERE request_id = $1', [id]);
  else
    await owner.query('UPDATE signer.request_state SET status = $2, summary = $3 WHERE request_id = $1', [
      id,
      status,
      summary,
    ]);
  return id;
}
const item = async (purpose: 'test' | 'release', own: ReadonlySet<string> = both) =>
  signingItem(purpose, await readSigningProgress(signed.ctx, slug, project), project, own);

describe('the step “First release”', () => {
  it('waits for policy and certificate, then is for the team', async () => {
    expect(await item('release', new Set(['test']))).toMatchObject({ state: 'waiting', href: null });
    expect(await item('release')).toMatchObject({ state: 'to-do', href: null });
    expect(
      signingItem('release', await readSigningProgress(signed.ctx, slug, null), null, both),
    ).toMatchObject({
      state: 'waiting',
    });
  });

  it.each([
    ['denied', 'to-do', 'refused: The tag main isn’t allowed.'],
    ['failed', 'to-do', 'failed: The tag main isn’t allowed.'],
    ['waiting-for-approval', 'to-do', 'waits for its approval'],
    ['checking', 'waiting', 'worked on'],
    [null, 'waiting', 'worked on'],
  ])('shows the signer’s state of a request that is %s, and links to it', async (status, state, words) => {
    const id = await request('release-signing', status, 'The tag main isn’t allowed.');
    const found = await item('release');
    expect(found).toMatchObject({ state, href: `/requests/${id}` });
    expect(found.detail).toContain(words);
  });

  it('follows the newest request, and is done for good once a release was signed', async () => {
    await request('release-signing', 'denied', 'An old mistake.');
    const newer = await request('release-signing', 'waiting-for-approval');
    expect(await item('release')).toMatchObject({ href: `/requests/${newer}` });
    await request('release-signing', 'completed');
    await request('release-signing', 'denied', 'A later mistake.');
    expect(await item('release')).toMatchObject({ state: 'done' });
  });

  it('doesn’t count a test signature as a release, nor the other way round', async () => {
    await request('test-signing', 'completed');
    expect(await item('test')).toMatchObject({ state: 'done' });
    expect(await item('release')).toMatchObject({ state: 'to-do', href: null });
  });
});
