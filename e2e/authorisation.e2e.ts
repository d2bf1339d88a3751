/**
 * Every role at every page, in every form a page is answered in, and at every server action of the build. What is in
 * neither table below fails: a new page or form has to say whose it is.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { APIRequestContext, Browser, Page } from '@playwright/test';
import { z } from 'zod';
import { answerEverything, openAs } from './people.ts';
import { requestsThatEnded } from './report.ts';

test.describe.configure({ mode: 'serial' });

const project = join(import.meta.dirname, '..');
const emailMark = 'marked-address@example.org';
const noteMark = 'Marked note among reviewers.';

const roles = ['public', 'stranger', 'owner', 'approver', 'maintainer', 'reviewer', 'auditor'] as const;
type Role = (typeof roles)[number];
const names: Readonly<Record<Exclude<Role, 'public'>, string>> = {
  stranger: 'Nora Newcomer',
  owner: 'Sam Stranger',
  approver: 'Alex Approver',
  maintainer: 'Mara Maintainer',
  reviewer: 'Robin Reviewer',
  auditor: 'Olga Overseer',
};
/** No project has it. */
const webhook = 'a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f10';
const sessions = new Map<Role, APIRequestContext>();
const persons: readonly Role[] = ['approver', 'maintainer', 'reviewer', 'auditor'];
const signedIn: readonly Role[] = ['stranger', 'owner', ...persons];
const place = { application: '', review: '' };

test.beforeAll(async ({ browser, playwright, baseURL }) => {
  const owner = await openAs(browser, names.owner, '/apply');
  await answerEverything(owner, {
    repository: 'shelf-collective/shelf-lib',
    name: 'Shelf Lib',
    handle: 'sam-lib',
  });
  await owner.getByRole('link', { name: 'Change Your name' }).click();
  await owner.getByLabel('E-mail').fill(emailMark);
  await owner.getByRole('button', { name: 'Save and continue' }).click();
  await owner.getByRole('button', { name: 'Send the application' }).click();
  await expect(owner.getByText('The foundation has received your application')).toBeVisible();
  place.application = new URL(owner.url()).pathname.split('/').at(-1) ?? '';
  // The first one ever is report 1, whoever sent it.
  await owner.goto('/report');
  await owner.getByLabel('Something else is wrong').check();
  await owner.getByLabel('What you saw').fill('A report that is here to be looked at.');
  await owner.getByLabel('How to reach you').fill(emailMark);
  await owner.getByRole('button', { name: 'Send report' }).click();
  await expect(owner.getByRole('heading', { level: 1, name: 'Your report' })).toBeVisible();
  const reviewer = await openReview(browser);
  place.review = new URL(reviewer.url()).pathname.split('/').at(-1) ?? '';
  await reviewer.getByLabel('Note', { exact: true }).fill(noteMark);
  await reviewer.getByRole('button', { name: 'Add the note' }).click();
  await expect(reviewer.getByText(noteMark)).toBeVisible();
  sessions.set('public', await playwright.request.newContext({ baseURL: baseURL ?? '' }));
  sessions.set('owner', owner.context().request);
  sessions.set('reviewer', reviewer.context().request);
  for (const role of ['stranger', 'approver', 'maintainer', 'auditor'] as const) {
    sessions.set(role, (await openAs(browser, names[role], '/')).context().request);
  }
});

async function openReview(browser: Browser): Promise<Page> {
  const page = await openAs(browser, names.reviewer, '/reviews?q=Shelf+Lib');
  await page.getByRole('link', { name: 'Shelf Lib' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Shelf Lib' })).toBeVisible();
  return page;
}

const sessionOf = (role: Role): APIRequestContext => {
  const session = sessions.get(role);
  if (session === undefined) throw new Error(`no session of ${role}`);
  return session;
};

/** Page → an address of it, and who may see what is private there. */
const pages: Readonly<Record<string, () => readonly [path: string, who: readonly Role[]]>> = {
  'app/(applicant)/applications/[id]/page.tsx': () => [`/applications/${place.application}`, ['owner']],
  'app/(applicant)/applications/page.tsx': () => ['/applications', ['owner']],
  'app/(applicant)/apply/[id]/[question]/page.tsx': () => [`/apply/${place.application}/contact`, []],
  'app/(applicant)/apply/[id]/check/page.tsx': () => [`/apply/${place.application}/check`, ['owner']],
  'app/(applicant)/apply/[id]/ended/page.tsx': () => [`/apply/${place.application}/ended`, ['owner']],
  'app/(applicant)/apply/[id]/page.tsx': () => [`/apply/${place.application}`, ['owner']],
  'app/(applicant)/apply/[id]/proof/page.tsx': () => [`/apply/${place.application}/proof`, ['owner']],
  'app/(applicant)/messages/page.tsx': () => ['/messages', ['owner', 'reviewer']],
  'app/(auditor)/audit/page.tsx': () => ['/audit', []],
  'app/(auditor)/audit/exports/[id]/page.tsx': () => [
    '/audit/exports/a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f10',
    [],
  ],
  'app/(auditor)/audit/[list]/page.tsx': () => ['/audit/events', []],
  'app/(auditor)/audit/[list]/[number]/page.tsx': () => ['/audit/events/1', []],
  'app/(reviewer)/reports/[id]/page.tsx': () => ['/reports/1', ['maintainer', 'reviewer']],
  'app/(reviewer)/reports/page.tsx': () => ['/reports', []],
  'app/(reviewer)/reviews/[id]/page.tsx': () => [`/reviews/${place.review}`, ['reviewer']],
  'app/(reviewer)/reviews/page.tsx': () => ['/reviews', ['reviewer']],
};
/** Nothing private is on these: all they show is public, or the reader's own. */
const open = [
  'app/(maintainer)/approval-key/page.tsx',
  'app/(applicant)/apply/page.tsx',
  'app/(maintainer)/approvals/page.tsx',
  // Exists on development portals alone; its own test says so.
  'app/(maintainer)/outbox/page.tsx',
  'app/(maintainer)/samples/page.tsx',
  // Who may see which is a question of the room (lib/samples/samples.db.test.ts).
  'app/(maintainer)/samples/[id]/page.tsx',
  'app/sign-in/page.tsx',
];

const forms: readonly Readonly<Record<string, string>>[] = [
  {},
  { rsc: '1' },
  { rsc: '1', 'next-router-prefetch': '1' },
  { rsc: '1', 'next-router-segment-prefetch': '/_tree' },
  { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
  { 'x-nextjs-data': '1' },
];

test('no page shows private data to anybody else, in any response format', async () => {
  const found = globSync('app/**/page.tsx', { cwd: project }).map((file) => file.replaceAll('\\', '/'));
  const known = (file: string): boolean =>
    Object.hasOwn(pages, file) || open.includes(file) || file.startsWith('app/(public)/');
  expect(
    found.filter((file) => !known(file)),
    'pages that say not whose they are',
  ).toEqual([]);
  expect(
    Object.keys(pages).filter((file) => !found.includes(file)),
    'pages that are gone',
  ).toEqual([]);
  for (const [file, page] of Object.entries(pages)) {
    const [path, who] = page();
    for (const role of roles) {
      for (const headers of forms) {
        const answer = await sessionOf(role).get(path, { headers, maxRedirects: 0 });
        const text = await answer.text();
        const what = `${file} for ${role} with ${JSON.stringify(headers)}`;
        expect.soft(answer.status(), what).toBeLessThan(500);
        expect
          .soft(text.includes(noteMark), `${what}: notes`)
          .toBe(role === 'reviewer' && file.includes('reviews/[id]') && text.includes(noteMark));
        if (!who.includes(role)) expect.soft(text.includes(emailMark), `${what}: address`).toBe(false);
      }
    }
  }
  // That the marks are there to be found at all.
  const seen = await sessionOf('reviewer').get(`/reviews/${place.review}`);
  const text = await seen.text();
  expect([text.includes(noteMark), text.includes(emailMark)]).toEqual([true, true]);
  expect(await (await sessionOf('owner').get(`/applications/${place.application}`)).text()).toContain(
    emailMark,
  );
});

test('audit records are for auditors and policy maintainers, and nothing private is in them', async () => {
  const auditing: readonly Role[] = ['maintainer', 'reviewer', 'auditor'];
  const about = `application:${place.application}`;
  for (const role of roles) {
    for (const list of ['events', 'decisions', 'journal', 'policies']) {
      const path = `/audit/${list}${list === 'events' ? '?kind=application.submitted' : ''}`;
      const text = await (await sessionOf(role).get(path, { maxRedirects: 0 })).text();
      const may = auditing.includes(role);
      expect.soft(text.includes('By whom'), `${list} for ${role}`).toBe(may);
      if (list === 'events') expect.soft(text.includes(about), `${about} for ${role}`).toBe(may);
      for (const mark of [emailMark, noteMark]) expect.soft(text, `${list} for ${role}`).not.toContain(mark);
    }
  }
  // Auditing gives no right to what people wrote.
  for (const path of [`/reviews/${place.review}`, '/reports/1', `/applications/${place.application}`]) {
    const text = await (await sessionOf('auditor').get(path)).text();
    for (const mark of [emailMark, noteMark]) expect.soft(text, path).not.toContain(mark);
  }
});

interface ActionCase {
  /** Whose it is; everybody else is refused. */
  readonly who: readonly Role[];
  readonly fields: () => Readonly<Record<string, string>>;
  /** Roles for whom it is done for real, to see that the others were asked rightly. */
  readonly done?: readonly Role[];
}
const application = () => ({ id: place.application });
const review = () => ({ id: place.review });
const change = () => ({ number: '1', head: '0'.repeat(40) });

const actions: Readonly<Record<string, ActionCase>> = {
  'app/(public)/requests/[id]/actions.ts cancelForm': {
    who: ['approver', 'maintainer'],
    fields: () => ({ request: denied(), reason: 'x', confirmed: 'yes' }),
  },
  'app/(auditor)/audit/actions.ts exportForm': {
    who: ['maintainer', 'reviewer', 'auditor'],
    fields: () => ({ from: '2026-01-01', to: '2026-01-31' }),
    done: ['auditor'],
  },
  'app/(maintainer)/approval-key/actions.ts addKeyForm': {
    who: persons,
    fields: () => ({ publicKey: 'no key' }),
  },
  'app/(maintainer)/samples/[id]/actions.ts openSuggestion': {
    who: persons,
    fields: () => ({ id: 'a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f10', name: 'package' }),
  },
  'app/(applicant)/applications/actions.ts factorForm': { who: ['owner'], fields: application },
  'app/(applicant)/applications/actions.ts withdrawForm': { who: ['owner'], fields: application },
  'app/(applicant)/applications/actions.ts appealForm': {
    who: ['owner'],
    fields: () => ({ ...application(), body: 'x' }),
  },
  'app/(applicant)/applications/actions.ts replyForm': {
    who: ['owner'],
    fields: () => ({ ...application(), body: 'Hello' }),
    done: ['owner'],
  },
  // Reviewers look at the pages of accepted projects, too; this one isn't accepted.
  'app/(applicant)/applications/actions.ts checkLinksForm': {
    who: ['owner', 'reviewer'],
    fields: application,
  },
  'app/(applicant)/apply/actions.ts answerForm': {
    who: ['owner'],
    fields: () => ({
      ...application(),
      question: 'contact',
      seen: 'none',
      name: 'E',
      email: 'e@example.org',
    }),
  },
  'app/(applicant)/apply/actions.ts proveForm': { who: ['owner'], fields: application, done: ['owner'] },
  'app/(applicant)/apply/actions.ts sendForm': { who: ['owner'], fields: application, done: ['owner'] },
  'app/(applicant)/apply/actions.ts startForm': { who: signedIn, fields: () => ({}), done: ['approver'] },
  'app/(applicant)/messages/actions.ts choicesForm': {
    who: signedIn,
    fields: () => ({ email: '' }),
    done: ['stranger'],
  },
  'app/(applicant)/messages/actions.ts askAgainForm': { who: signedIn, fields: () => ({}) },
  'app/(public)/changes/actions.ts openBranchForm': {
    who: persons,
    fields: () => ({ branch: 'none', title: 'x', description: '' }),
  },
  'app/(public)/changes/actions.ts confirmForm': { who: ['maintainer', 'reviewer'], fields: () => ({}) },
  'app/(public)/changes/[number]/actions.ts mergeForm': { who: persons, fields: change },
  'app/(public)/changes/[number]/actions.ts updateForm': { who: persons, fields: change },
  'app/(public)/changes/[number]/actions.ts closeForm': { who: persons, fields: change },
  'app/(public)/changes/[number]/actions.ts reviewForm': {
    who: persons,
    fields: () => ({ ...change(), body: 'x', intent: 'commented' }),
  },
  'app/(public)/changes/[number]/actions.ts signForm': {
    who: ['maintainer', 'reviewer'],
    fields: () => ({ ...change(), signature: 'x' }),
  },
  'app/(public)/changes/_edit/actions.ts sendEdit': {
    who: persons,
    fields: () => ({
      path: 'foundation.yaml',
      number: '',
      base: '0'.repeat(40),
      draft: '',
      title: 'x',
      description: '',
      intent: 'propose',
    }),
  },
  'app/(public)/projects/[slug]/team/actions.ts addMemberForm': {
    who: persons,
    fields: () => ({ project: 'esbuild-demo', login: '', name: '', handle: '', authors: 'yes' }),
  },
  'app/(public)/projects/[slug]/tokens/actions.ts makeTokenForm': {
    who: ['maintainer', 'approver'],
    fields: () => ({
      project: 'esbuild-demo',
      name: 'from a form',
      days: '7',
      once: 'a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f10',
    }),
  },
  'app/(public)/projects/[slug]/tokens/actions.ts revokeTokenForm': {
    who: ['maintainer', 'approver', 'reviewer'],
    fields: () => ({
      project: 'esbuild-demo',
      reason: '',
      id: 'a9a1c4de-8c3a-4a58-9d1e-0a6f6a3c9f10',
    }),
  },
  'app/(public)/projects/[slug]/webhooks/actions.ts addWebhookForm': {
    who: ['maintainer', 'approver'],
    // Refused for its address, and not for who sends it.
    fields: () => ({
      project: 'esbuild-demo',
      url: 'nothing',
      format: 'slack',
      events: 'request.denied',
      once: webhook,
    }),
  },
  'app/(public)/projects/[slug]/webhooks/actions.ts changeWebhookForm': {
    who: ['maintainer', 'approver'],
    fields: () => ({ project: 'esbuild-demo', id: webhook, intent: 'test', once: webhook }),
  },
  'app/(public)/projects/[slug]/webhooks/actions.ts repeatDeliveryForm': {
    who: ['maintainer', 'approver'],
    fields: () => ({ project: 'esbuild-demo', id: webhook, delivery: '1' }),
  },
  'app/(public)/projects/[slug]/webhooks/actions.ts rotateSecretForm': {
    who: ['maintainer', 'approver'],
    fields: () => ({ project: 'esbuild-demo', id: webhook }),
  },
  'app/(public)/revocations/actions.ts revokeForm': {
    who: ['maintainer', 'reviewer'],
    fields: () => ({
      serial: '01',
      trigger: 'malware',
      effectiveAt: '2026-01-01T00:00',
      statement: 'x',
      base: '0'.repeat(40),
    }),
  },
  'app/(reviewer)/reports/actions.ts acknowledgeForm': {
    who: ['maintainer', 'reviewer'],
    fields: () => ({ id: '1999999999' }),
  },
  'app/(reviewer)/reports/actions.ts closeForm': {
    who: ['maintainer', 'reviewer'],
    fields: () => ({ id: '1999999999', outcome: 'no-grounds', answer: 'x' }),
  },
  'app/(reviewer)/reviews/actions.ts removeViewForm': {
    who: ['reviewer'],
    fields: () => ({ id: '1' }),
    done: ['reviewer'],
  },
  'app/(reviewer)/reviews/actions.ts saveViewForm': {
    who: ['reviewer'],
    fields: () => ({ name: 'Mine', query: 'due=late' }),
    done: ['reviewer'],
  },
  'app/(reviewer)/reviews/actions.ts claimForm': {
    who: ['reviewer'],
    fields: () => ({ ...review(), intent: 'claim' }),
    done: ['reviewer'],
  },
  'app/(reviewer)/reviews/actions.ts talkForm': {
    who: ['reviewer'],
    fields: () => ({ ...review(), body: 'A note', intent: 'note' }),
    done: ['reviewer'],
  },
  'app/(reviewer)/reviews/actions.ts againForm': {
    who: ['reviewer'],
    fields: () => ({ applicationId: place.application, reason: 'x' }),
  },
  'app/(reviewer)/reviews/actions.ts proposeAgainForm': {
    who: ['reviewer'],
    fields: () => ({ ...review(), applicationId: place.application }),
  },
  'app/(reviewer)/reviews/actions.ts attestForm': {
    who: ['reviewer'],
    fields: () => ({ ...review(), kind: 'other', title: 'x', url: '', text: 'x' }),
    done: ['reviewer'],
  },
  'app/(reviewer)/reviews/actions.ts recuseForm': {
    who: ['reviewer'],
    fields: () => ({ ...review(), reason: 'x' }),
  },
  'app/(reviewer)/reviews/[id]/decide-action.ts decideForm': {
    who: ['reviewer'],
    fields: () => ({ ...review(), outcome: 'accepted', reasons: 'x', conditions: '', reapplyFrom: '' }),
  },
};
/** One that has ended: whoever may cancel it is told so, and everybody else is refused. */
const denied = (): string => requestsThatEnded('denied')[0]?.id ?? '';
/** Signing in and out; a signature, which counts by its key and not by who hands it in; a look at a typed text. */
const free = [
  'app/sign-in/actions.ts signOut',
  'app/sign-in/actions.ts signInWithGitHub',
  'app/sign-in/actions.ts signInWithGitLab',
  'app/sign-in/actions.ts signInForDevelopment',
  'app/(public)/requests/[id]/actions.ts handInApproval',
  'app/(public)/changes/_edit/actions.ts checkText',
  'app/(public)/emergency-stop/actions.ts stopForm',
  'app/(public)/report/actions.ts reportForm',
  // Whoever has the link from an e-mail; without one it is refused.
  'app/(public)/unsubscribe/[token]/actions.ts unsubscribeForm',
  'app/(public)/confirm-address/[token]/actions.ts confirmAddressForm',
];

const manifestSchema = z.object({
  node: z.record(
    z.string(),
    z.object({
      filename: z.string(),
      exportedName: z.string(),
      workers: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** The address of a page that has the action in it: only there does the server know it. */
function pageWith(workers: readonly string[]): string {
  const [worker = ''] = workers;
  const segments = worker
    .replace(/^app\//, '')
    .replace(/\/page$/, '')
    .split('/')
    .filter((segment) => !segment.startsWith('('));
  const ids: Readonly<Record<string, string>> = {
    reviews: place.review,
    changes: '1',
    reports: '1',
    projects: 'esbuild-demo',
    requests: denied(),
  };
  return `/${segments
    .map((segment) => (segment.startsWith('[') ? (ids[segments[0] ?? ''] ?? place.application) : segment))
    .join('/')}`;
}

/** A server action as a form without scripts calls it; ids that begin with 6 take the form's state, too. */
async function call(role: Role, page: string, id: string, fields: Readonly<Record<string, string>>) {
  const state = '[{"error":null,"errors":{},"values":{},"seen":null}]';
  const reference = {
    $ACTION_REF_1: '',
    '$ACTION_1:0': `{"id":"${id}","bound":"$@1"}`,
    '$ACTION_1:1': state,
  };
  return sessionOf(role).post(page, {
    headers: { origin: process.env['COUNTERSIGN_URL'] ?? '' },
    multipart: { ...(id.startsWith('6') ? reference : { [`$ACTION_ID_${id}`]: '' }), ...fields },
    maxRedirects: 0,
  });
}

test('every server action refuses everybody who isn’t authorised', async () => {
  const file = join(project, '.next', 'server', 'server-reference-manifest.json');
  const { node } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const found = Object.entries(node).map(([id, one]): readonly [string, { id: string; page: string }] => [
    `${one.filename} ${one.exportedName}`,
    { id, page: pageWith(Object.keys(one.workers)) },
  ]);
  const unknown = found
    .map(([name]) => name)
    .filter((name) => actions[name] === undefined && !free.includes(name));
  expect(unknown, 'actions that say not whose they are').toEqual([]);
  const ids = new Map(found);
  for (const [name, one] of Object.entries(actions)) {
    const { id = '', page = '' } = ids.get(name) ?? {};
    expect(id, `${name} is in the build`).not.toBe('');
    for (const role of roles) {
      if (one.who.includes(role) && one.done?.includes(role) !== true) continue;
      const answer = await call(role, page, id, one.fields());
      const to = answer.headers()['location'] ?? '';
      const what = `${name} by ${role}`;
      // There may be no change yet, and Next.js answers a form on a page that isn't there with 500.
      if (!name.includes('[number]')) expect.soft(answer.status(), what).toBeLessThan(500);
      if (one.who.includes(role)) expect.soft(to, `${what} is done`).not.toBe('');
      else
        expect
          .soft(to === '' || to.startsWith('/sign-in'), `${what} is refused, not sent to ${to}`)
          .toBe(true);
    }
  }
  // What the refused ones would have done has not happened.
  const text = await (await sessionOf('reviewer').get(`/reviews/${place.review}`)).text();
  expect(text).toContain(emailMark);
  expect(text).not.toContain('e@example.org');
});
