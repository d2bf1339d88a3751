/** A foundation that takes applications, with the development GitHub and a GitLab; a clock that tests move. For tests. */
import { expect } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededAccounts, startGitHub } from '../../dev/github/index.ts';
import { portalToken, seededUsers, startGitLabProjects } from '../../dev/gitlab/projects/index.ts';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import type { Identity } from '#core/identity/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import type { UserToken } from '../platform/code-host/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { newSshKey } from '#core/policy/seed.fixture.ts';
import { openFoundation } from '../policy-changes/open-foundation.fixture.ts';
import { answerMark, readApplication, saveAnswer, startApplication, submitApplication } from './index.ts';

export async function openAdmissions(options: { readonly seed?: string } = {}) {
  const host = await startGitHub();
  const gitLab = await startGitLabProjects();
  const folder = await mkdtemp(join(tmpdir(), 'admissions-'));
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, portalToken);
  let aheadMilliseconds = 0;
  const foundation = await openFoundation({
    ...options,
    config: {
      codeHost: { apiUrl: host.url, gitlab: { server: 'https://gitlab.com', url: gitLab.url, tokenFile } },
    },
    now: () => new Date(Date.now() + aheadMilliseconds),
  });
  const as = (identity: Identity, name: string): Context => {
    const actor: Actor = { kind: 'account', identity, name, development: true };
    return { ...foundation.portal, actor };
  };
  const account = (id: number, name: string): Context => as(onGitHub(id), name);
  const nora = account(seededAccounts.nora, 'Nora Newcomer');
  const sam = account(seededAccounts.sam, 'Sam Stranger');
  return {
    ...foundation,
    host,
    gitLab,
    noraOnGitLab: as({ host: 'gitlab', id: String(seededUsers.nora) }, 'Nora Newcomer'),
    samOnGitLab: as({ host: 'gitlab', id: String(seededUsers.sam) }, 'Sam Stranger'),
    nora,
    sam,
    account,
    passDays(days: number) {
      aheadMilliseconds += days * 24 * 3600 * 1000;
    },
    async release() {
      await foundation.release();
      await host.stop();
      await gitLab.stop();
      await rm(folder, { recursive: true });
      expect([...host.misfits, ...gitLab.misfits]).toEqual([]);
    },
  };
}

export const tokenOf = ({ actor }: Context): UserToken | null =>
  actor.kind === 'account' ? { host: actor.identity.host, token: `dev-user-${actor.identity.id}` } : null;

const tree: Readonly<Record<string, string>> = {
  nora: 'https://github.com/nora-newcomer/parcel-shelf',
};

/** Good answers to everything. */
export const goodAnswers = (
  program: 'executables' | 'components' = 'executables',
): Record<string, Record<string, string>> => ({
  program: { program },
  'eligible-osi-licence': { answer: 'yes' },
  'eligible-dual-licensing': { answer: 'no' },
  'eligible-sponsored': { answer: 'no' },
  'eligible-released': { answer: 'yes' },
  'eligible-harmful': { answer: 'no' },
  repository: { uri: tree['nora'] ?? '' },
  name: { name: 'Parcel Shelf', tagline: 'Keeps parcels in order.' },
  description: { description: 'It keeps parcels in order: where each stands, and when one is due.' },
  pages: { homepage: 'https://parcel-shelf.example', download: 'https://parcel-shelf.example/download' },
  licence: { licence: 'MIT' },
  privacy: { sends: 'no', policy: '' },
  'system-changes': { changes: 'no', page: '' },
  build: { workflow: '.github/workflows/release.yml', artifacts: 'One installer (.exe)' },
  approver: { handle: 'nora', keys: newSshKey() },
  ...(program === 'executables'
    ? { reputation: { evidence: 'In Debian since 2018: https://example.org/pkg' } }
    : {}),
  contact: { name: 'Nora Newcomer', email: 'nora@example.org' },
  declaration: { agreed: 'yes' },
});

export async function answer(
  ctx: Context,
  id: number,
  question: string,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  const { application } = await readApplication({ ctx, input: { id } });
  const seen = answerMark(application.answers[question]);
  await saveAnswer({ ctx, input: { id, question, typed, seen, userToken: tokenOf(ctx) } });
}

/** A sent application. `changes`: answers other than the good ones. */
export async function sendApplication(
  ctx: Context,
  program: 'executables' | 'components' = 'executables',
  changes: Readonly<Record<string, Record<string, string>>> = {},
): Promise<number> {
  const id = await startApplication({ ctx });
  for (const [question, typed] of Object.entries({ ...goodAnswers(program), ...changes })) {
    await answer(ctx, id, question, typed);
  }
  await submitApplication({ ctx, input: { id } });
  return id;
}
