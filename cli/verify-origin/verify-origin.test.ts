/** The command against real bundles, as the material's own description answers for each, and against minted ones. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleRun } from '../../dev/build-system/index.ts';
import { artifact as artifactBytes, openTestBuildSystem } from '../../dev/build-system/fixture.ts';
import { lacksMaterial } from '../../dev/test/lacks.ts';
import { seedWithKeys } from '#core/policy/seed.fixture.ts';
import { CliError } from '../error.ts';
import { verifyOriginCommand } from './command.ts';

const cases = resolve(import.meta.dirname, '../../../shared/cases/origin');
let folder = '';
const at = (name: string): string => join(folder, name);
const save = (name: string, content: string | Uint8Array) => writeFile(at(name), content);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-origin-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function verify(
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly text: string }> {
  let text = '';
  const status = await verifyOriginCommand(args, (more) => (text += more));
  return { status, text };
}

interface Asked {
  readonly uri: string;
  readonly id: string;
  readonly ownerId: string;
  readonly workflow: string;
  readonly refs: string;
  readonly more?: string;
}

/** A policy by itself, for tests, which may be of any age. */
const policyText = ({
  uri,
  id,
  ownerId,
  workflow,
  refs,
  more = '',
}: Asked): string => `apiVersion: countersign/v1
kind: SigningPolicy
purpose: test
certificate: test
artifactConfiguration: any
scan: required
origin:
  buildSystem: github-actions
  repository: { uri: '${uri}', id: '${id}', ownerId: '${ownerId}' }
  workflow: .github/workflows/${workflow}
  refs: ${refs}
  triggers: [push, release, workflow_dispatch]
  runner: github-hosted
${more}approval: { quorum: 0, approvers: [] }
timestamp: none
`;

const sigstore = {
  uri: 'https://github.com/sigstore/sigstore-js',
  id: '495574555',
  ownerId: '71096353',
  workflow: 'release.yml',
  refs: '{ branches: [main] }',
};
const of = (changes: Partial<Asked>): Asked => ({ ...sigstore, ...changes });

interface Answer {
  readonly name: string;
  readonly asked: Asked;
  /** Rules that refuse it; with `others`, these among them. */
  readonly rules: readonly string[];
  readonly others?: true;
}

const answers: readonly Answer[] = [
  { name: 'npm-sigstore-2.3.1', asked: sigstore, rules: [] },
  {
    name: 'npm-playwright-cli-0.1.1',
    asked: of({
      uri: 'https://github.com/microsoft/playwright-cli',
      id: '273562379',
      ownerId: '6154722',
      workflow: 'publish.yml',
      refs: "{ tags: ['v*'] }",
    }),
    rules: [],
  },
  {
    name: 'npm-sigstore-1.0.0',
    asked: of({ workflow: 'publish.yml' }),
    rules: ['origin.runner', 'origin.repository'],
    others: true,
  },
  {
    name: 'gh-foundry-self-hosted',
    asked: of({
      uri: 'https://github.com/foundry-rs/foundry',
      id: '404320053',
      ownerId: '99892494',
      refs: '{ tags: [stable] }',
    }),
    rules: ['origin.runner'],
    others: true,
  },
  {
    name: 'gh-custom-issuer',
    asked: of({
      uri: 'https://github.com/too-legit/attest',
      id: '851894824',
      ownerId: '180348046',
      workflow: 'integration.yml',
    }),
    rules: ['origin.issuer'],
  },
  {
    name: 'bcr-wrong-signer',
    asked: of({
      uri: 'https://github.com/aspect-build/rules_lint',
      id: '631710741',
      ownerId: '60951090',
      refs: '{ branches: [publish-to-bcr] }',
    }),
    rules: ['origin.repository', 'origin.owner', 'origin.workflow'],
    others: true,
  },
  { name: 'BAD-npm-sigstore-2.3.1-invalidsigprov', asked: sigstore, rules: ['origin.signature'] },
];

describe.skipIf(lacksMaterial(cases))('a real bundle', () => {
  test.each(answers)('$name is answered as its description says', async ({ name, asked, rules, others }) => {
    await save('policy.yaml', policyText(asked));
    await save('nothing', '');
    const file = (await readdir(join(cases, name))).find((one) => one.startsWith('artifact'));
    const { status, text } = await verify(
      ...['--bundle', join(cases, name, 'bundle.json'), '--policy', at('policy.yaml'), '--json'],
      ...['--artifact', file === undefined ? at('nothing') : join(cases, name, file)],
      ...['--trust-root', join(cases, 'trusted_root.public-good.json')],
    );
    const said = JSON.parse(text) as {
      readonly verdict: string;
      readonly findings: readonly { readonly rule: string; readonly outcome: string }[];
    };
    const failed = said.findings.filter(({ outcome }) => outcome === 'fail').map(({ rule }) => rule);
    expect(failed).toEqual(others === true ? expect.arrayContaining([...rules]) : rules);
    expect([status, said.verdict]).toEqual(failed.length === 0 ? [0, 'allowed'] : [1, 'refused']);
  });

  test('is judged by the public trust root where none is named, and told in the words of a trace', async () => {
    await save('policy.yaml', policyText(of({ refs: '{ branches: [main-evil] }' })));
    const name = join(cases, 'npm-sigstore-2.3.1');
    const { status, text } = await verify(
      ...['--bundle', join(name, 'bundle.json'), '--artifact', join(name, 'artifact.tgz')],
      ...['--policy', at('policy.yaml')],
    );
    expect(status).toBe(1);
    expect(text).toMatch(
      /✗ .*\[origin\.ref\]\n +expected .*main-evil\n +found +refs\/heads\/main\n +line +\S+policy\.yaml:11:\d+\n +fix +\S/,
    );
    expect(text).toMatch(/✓ .*\[origin\.signature\]\n +log entry 94408136\n/);
    expect(text).toContain('the public Sigstore instance’s trust root');
    expect(text.trim().split('\n').at(-1)).toMatch(/artifact\.tgz would be refused: 1 reason, above\.$/);
  });
});

describe('a build of a policy repository’s project', () => {
  const policy = 'foundation/projects/esbuild-demo/policies/release-signing.yaml';
  const repository = {
    id: '900100200',
    ownerId: '900100',
    uri: 'https://github.com/countersign-demo/esbuild-windows',
  };
  let build: Awaited<ReturnType<typeof openTestBuildSystem>>;
  beforeAll(async () => {
    build = await openTestBuildSystem();
    for (const [name, bytes] of seedWithKeys()) {
      await mkdir(dirname(at(`foundation/${name}`)), { recursive: true });
      await save(`foundation/${name}`, bytes);
    }
    await save('artifact', artifactBytes);
    await save('root.json', JSON.stringify(build.buildSystem.trustedRoot()));
    await save('bundle.json', JSON.stringify(await build.attest({ run: { repository } })));
  });
  afterAll(() => build.remove());
  const files = () => ['--bundle', at('bundle.json'), '--artifact', at('artifact')];

  test('is held to issuer, floors and lines of the repository', async () => {
    const { status, text } = await verify(
      ...files(),
      '--policy',
      at(policy),
      '--trust-root',
      at('root.json'),
    );
    expect(text).toContain(`was built where ${at(policy)} says.`);
    expect(text).not.toContain('floors');
    expect(status).toBe(0);
  });

  test('is refused under another trust root', async () => {
    await save('other.json', JSON.stringify((await openTestBuildSystem()).buildSystem.trustedRoot()));
    const named = [...files(), '--policy', at(policy)];
    const { status, text } = await verify(...named, '--trust-root', at('other.json'));
    expect(status).toBe(1);
    expect(text).toContain('[origin.signature]');
    // Whom the public root vouches for, the signer may not believe: its own root is another.
    await expect(verify(...named)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('installed with as development') as string,
    });
  });

  test('is refused of a project that is paused, and a repository that isn’t valid is none', async () => {
    const project = 'foundation/projects/esbuild-demo/project.yaml';
    const text = new TextDecoder().decode(seedWithKeys().get('projects/esbuild-demo/project.yaml'));
    await save(project, text.replace('status: active', 'status: paused'));
    await expect(verify(...files(), '--policy', at(policy))).rejects.toThrow(/is paused/);
    await save(project, text.replace('status: active', 'status: whatever'));
    await expect(verify(...files(), '--policy', at(policy))).rejects.toThrow(/project\.yaml:\d+:\d+/);
    await save(project, text);
  });

  test('needs a named trust root where the policy’s is another than the public one', async () => {
    const root = 'foundation/trust/root.yaml';
    const text = new TextDecoder().decode(seedWithKeys().get('trust/root.yaml'));
    const pinned = '{"signed":{"_type":"root"},"signatures":[{"keyid":"a","sig":"b"}]}';
    const tuf = (kind: string): string =>
      text.replaceAll(
        'trustRoot: development',
        `tuf: ${JSON.stringify({ kind, mirror: 'https://m.example', root: pinned, staleDays: 7 })}`,
      );
    await save(root, tuf('github'));
    await expect(verify(...files(), '--policy', at(policy))).rejects.toThrow(
      /comes from https:\/\/m\.example/,
    );
    // A root that lacks what its kind has isn’t taken from anybody.
    await expect(verify(...files(), '--policy', at(policy), '--trust-root', at('root.json'))).rejects.toThrow(
      /timestamp authority/,
    );
    await save(root, text);
  });
});

describe('what can’t be used', () => {
  test.each([
    ['no bundle', { bundle: '' }, 'USAGE', /--bundle is missing/],
    ['an option that isn’t there', { url: 'x' }, 'USAGE', /--url/],
    ['a policy that isn’t there', { policy: 'none.yaml' }, 'USAGE', /none\.yaml can’t be read/],
    ['a policy that is none', { policy: 'broken.yaml' }, 'REFUSED', /broken\.yaml:1:1: /],
    ['a policy without origin', { policy: 'bare.yaml' }, 'REFUSED', /names no origin/],
    ['a bundle of several lines', { bundle: 'two.jsonl' }, 'REFUSED', /several lines/],
    ['a trust root that is none', { 'trust-root': 'two.json' }, 'REFUSED', /two\.json: .*media type/],
    ['a policy without end', { policy: '../../dev/zero' }, 'REFUSED', /too large for a policy/],
    ['a bundle without end', { bundle: '../../dev/zero' }, 'REFUSED', /too large for a bundle/],
    ['an artifact that isn’t there', { artifact: 'none' }, 'USAGE', /none can’t be read/],
  ] as const)('%s', async (_what, changes, code, said) => {
    const good = policyText(sigstore);
    await save('good.yaml', good);
    await save('broken.yaml', '[]');
    await save('bare.yaml', good.replace(/origin:[^]*?approval:/, 'approval:'));
    await save('two.jsonl', '{}\n{}\n');
    await save('two.json', '{}');
    const named = { bundle: 'two.json', artifact: 'good.yaml', policy: 'good.yaml', ...changes };
    const args = Object.entries(named).flatMap(([name, file]) => [`--${name}`, file === '' ? '' : at(file)]);
    const asked = verify(...args);
    await expect(asked).rejects.toThrow(said);
    await expect(asked).rejects.toBeInstanceOf(CliError);
    await expect(asked).rejects.toMatchObject({ code });
  });

  test('what only the code host could tell is told as not checked', async () => {
    const good = policyText(sigstore);
    await save('asking.yaml', good.replace('runner: github-hosted', 'runner: { groups: [release] }'));
    await save('none.json', '{}');
    const said = await verify(
      `--bundle=${at('none.json')}`,
      `--artifact=${at('none.json')}`,
      `--policy=${at('asking.yaml')}`,
    );
    expect(said.text).toContain('what the signer asks the code host: runner');
  });

  test('a policy that stands alone is of another issuer where that is named', async () => {
    const build = await openTestBuildSystem();
    await save('bundle.json', JSON.stringify(await build.attest()));
    await save('artifact', artifactBytes);
    await save('root.json', JSON.stringify(build.buildSystem.trustedRoot()));
    const { repository, workflow } = exampleRun;
    await save(
      'own.yaml',
      policyText({
        uri: repository.uri,
        id: repository.id,
        ownerId: repository.ownerId,
        workflow: workflow.replace('.github/workflows/', ''),
        refs: "{ branches: [main], tags: ['v*'] }",
      }),
    );
    const named = ['--bundle', at('bundle.json'), '--artifact', at('artifact'), '--policy', at('own.yaml')];
    const own = await verify(...named, '--trust-root', at('root.json'), '--issuer', exampleRun.issuer);
    expect(own).toMatchObject({ status: 0 });
    expect(own.text).toContain('(its floors)');
    const foreign = await verify(...named, '--trust-root', at('root.json'));
    expect(foreign.text).toContain('[origin.issuer]');
    build.remove();
  });
});
