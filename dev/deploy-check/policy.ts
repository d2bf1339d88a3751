/** A project for the check: the first policy repository with its files, and the program that it has signed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { keepRepository } from '../git-host/index.ts';
import { runCommand } from '../stack/process/run.ts';

export const project = 'portable';
export const policy = 'test-signing';

/**
 * Makes an SSH key for Ada, has `countersign init-policies` write her the first policy, puts the project beside it, and pushes all of it to
 * a new repository in `gitRoot` → hash of the commit. `work` gets `policies` and the key `ada`.
 */
export async function publishFirstPolicy(
  work: string,
  gitRoot: string,
  countersign: (args: readonly string[]) => Promise<string>,
): Promise<string> {
  const [folder, key] = [join(work, 'policies'), join(work, 'ada')];
  await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada', '-f', key]);
  await countersign([
    ...['init-policies', folder, '--foundation', 'Example Foundation', '--homepage', 'https://example.org'],
    ...['--contact', 'mailto:security@example.org', '--country', 'AT'],
    ...['--maintainer', `ada=${key}.pub=github:1=Ada`],
  ]);
  await addProject(folder, 'ada');
  await countersign(['validate', folder]);
  const repository = await keepRepository(gitRoot, 'policies.git');
  const script = `
    cd ${folder}
    git init -q --initial-branch=main && git add --all
    git -c user.name=Ada -c user.email=ada@example.org -c gpg.format=ssh -c user.signingkey=${key}.pub commit -qS -m 'The first policy'
    git push -q ${repository} main
    git rev-parse HEAD`;
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  return (await runCommand('sh', ['-euc', script], { env })).trim();
}

/** Puts the project beside what `countersign init-policies` wrote. `maintainer` is who does everything. */
async function addProject(policies: string, maintainer: string): Promise<void> {
  const folder = join(policies, 'projects', project);
  const document = (kind: string, rest: object): string =>
    stringify({ apiVersion: 'countersign/v1', kind, ...rest });
  await mkdir(join(folder, 'policies'), { recursive: true });
  await mkdir(join(folder, 'artifacts'), { recursive: true });
  await writeFile(
    join(folder, 'project.yaml'),
    document('Project', {
      name: 'Portable',
      tagline: 'A program to be signed.',
      description: 'Stands for a project while an installation is checked.',
      repository: { uri: 'https://github.com/example/portable', id: '900100300', ownerId: '900100' },
      homepage: 'https://example.org/portable',
      licence: 'Apache-2.0',
      program: 'executables',
      category: 'system',
      status: 'active',
      team: { authors: [maintainer], reviewers: [maintainer], approvers: [maintainer] },
      privacy: { collectsData: false },
    }),
  );
  await writeFile(
    join(folder, 'policies', `${policy}.yaml`),
    document('SigningPolicy', {
      purpose: 'test',
      certificate: 'test',
      artifactConfiguration: 'archive',
      scan: 'required',
      approval: { quorum: 1, approvers: [maintainer] },
      timestamp: 'required',
    }),
  );
  await writeFile(
    join(folder, 'artifacts', 'archive.yaml'),
    document('ArtifactConfiguration', {
      root: {
        type: 'zip',
        contents: [
          {
            type: 'pe',
            path: 'hello.exe',
            sign: {
              method: 'authenticode',
              description: 'Portable',
              descriptionUrl: 'https://example.org/portable',
            },
          },
          { type: 'file', path: '*.bin', matches: { min: 0, max: 'unbounded' } },
        ],
      },
    }),
  );
}

/** Compiles a program, and puts it into an archive of about `megabytes` → the archive. */
export async function makeArtifact(folder: string, megabytes: number): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'hello.c'), 'int main(void) { return 0; }\n');
  await runCommand('x86_64-w64-mingw32-gcc', ['-o', 'hello.exe', 'hello.c'], { cwd: folder });
  const each = 40;
  for (let at = 0; at * each < megabytes; at += 1) {
    const file = `data-${at}.bin`;
    await runCommand('dd', ['if=/dev/urandom', `of=${file}`, 'bs=1M', `count=${each}`, 'status=none'], {
      cwd: folder,
    });
  }
  await runCommand('sh', ['-c', 'zip -q -0 -X artifact.zip hello.exe *.bin'], { cwd: folder });
  return join(folder, 'artifact.zip');
}
