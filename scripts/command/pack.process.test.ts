/** What the package of the command promises: it installs from its one file, without a registry, and does its work. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '#core/formats/pe/program.fixture.ts';
import { zip } from '#core/formats/zip/zip.fixture.ts';
import { releaseOf, servePortal } from '../../action/portal.fixture.ts';
import { startTokenService } from '../../dev/github/index.ts';
import { lacksMaterial } from '../../dev/test/lacks.ts';
import { packCommand } from './pack.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..', '..');
const cases = path.join(root, '..', 'shared', 'cases', 'origin', 'npm-sigstore-2.3.1');
let folder = '';
let command = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'package-'));
  const tarball = await packCommand(folder);
  const flags = ['--offline', '--no-audit', '--no-fund', '--prefix', path.join(folder, 'prefix')];
  await run('npm', ['install', '--global', ...flags, tarball], { cwd: folder });
  // Only the installed copy is left.
  await rm(path.join(folder, 'countersign'), { recursive: true });
  command = path.join(folder, 'prefix', 'bin', 'countersign');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ended(...args: string[]): Promise<{ status: number; text: string }> {
  const PATH = `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  try {
    const { stdout, stderr } = await run(command, args, {
      cwd: folder,
      env: { PATH, HOME: folder, NODE_ENV: 'test' },
    });
    return { status: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { status: code ?? -1, text: stdout + stderr };
  }
}

describe('the installed command', () => {
  it('prints its version and help', async () => {
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await ended('--version')).toEqual({ status: 0, text: `${version}\n` });
    expect((await ended('help')).text).toContain('countersign submit FILE --project SLUG');
  });

  it('validates a policy repository and finds what is wrong with another', async () => {
    await cp(path.join(root, 'policies'), path.join(folder, 'policies'), { recursive: true });
    const good = await ended('validate', 'policies');
    expect(good.text).toContain('Valid: 2 projects');
    await rm(path.join(folder, 'policies', 'people', 'demo-approver.yaml'));
    expect(await ended('validate', 'policies')).toMatchObject({ status: 1 });
  });

  it('loads everything that each other command needs', async () => {
    const closed = ['--url', 'http://127.0.0.1:9'];
    for (const [args, status, said] of [
      [
        ['status', '0f8fad5b-d9cb-469f-a165-70867728950e', '--retry-for', '0', ...closed],
        4,
        /can’t be reached/,
      ],
      [['explain', 'a', 'b', '--repo', 'nowhere'], 2, /nowhere is not a folder/],
      [['plan', '--base', 'a', '--head', 'b', '--repo', folder], 2, /has no commit a/],
      [['import', 'signpath', 'none.xml'], 1, /there is no such file/],
      [['stop', '--everything', '--reason', 'x', '--key', 'none', ...closed], 1, /ssh-keygen/],
      [['tokens', 'list', '--project', 'a', '--key', 'none', ...closed], 1, /ssh-keygen/],
    ] as const) {
      const answer = await ended(...args);
      expect(answer.text).toMatch(said);
      expect(answer.text).not.toMatch(/ERR_MODULE_NOT_FOUND|\n\s+at /);
      expect(answer.status).toBe(status);
    }
  });

  it('submits to a running portal, waits, and fetches what was released', async () => {
    const service = await startTokenService();
    const on = await servePortal(service.keysUrl);
    try {
      await writeFile(path.join(folder, 'app.tgz'), randomBytes(9000));
      const policy = ['--project', 'esbuild-demo', '--policy', 'test-signing'];
      const waiting = ['--wait', '--output', 'signed', '--url', on.url, '--token', on.token];
      const submitted = ended('submit', 'app.tgz', ...policy, ...waiting);
      const listed = async (): Promise<readonly { readonly id: string }[]> => {
        const answer = await fetch(`${on.url}/api/v1/requests?project=esbuild-demo`);
        return ((await answer.json()) as { readonly requests: readonly { readonly id: string }[] }).requests;
      };
      await expect.poll(listed).toHaveLength(1);
      const signed = randomBytes(9500);
      await releaseOf(on, (await listed())[0]?.id ?? '', signed);
      const { status, text } = await submitted;
      expect(text).toContain(`written to ${path.join('signed', 'widget.tgz')}`);
      expect(status).toBe(0);
      expect(await readFile(path.join(folder, 'signed', 'widget.tgz'))).toEqual(signed);
    } finally {
      await on.close();
      await service.stop();
    }
  });

  it('inspects a file with the inspector that it brings along, and refuses as the signer does', async () => {
    const configuration = (inner: string) =>
      `apiVersion: countersign/v1\nkind: ArtifactConfiguration\nroot:\n  type: zip\n  contents:\n    - { type: pe, path: ${inner}, sign: { method: authenticode } }\n`;
    const archive = zip([{ name: 'app/widget.exe', content: buildProgram() }]);
    await writeFile(path.join(folder, 'widget.zip'), archive);
    await writeFile(path.join(folder, 'good.yaml'), configuration('app/*.exe'));
    await writeFile(path.join(folder, 'near.yaml'), configuration('"*.exe"'));
    const good = await ended('preflight', 'widget.zip', '--config', 'good.yaml');
    expect(good.text).toContain('widget.zip would be signed as good.yaml says, as far as can be told here.');
    expect(good.status).toBe(0);
    const near = await ended('preflight', 'widget.zip', '--config', 'near.yaml');
    expect(near.text).toContain('`*.exe` matched nothing; `app/*.exe` would match 1 file');
    expect(near.status).toBe(1);
  });

  it.skipIf(lacksMaterial(cases))(
    'says of a real bundle where its file was built, by the trust root that it brings along',
    async () => {
      const policy = (branch: string) => `apiVersion: countersign/v1
kind: SigningPolicy
purpose: test
certificate: test
artifactConfiguration: any
scan: required
origin:
  buildSystem: github-actions
  repository: { uri: 'https://github.com/sigstore/sigstore-js', id: '495574555', ownerId: '71096353' }
  workflow: .github/workflows/release.yml
  refs: { branches: [${branch}] }
  triggers: [push]
  runner: github-hosted
approval: { quorum: 0, approvers: [] }
timestamp: none
`;
      const [bundle, artifact] = [path.join(cases, 'bundle.json'), path.join(cases, 'artifact.tgz')];
      for (const [branch, status, said] of [
        ['main', 0, 'was built where policy.yaml says.'],
        ['main-evil', 1, '[origin.ref]'],
      ] as const) {
        await writeFile(path.join(folder, 'policy.yaml'), policy(branch));
        const named = ['--bundle', bundle, '--artifact', artifact, '--policy', 'policy.yaml'];
        const answer = await ended('verify-origin', ...named);
        expect(answer.text).toContain(said);
        expect(answer.status).toBe(status);
      }
    },
  );

  it('includes licence texts: its own and that of each package in it', async () => {
    const installed = path.join(folder, 'prefix', 'lib', 'node_modules', 'countersign');
    expect(await readFile(path.join(installed, 'LICENSE'), 'utf8')).toContain('Apache License');
    const names = await readdir(path.join(installed, 'node_modules'), { recursive: true });
    const packages = names.filter((name) => /^(?:@[^/]+\/)?[^/@.]+\/package\.json$/.test(name));
    expect(packages.length).toBeGreaterThan(7);
    for (const one of packages) {
      const beside = await readdir(path.join(installed, 'node_modules', path.dirname(one)));
      expect(
        beside.filter((name) => /^licen[cs]e/i.test(name)),
        one,
      ).not.toEqual([]);
    }
  });

  it('carries no TypeScript and nothing of the portal, of tests, or of the signer but its inspector and its client of clamd', async () => {
    const installed = path.join(folder, 'prefix', 'lib', 'node_modules', 'countersign');
    const own = (await readdir(installed, { recursive: true })).filter(
      (name) => !name.startsWith('node_modules'),
    );
    expect(own.filter((name) => /\.ts$|[.](?:test|fixture)[.]/.test(path.basename(name)))).toEqual([]);
    expect(new Set(own.filter((name) => name.includes('/')).map((name) => name.split('/')[0]))).toEqual(
      new Set(['cli', 'lib', 'signer']),
    );
    // Of the signer what starts the inspector, and the inspector itself, built.
    expect(
      own.filter((name) =>
        /^signer\/(?!(?:inspector|own-code|daemon\/scan|ground\/availability)(?:\/|$)|(?:daemon|ground)$)/.test(
          name,
        ),
      ),
    ).toEqual([]);
    expect(own.filter((name) => name.startsWith('signer/inspector/child/'))).toEqual([]);
    const shared = /^lib\/(?:core|host|policy-tools)(?:\/|$)/;
    expect(own.filter((name) => name.startsWith('lib/') && !shared.test(name))).toEqual([]);
  });
});
