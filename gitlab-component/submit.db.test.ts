/** The component for GitLab: its inputs as GitLab fills them in, and its commands against the portal's own routes. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode, encode } from '#core/policy/seed.fixture.ts';
import { seedOnGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { exampleJob } from '../dev/build-system/index.ts';
import { startTokenService, type TokenService } from '../dev/github/index.ts';
import { tokenClaimsOf } from '../dev/gitlab/index.ts';
import { lacksTools } from '../dev/test/lacks.ts';
import { testFolder } from '../dev/test/index.ts';
import { FakePortal } from '../cli/client/portal.fixture.ts';
import { bearerActor } from '../lib/platform/auth/index.ts';
import { releaseOf, servePortal, stateOf, type ServedPortal } from '../action/portal.fixture.ts';
import { declared, filledIn, runComponent, template } from './component.fixture.ts';

const project = 'esbuild-demo';
/** Of files, which say something to curl, to a shell's commands or to sha256sum. */
const oddNames = [
  'a[1-3].exe',
  '{a,b}.exe',
  '-n',
  '--help',
  'back\\slash.exe',
  "it's $(id) `id`.exe",
  'a;b@c.exe',
];
const built = Buffer.from('what a build made');
const signed = Buffer.from('what the signer made of it');
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const gitLab = 'https://gitlab.com';
const anotherGitLab = 'https://gitlab.example';

/** The seed's project on gitlab.com, where account 777 is that of its maintainer; another GitLab builds, too. */
function policyFiles(): Map<string, Uint8Array> {
  const files = seedOnGitLab();
  const edit = (file: string, from: string | RegExp, to: string): void => {
    const before = decode(files.get(file));
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${file} has no ${String(from)}`);
    files.set(file, encode(after));
  };
  const maintainer = [...files].find(
    ([file, bytes]) => file.startsWith('people/') && decode(bytes).includes("'900001'"),
  );
  edit(maintainer?.[0] ?? '', /^ {2}github: '900001'$/m, "  github: '900001'\n  gitlab: '777'");
  edit(
    'trust/root.yaml',
    'buildSystems:\n',
    `buildSystems:\n  - {name: gitlab-own, provider: gitlab, issuer: ${anotherGitLab}, trustRoot: sigstore-public-good}\n`,
  );
  return files;
}

/** The id token of a job, that began so many seconds ago. */
function idToken({ issuer = gitLab, userId = '777', secondsAgo = 0 } = {}): string {
  const job = {
    ...exampleJob,
    projectPath: 'countersign-demo/tools/esbuild-windows',
    projectId: '20000001',
    namespaceId: '7000001',
  };
  const iat = Math.floor(Date.now() / 1000) - secondsAgo;
  const times = { iat, nbf: iat - 5, exp: iat + 3600 };
  return service.sign({
    ...tokenClaimsOf(job, { userId }),
    ...times,
    iss: issuer,
    aud: on.url,
    jti: randomUUID(),
  });
}

let service: TokenService;
let on: ServedPortal;
let folder: Awaited<ReturnType<typeof testFolder>>;
let usual: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  service = await startTokenService();
  on = await servePortal(service.keysUrl, { issuers: [gitLab, anotherGitLab], files: policyFiles() });
  folder = await testFolder('gitlab');
  usual = { portal: on.url, project, policy: 'release-signing', from: 'release', file: 'out/widget.tgz' };
});
afterAll(async () => {
  await on.close();
  await service.stop();
  await folder.release();
});

async function run(
  given: Readonly<Record<string, unknown>>,
  meanwhile: (log: string, interrupt: () => void) => void = () => undefined,
  token = on.token,
  identity = '',
  ofPipeline: Readonly<Record<string, string>> = {},
) {
  const workspace = join(folder.folder, randomUUID());
  await mkdir(join(workspace, 'out'), { recursive: true });
  await writeFile(join(workspace, 'out/widget.tgz'), built);
  for (const name of oddNames) await writeFile(join(workspace, name), name);
  await writeFile(join(workspace, 'attestation.sigstore.json'), '{"mediaType":"x"}');
  const tokens = { COUNTERSIGN_TOKEN: token, COUNTERSIGN_ID_TOKEN: identity };
  const environment = { ...tokens, CI_COMMIT_TAG: 'v1","evil=2' };
  const ended = await runComponent({ workspace, environment, meanwhile, ofPipeline }, { ...usual, ...given });
  return { ...ended, workspace };
}

describe('the component', () => {
  it('uses the inputs that it declares, and has the job that built before it', () => {
    const used = [...template.matchAll(/\$\[\[ inputs\.([\w-]+) \]\]/g)].map(([, name]) => name);
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(declared).toSorted());
    const job = filledIn({ ...usual, portal: 'https://sign.example' });
    expect(job.id_tokens).toEqual({ COUNTERSIGN_ID_TOKEN: { aud: 'https://sign.example' } });
    expect(job.needs).toEqual([{ job: 'release', artifacts: true }]);
    expect(job).toMatchObject({ rules: [{ when: 'on_success' }], tags: [], environment: null });
    const asked = { environment: 'release', tags: ['own'], rules: [{ if: '$CI_COMMIT_TAG =~ /^v/' }] };
    expect(filledIn({ ...usual, ...asked })).toMatchObject(asked);
    // What is given from outside is a value, and no text of a command; but for the portal's address, whose form says nothing to a shell.
    const commands = template.slice(template.indexOf('  script:'));
    expect([...commands.matchAll(/\[\[ inputs\.([\w-]+)/g)].map(([, name]) => name)).toEqual(['portal']);
    for (const portal of [
      ...['http://sign.example', 'https://', `https://a'b`, 'https://a b', 'https://a\nb', 'https://a"b'],
      ...[
        'https://a$(id)',
        'https://a`id`',
        'https://a;id',
        'sign.example',
        'x https://a',
        'http://127.0.0.1:1@a',
      ],
    ])
      expect(() => filledIn({ ...usual, portal }), portal).toThrow('portal is not of its form');
    for (const [name, { options }] of Object.entries(declared))
      if (options !== undefined) expect(options, name).toContain(declared[name]?.default);
  });
});

describe.skipIf(lacksTools('curl', 'jq'))('its commands', () => {
  let id = '';

  it('ask for a signature, and end', async () => {
    const { status, log, outputs, workspace } = await run({});
    expect(log).not.toContain(on.token);
    expect(status, log).toBe(0);
    id = outputs['REQUEST_ID'] ?? '';
    expect(outputs).toMatchObject({
      REQUEST_URL: `${on.url}/requests/${id}`,
      STATE: 'received',
      SIGNED_FILE: '',
    });
    expect(JSON.parse(await readFile(join(workspace, 'countersign-annotations.json'), 'utf8'))).toMatchObject(
      {
        Countersign: [{ external_link: { url: outputs['REQUEST_URL'] } }],
      },
    );
    const { rows } = await on.owner.query<Record<string, unknown>>(
      'SELECT artifact_name, artifact_sha256, bundle_sha256 IS NOT NULL AS proven FROM portal.signing_request WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ artifact_name: 'widget.tgz', artifact_sha256: sha256Of(built), proven: true }]);
  });

  it('go on with the same request when the job is retried, and fetch what was signed', async () => {
    await stateOf(on, id, 'waiting-for-approval');
    let released = false;
    const { status, log, outputs, workspace } = await run({ wait: 'poll' }, (said) => {
      if (released || !said.includes('waiting-for-approval')) return;
      released = true;
      void releaseOf(on, id, signed);
    });
    expect(status, log).toBe(0);
    expect(outputs).toMatchObject({
      REQUEST_ID: id,
      STATE: 'completed',
      SIGNED_FILE: 'signed/widget.tgz',
      SHA256: sha256Of(signed),
    });
    expect(await readFile(join(workspace, 'signed/widget.tgz'))).toEqual(signed);
  });

  it('say how to go on when the job is cancelled', async () => {
    const { status, log, outputs } = await run(
      { wait: 'poll', bundle: '', policy: 'test-signing' },
      (said, interrupt) => {
        if (said.includes('The request: ')) interrupt();
      },
    );
    expect(status).toBe(130);
    expect(log).toContain('Retry this job to go on with it');
    const id = outputs['REQUEST_ID'] ?? '';
    await stateOf(on, id, 'waiting-for-approval');
    // The job that is retried goes on with it, and ends with the signer's words as it is refused, none of which moves the cursor.
    let denied = false;
    const again = await run({ wait: 'poll', bundle: '', policy: 'test-signing' }, (log_) => {
      if (denied || !log_.includes('waiting-for-approval')) return;
      denied = true;
      void stateOf(on, id, 'denied', 'The scanner found \u001B[31msomething.');
    });
    expect(again).toMatchObject({ status: 1, outputs: { REQUEST_ID: id, STATE: 'denied' } });
    expect(again.log).toContain('The scanner found  [31msomething.');
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, number, RegExp]>([
    ['a policy that the project hasn’t', { policy: 'nope' }, 1, /no (?:signing )?policy/i],
    ['parameters that nobody asks for', { parameters: ['version=1.2.3'] }, 1, /version/],
    ['parameters that are none', { parameters: ['version'] }, 2, /no list of NAME=VALUE/],
    ['a file that isn’t there', { file: 'out/none' }, 2, /isn't among the artifacts/],
    ['an attestation that is none', { bundle: 'out/widget.tgz' }, 2, /is no attestation/],
  ])('refuse %s', async (_, change, expected, said) => {
    const { status, log } = await run(change);
    expect(log).toMatch(said);
    expect(status, log).toBe(expected);
  });

  it.each([
    ['...', '_'],
    ['../../x', '__.._x'],
    ['.bashrc', '_bashrc'],
    ['a$(id)`id`\nb', 'a__id__id__b'],
  ])('put what the portal calls %j into the folder as %s', async (name, safe) => {
    const fake = await FakePortal.start();
    fake.name = name;
    fake.onLook = ({ id: one, release }) => {
      if (release === null) fake.release(one, signed);
    };
    const { status, log, outputs, workspace } = await run({ portal: fake.url, wait: 'poll' });
    fake.stop();
    expect(status, log).toBe(0);
    expect(await readdir(join(workspace, 'signed'))).toEqual([safe]);
    expect(outputs['SIGNED_FILE']).toBe(`signed/${safe}`);
    expect(await readdir(workspace)).not.toContain('file.json');
  });

  it('send parameters letter by letter, with variables in them, none of which ends another', async () => {
    const fake = await FakePortal.start();
    const parameters = ['version=${CI_COMMIT_TAG}', ' name = it\'s a "name" = $NONE', 'with-lines=a\nb'];
    const { status, log, outputs } = await run({ portal: fake.url, parameters });
    fake.stop();
    expect(status, log).toBe(0);
    expect(fake.requests.get(outputs['REQUEST_ID'] ?? '')?.submission).toMatchObject({
      parameters: { version: 'v1","evil=2', name: 'it\'s a "name" = ', 'with-lines': 'a\nb' },
    });
  });

  it.each(oddNames)('send a file that is called %s as it is', async (name) => {
    const fake = await FakePortal.start();
    const { status, log, outputs } = await run({ portal: fake.url, file: name.replaceAll("'", "''") });
    fake.stop();
    expect(status, log).toBe(0);
    expect(fake.requests.get(outputs['REQUEST_ID'] ?? '')?.submission).toMatchObject({
      artifact: { name, sha256: sha256Of(Buffer.from(name)) },
    });
  });

  it('publish no token of the job as a parameter, whoever started the pipeline with which variables', async () => {
    const fake = await FakePortal.start();
    const names = ['COUNTERSIGN_TOKEN', 'COUNTERSIGN_ID_TOKEN', 'CI_JOB_TOKEN', 'token'];
    const { status, log, outputs } = await run({ portal: fake.url }, undefined, on.token, 'an-id-token', {
      CI_JOB_TOKEN: 'glcbt-of-the-job',
      token: 'mine',
      COUNTERSIGN_PARAMETERS: JSON.stringify(names.map((name, at) => `p${at}=[$${name}]`)),
    });
    fake.stop();
    expect(status, log).toBe(0);
    expect(fake.requests.get(outputs['REQUEST_ID'] ?? '')?.submission).toMatchObject({
      parameters: { p0: '[]', p1: '[]', p2: '[]', p3: '[]' },
    });
  });

  it('end where the time to wait is no number of minutes, before anything is sent or run', async () => {
    for (const minutes of ['a[$(touch ran)]', '1.5', '-1', '1e9', '999999', '']) {
      const fake = await FakePortal.start();
      const { status, log, workspace } = await run(
        { portal: fake.url, wait: 'poll' },
        undefined,
        on.token,
        '',
        {
          COUNTERSIGN_TIMEOUT_MINUTES: minutes,
        },
      );
      fake.stop();
      expect(status, log).toBe(2);
      expect(log).toContain(`timeout-minutes is ${minutes}:`);
      expect(fake.asked).toEqual([]);
      expect(await readdir(workspace)).not.toContain('ran');
    }
  });

  it('end where more comes than was announced, before the disk is full of it', async () => {
    const fake = await FakePortal.start();
    const sent = Buffer.alloc(1_000_000);
    fake.before = ({ method, url = '' }, response) => {
      if (method !== 'GET' || !url.endsWith('/artifact')) return false;
      // In chunks, so that nothing of HTTP says how much will come.
      response.writeHead(200);
      response.end(sent);
      return true;
    };
    fake.onLook = ({ id: one, release }) => {
      if (release === null) fake.release(one, signed);
    };
    const { status, log, workspace } = await run({ portal: fake.url, wait: 'poll' });
    fake.stop();
    expect(status, log).toBe(4);
    expect(log).toContain(`more than the ${signed.length} bytes`);
    expect(await readdir(join(workspace, 'signed'))).toEqual([]);
  });

  it('ask with the identity token of the job, where there is no secret, as whoever runs it', async () => {
    // Other bytes than the request of before.
    const given = { file: 'attestation.sigstore.json' };
    const first = idToken();
    const { status, log, outputs } = await run(given, undefined, '', first);
    expect(status, log).toBe(0);
    expect(log).not.toContain(first);
    const { rows } = await on.owner.query<{ readonly submitted_by: string }>(
      'SELECT submitted_by FROM portal.signing_request WHERE id = $1',
      [outputs['REQUEST_ID']],
    );
    expect(rows[0]?.submitted_by).toMatch(/^build:gitlab\/20000001\/8000000001\/1 by person:[a-z-]+$/);
    // A retried job has another token, and goes on with the same request.
    const again = await run(given, undefined, '', idToken());
    expect(again.outputs['REQUEST_ID']).toBe(outputs['REQUEST_ID']);
  });

  it('send the token to the portal alone, whatever variables the pipeline was started with', async () => {
    const elsewhere = await FakePortal.start();
    const curl = await testFolder('curl');
    try {
      await writeFile(join(curl.folder, '.curlrc'), `proxy = ${elsewhere.url}\n`);
      const { status, log } = await run({}, undefined, on.token, '', {
        COUNTERSIGN_PORTAL: elsewhere.url,
        portal: elsewhere.url,
        CURL_HOME: curl.folder,
      });
      expect(status, log).toBe(0);
      expect([elsewhere.asked, elsewhere.headers]).toEqual([[], []]);
    } finally {
      elsewhere.stop();
      await curl.release();
    }
  });

  it('say what to do where the job began too long ago', async () => {
    const { status, log } = await run({}, undefined, '', idToken({ secondsAgo: 400 }));
    expect(status).toBe(1);
    expect(log).toMatch(/no token counts for more than 5 minutes.*Retry the job/s);
  });

  it('are those of nobody, where another server than the policy’s counts the accounts', async () => {
    const personOf = async (given: Parameters<typeof idToken>[0]) => {
      const actor = await bearerActor(on.portal, `Bearer ${idToken(given)}`, null);
      return actor.kind === 'build' ? actor.person : undefined;
    };
    expect(await personOf({})).not.toBeNull();
    expect(await personOf({ userId: '778' })).toBeNull();
    expect(await personOf({ issuer: anotherGitLab })).toBeNull();
  });

  it('refuse to work without a token', async () => {
    expect(await run({}, undefined, '')).toMatchObject({
      status: 2,
      log: expect.stringContaining('no variable COUNTERSIGN_TOKEN') as string,
    });
    expect((await run({}, undefined, 'csn_wrong')).status).toBe(1);
  });
});
