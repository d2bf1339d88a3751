import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seededAccounts, seededRepositories } from '../../dev/github/index.ts';
import { seededProjects } from '../../dev/gitlab/projects/index.ts';
import { behindLock, patientContext } from '../../dev/test/held-lock.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openDns } from '../platform/dns/index.ts';
import {
  answerMark,
  appealDecision,
  listApplications,
  listMaintained,
  nameConflicts,
  offerProof,
  proveRepository,
  readApplication,
  replyToReviewers,
  saveAnswer,
  startApplication,
  submitApplication,
  withdrawApplication,
} from './index.ts';
import { answer, goodAnswers, openAdmissions, sendApplication, tokenOf } from './open-admissions.fixture.ts';

let on: Awaited<ReturnType<typeof openAdmissions>>;
beforeAll(async () => {
  on = await openAdmissions();
});
afterAll(() => on.release());
/** Each test begins with nothing under way; what was sent stays on record. */
beforeEach(async () => {
  for (const ctx of [on.nora, on.sam]) {
    for (const { id, status } of await listApplications({ ctx })) {
      if (!['accepted', 'rejected', 'withdrawn'].includes(status))
        await withdrawApplication({ ctx, input: { id } });
    }
  }
});

const refusal = (code: string) => expect.objectContaining({ name: 'ApplicationsError', code }) as unknown;
const read = async (id: number) => (await readApplication({ ctx: on.nora, input: { id } })).application;

describe('an application', () => {
  it('is started once, however often the button is pressed', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => startApplication({ ctx: on.nora })));
    expect(new Set(ids).size).toBe(1);
  });

  it('is started once by two concurrent clicks', async () => {
    const start = () => startApplication({ ctx: patientContext(on.nora) });
    // As a portal of before there were hosts writes it: the two wait for one another.
    const values = [`application-start:${seededAccounts.nora}`];
    const held = { lock: 'SELECT pg_advisory_xact_lock(hashtext($1))', values };
    const ended = await behindLock(on.ownerUrl, held, start, start);
    expect(new Set(ended.map((result) => result.status === 'fulfilled' && result.value)).size).toBe(1);
  });

  it('needs a signed-in account', async () => {
    await expect(startApplication({ ctx: on.public })).rejects.toEqual(refusal('NOT_SIGNED_IN'));
  });

  it('can’t be seen or answered by anybody else', async () => {
    const id = await startApplication({ ctx: on.nora });
    await expect(readApplication({ ctx: on.sam, input: { id } })).rejects.toEqual(
      refusal('UNKNOWN_APPLICATION'),
    );
    await expect(readApplication({ ctx: await on.as('demo-reviewer'), input: { id } })).rejects.toEqual(
      refusal('UNKNOWN_APPLICATION'),
    );
    await expect(answer(on.sam, id, 'program', { program: 'components' })).rejects.toEqual(
      refusal('UNKNOWN_APPLICATION'),
    );
  });

  it('keeps every answer until it is sent, and is sent once', async () => {
    const id = await sendApplication(on.nora);
    await submitApplication({ ctx: on.nora, input: { id } });
    const application = await read(id);
    expect(application).toMatchObject({ status: 'submitted', name: 'Parcel Shelf', slug: 'parcel-shelf' });
    expect(application.sent?.lines).toContainEqual({
      question: 'licence',
      label: 'Which licence is it under?',
      text: 'MIT',
    });
    expect(await on.portal.db.review.count({ where: { applicationId: id } })).toBe(1);
    await expect(answer(on.nora, id, 'licence', { licence: 'Apache-2.0' })).rejects.toEqual(
      refusal('NOT_A_DRAFT'),
    );
  });

  it('is not submitted while an answer is missing or makes it ineligible', async () => {
    const id = await startApplication({ ctx: on.nora });
    await expect(submitApplication({ ctx: on.nora, input: { id } })).rejects.toEqual(refusal('NOT_COMPLETE'));
    for (const [question, typed] of Object.entries(goodAnswers())) await answer(on.nora, id, question, typed);
    await answer(on.nora, id, 'eligible-sponsored', { answer: 'yes' });
    await expect(submitApplication({ ctx: on.nora, input: { id } })).rejects.toMatchObject({
      code: 'NOT_COMPLETE',
      message: expect.stringContaining('community projects') as string,
    });
  });

  it('shows what another window answered before replacing it', async () => {
    const id = await startApplication({ ctx: on.nora });
    const save = (licence: string, seen: string) =>
      saveAnswer({
        ctx: on.nora,
        input: { id, question: 'licence', typed: { licence }, seen, userToken: null },
      });
    await save('MIT', 'none');
    await expect(save('Apache-2.0', 'none')).rejects.toMatchObject({
      code: 'CHANGED_MEANWHILE',
      message: expect.stringContaining('MIT') as string,
    });
    expect((await read(id)).answers['licence']).toEqual({ licence: 'MIT' });
    await save('Apache-2.0', answerMark({ licence: 'MIT' }));
    expect((await read(id)).answers['licence']).toEqual({ licence: 'Apache-2.0' });
  });

  it('loses no answer when several pages are saved at once', async () => {
    const id = await startApplication({ ctx: on.nora });
    const good = goodAnswers('components');
    await Promise.all(
      ['program', 'licence', 'contact', 'privacy', 'pages'].map((question) =>
        answer(on.nora, id, question, good[question] ?? {}),
      ),
    );
    expect(Object.keys((await read(id)).answers).sort()).toEqual([
      'contact',
      'licence',
      'pages',
      'privacy',
      'program',
    ]);
  });
});

describe('while another transaction writes an application', () => {
  it('an answer waits and overwrites nothing', async () => {
    const id = await startApplication({ ctx: on.nora });
    const good = goodAnswers('components');
    const save = (question: string) => () =>
      answer(patientContext(on.nora), id, question, good[question] ?? {});
    const lock = `SELECT 1 FROM portal.application WHERE id = ${id} FOR UPDATE`;
    await behindLock(on.ownerUrl, { lock }, save('licence'), save('contact'));
    expect(Object.keys((await read(id)).answers).sort()).toEqual(['contact', 'licence']);
  });

  it('another of the same name isn’t submitted before it is known whether the name is free', async () => {
    const id = await startApplication({ ctx: on.nora });
    for (const [question, typed] of Object.entries(goodAnswers())) await answer(on.nora, id, question, typed);
    const rival = await startApplication({ ctx: on.sam });
    const held = {
      lock: `SELECT pg_advisory_xact_lock(hashtext('application-submit'))`,
      meanwhile: (holder: Client) =>
        holder.query(
          `UPDATE portal.application SET status = 'submitted', submitted_at = now(), name = 'Parcel Shelf', slug = 'parcel-shelf'
            WHERE id = $1`,
          [rival],
        ),
    };
    const submit = () => submitApplication({ ctx: patientContext(on.nora), input: { id } });
    expect(await behindLock(on.ownerUrl, held, submit)).toMatchObject([
      {
        status: 'rejected',
        reason: { code: 'NOT_COMPLETE', message: expect.stringContaining('name') as string },
      },
    ]);
  });
});

describe('the repository', () => {
  const choose = async (uri: string) => {
    const id = await startApplication({ ctx: on.nora });
    await answer(on.nora, id, 'repository', { uri });
    return id;
  };

  it('is chosen from those that the host lists for the person', async () => {
    const found = await listMaintained({ ctx: on.nora, input: { userToken: tokenOf(on.nora) } });
    expect(found.map((repository) => [repository.repository.name, repository.permission])).toEqual(
      expect.arrayContaining([
        ['parcel-shelf', 'admin'],
        ['shelf-lib', 'push'],
      ]),
    );
    expect(found.map((repository) => repository.repository.name)).not.toContain('other-tool');
  });

  it('is proved by the host if the person administers it, and prefills the first answers', async () => {
    const application = await read(await choose('https://github.com/nora-newcomer/parcel-shelf.git/'));
    expect(application.repository).toMatchObject({
      id: String(seededRepositories.parcelShelf),
      uri: 'https://github.com/nora-newcomer/parcel-shelf',
    });
    expect(application.proof).toMatchObject({ how: 'host' });
    expect(application.suggestions).toMatchObject({
      name: { name: 'Parcel Shelf' },
      licence: { licence: 'MIT' },
      pages: { homepage: 'https://parcel-shelf.example' },
      privacy: { policy: 'https://parcel-shelf.example/privacy' },
      build: { workflow: '.github/workflows/release.yml' },
    });
    expect(application.suggestions['description']?.['description']).toMatch(/^Parcel Shelf keeps parcels/);
  });

  it('is not proved by write access, but by a file in it', async () => {
    const id = await choose('https://github.com/shelf-collective/shelf-lib');
    expect((await read(id)).proof).toBeNull();
    const prove = () => proveRepository({ ctx: on.nora, input: { id, userToken: tokenOf(on.nora) } });
    await expect(prove()).rejects.toEqual(refusal('NOT_POSSIBLE_NOW'));
    const offer = await offerProof({ ctx: on.nora, input: { id } });
    const { files } = on.host.state.need(seededRepositories.shelfLib);
    files.set(offer?.file ?? '', 'countersign-application=0000\n');
    await expect(prove()).rejects.toEqual(refusal('NOT_POSSIBLE_NOW'));
    files.set(offer?.file ?? '', `# hello\n${offer?.challenge ?? ''}\r\n`);
    await expect(prove()).resolves.toMatchObject({ how: 'file' });
    files.delete(offer?.file ?? '');
    // Another repository's proof is not this one's.
    await answer(on.nora, id, 'repository', { uri: 'https://github.com/sam-stranger/other-tool' });
    expect((await read(id)).proof).toBeNull();
  });

  it('is proved by a record of the domain that the repository itself names as its home page', async () => {
    const id = await choose('https://github.com/shelf-collective/shelf-lib');
    const offer = await offerProof({ ctx: on.nora, input: { id } });
    expect(offer?.record).toBe('_countersign.shelf-lib.example');
    const server = await startDnsServer(offer?.record ?? '', offer?.challenge ?? '');
    try {
      const ctx = { ...on.nora, dns: openDns({ servers: [server.address] }) };
      const wrong = {
        ...on.nora,
        dns: openDns({ servers: [(await startDnsServer('x.example', 'y')).address] }),
      };
      const input = { id, userToken: null };
      await expect(proveRepository({ ctx: wrong, input })).rejects.toEqual(refusal('NOT_POSSIBLE_NOW'));
      await expect(proveRepository({ ctx, input })).resolves.toMatchObject({ how: 'dns' });
    } finally {
      server.stop();
    }
  });

  it('on GitLab is proved by a role in it, and prefills answers as on GitHub', async () => {
    const input = { userToken: null };
    const listed = await listMaintained({ ctx: on.noraOnGitLab, input });
    expect(listed.map(({ repository }) => repository.uri)).toEqual(['https://gitlab.com/nora-newcomer/tray']);
    const chosen = async (ctx: Context) => {
      const id = await startApplication({ ctx });
      await answer(ctx, id, 'repository', { uri: 'https://gitlab.com/example/tools/widget' });
      return (await readApplication({ ctx, input: { id } })).application;
    };
    const application = await chosen(on.noraOnGitLab);
    expect(application).toMatchObject({
      applicant: { host: 'gitlab' },
      repository: { uri: 'https://gitlab.com/example/tools/widget', id: String(seededProjects.widget) },
      proof: { how: 'host', detail: expect.stringContaining('maintain') as string },
      suggestions: {
        name: { name: 'Widget', tagline: 'Widgets for desks' },
        licence: { licence: 'MIT' },
        privacy: { policy: 'https://widget.example/privacy' },
        build: { workflow: '.gitlab-ci.yml', tags: 'v*' },
      },
    });
    expect((await chosen(on.samOnGitLab)).proof).toBeNull();
    await withdrawApplication({ ctx: on.noraOnGitLab, input: { id: application.id } });
  });

  it('isn’t proved by what was proved of the same number on another host', async () => {
    const { projects } = on.gitLab.state;
    const tray = on.gitLab.state.need(seededProjects.tray);
    const id = seededRepositories.shelfLib;
    projects.set(id, { ...tray, id, path: 'same-number' });
    const ctx = on.noraOnGitLab;
    const started = await startApplication({ ctx });
    const proof = async (uri: string) => {
      await answer(ctx, started, 'repository', { uri });
      return (await readApplication({ ctx, input: { id: started } })).application.proof;
    };
    expect(await proof('https://gitlab.com/nora-newcomer/same-number')).toMatchObject({ how: 'host' });
    expect(await proof('https://github.com/shelf-collective/shelf-lib')).toBeNull();
    projects.delete(id);
    await withdrawApplication({ ctx, input: { id: started } });
  });

  it.each([
    ['no address of the code host', 'https://example.org/a/b'],
    ['a credential in the address', 'https://user:word@github.com/a/b'],
    ['a file of a repository', 'https://github.com/nora-newcomer/parcel-shelf/blob/main/README.md'],
    ['one that isn’t there', 'https://github.com/nora-newcomer/nothing-here'],
  ])('is refused when it is %s', async (_what, uri) => {
    await expect(choose(uri)).rejects.toEqual(refusal('ANSWER_INVALID'));
  });

  it('is refused when archived or private, and kept for later when the host is down', async () => {
    const repository = on.host.state.need(seededRepositories.otherTool);
    const uri = 'https://github.com/sam-stranger/other-tool';
    repository.archived = true;
    await expect(choose(uri)).rejects.toMatchObject({
      fields: [{ field: 'uri', message: expect.stringContaining('archived') as string }],
    });
    repository.archived = false;
    repository.private = true;
    await expect(choose(uri)).rejects.toEqual(refusal('ANSWER_INVALID'));
    repository.private = false;
    on.host.inject({
      path: /^\/repos\//,
      mishap: { kind: 'status', status: 403, headers: { 'retry-after': '900' } },
    });
    await expect(choose(uri)).rejects.toEqual(refusal('HOST_UNAVAILABLE'));
  });

  it('can’t be applied for twice, nor when it has a certificate', async () => {
    await sendApplication(on.nora);
    const id = await startApplication({ ctx: on.nora });
    await expect(answer(on.nora, id, 'repository', goodAnswers()['repository'] ?? {})).rejects.toMatchObject({
      fields: [
        { field: 'uri', message: expect.stringContaining('You have applied for it already') as string },
      ],
    });
    const stranger = await startApplication({ ctx: on.sam });
    await expect(
      answer(on.sam, stranger, 'repository', goodAnswers()['repository'] ?? {}),
    ).rejects.toMatchObject({
      fields: [{ field: 'uri', message: expect.stringContaining('Somebody else has applied') as string }],
    });
  });
});

describe('the name', () => {
  it('is refused when a project or another application has it, and flagged when it looks like one', async () => {
    await sendApplication(on.nora);
    const id = await startApplication({ ctx: on.sam });
    const name = (text: string) => answer(on.sam, id, 'name', { name: text, tagline: 'A tool.' });
    await expect(name('parcel  shelf!')).rejects.toMatchObject({
      fields: [{ field: 'name', message: 'Somebody else is applying under this name' }],
    });
    await expect(name('esbuild demo')).rejects.toMatchObject({
      fields: [{ field: 'name', message: expect.stringContaining('/projects/esbuild-demo') as string }],
    });
    await expect(name('包裹')).rejects.toEqual(refusal('ANSWER_INVALID'));
    await name('Parcel Sheff');
    const { conflicts } = await readApplication({ ctx: on.sam, input: { id } });
    expect(conflicts).toMatchObject({ taken: null, openLookalikes: 1 });
  });

  it('of a project is neither taken nor similar for the project itself, whether accepted or still applying', async () => {
    const sent = await read(await sendApplication(on.nora));
    const snapshot = (await acceptedPolicy(on.portal))?.snapshot;
    if (snapshot === undefined) throw new Error('no policy is in force');
    const conflicts = (name: string, repository: { readonly uri: string; readonly id: string } | null) =>
      nameConflicts(on.portal.db, snapshot, { id: 0, name, repository });
    const nothing = { taken: null, lookalikes: [], openLookalikes: 0 };
    const demo = snapshot.projects.get(parseProjectSlug('esbuild-demo'))?.project.value.repository ?? null;
    expect(await conflicts('esbuild demo', demo)).toEqual(nothing);
    expect(await conflicts('Parcel Shelf', sent.repository)).toEqual(nothing);
    const elsewhere = (one: { readonly id: string } | null) => ({
      uri: 'https://gitlab.com/eve/copy',
      id: one?.id ?? '',
    });
    expect((await conflicts('esbuild demo', elsewhere(demo))).taken).toContain('/projects/esbuild-demo');
    expect((await conflicts('Parcel Shelf', elsewhere(sent.repository))).taken).toContain('Somebody else');
    expect((await conflicts('Parcel Shelf', null)).taken).toBe('Somebody else is applying under this name');
  });
});

describe('after submission', () => {
  it('messages go to the reviewers, and can’t flood them', async () => {
    const id = await sendApplication(on.nora);
    await expect(replyToReviewers({ ctx: on.nora, input: { id, body: ' \u202e ' } })).rejects.toEqual(
      refusal('TEXT_INVALID'),
    );
    for (let count = 0; count < 20; count++) {
      await replyToReviewers({ ctx: on.nora, input: { id, body: `Hello ${count}` } });
    }
    await expect(replyToReviewers({ ctx: on.nora, input: { id, body: 'One more' } })).rejects.toEqual(
      refusal('TOO_MANY'),
    );
  });

  it('it can be withdrawn until it is decided, and then frees the name', async () => {
    const id = await sendApplication(on.nora);
    await withdrawApplication({ ctx: on.nora, input: { id } });
    await withdrawApplication({ ctx: on.nora, input: { id } });
    expect((await read(id)).status).toBe('withdrawn');
    expect(await on.portal.db.review.findFirst({ where: { applicationId: id } })).toMatchObject({
      state: 'closed',
      outcome: 'withdrawn',
    });
    await expect(submitApplication({ ctx: on.nora, input: { id } })).rejects.toEqual(refusal('NOT_A_DRAFT'));
    await expect(appealDecision({ ctx: on.nora, input: { id, body: 'Please' } })).rejects.toEqual(
      refusal('NOT_POSSIBLE_NOW'),
    );
    await sendApplication(on.nora);
  });

  it('what was written can’t be changed or removed by the portal’s own role', async () => {
    const id = await sendApplication(on.nora);
    const { db } = on.portal;
    await expect(db.applicationEvent.deleteMany({ where: { applicationId: id } })).rejects.toThrow(/denied/);
    await expect(
      db.applicationEvent.updateMany({ where: { applicationId: id }, data: { body: 'x' } }),
    ).rejects.toThrow(/denied/);
    await expect(db.application.delete({ where: { id } })).rejects.toThrow(/denied/);
  });
});

/** A DNS server that knows one TXT record (RFC 1035). */
async function startDnsServer(name: string, text: string) {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const asked: string[] = [];
    for (let at = 12; query[at] !== 0; at += (query[at] ?? 0) + 1) {
      asked.push(query.subarray(at + 1, at + 1 + (query[at] ?? 0)).toString());
    }
    const known = asked.join('.').toLowerCase() === name;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(known ? 1 : 0, 6);
    header.fill(0, 8, 12);
    const record = Buffer.concat([
      Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, text.length + 1, text.length]),
      Buffer.from(text),
    ]);
    socket.send(
      Buffer.concat([header, query.subarray(12, end), ...(known ? [record] : [])]),
      from.port,
      from.address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, stop: () => socket.close() };
}
