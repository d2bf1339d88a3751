/** A project for the check: its files in a policy repository, and the program that it has signed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runCommand } from '../stack/process/run.ts';

export const project = 'portable';
export const policy = 'test-signing';

/** Puts the project beside what `countersign init-policies` wrote. `maintainer` is who does everything. */
export async function addProject(policies: string, maintainer: string): Promise<void> {
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
      approval: { quorum: 0, approvers: [] },
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
