/** The demo's input: a real Windows program as npm carries it, and three variations that must not be signed. */
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, findProgram, runCommand, StackError } from '../stack/index.ts';

const packageName = '@esbuild/win32-x64';
const packageVersion = '0.28.2';
/** Subresource integrity (SHA-512, base64) of the tarball of that version. */
const packageIntegrity =
  '5ebpxr3nWMzrL/rnUI755Jkuee0bHL/Gq0WTF9lvcpv73wAp5eu8MfBUgWK9bhWvZjj7yX8etf/8tI8Ney695g==';

export interface DemoArtifacts {
  readonly label: string;
  /** The package exactly as it is on npm. */
  readonly genuine: string;
  /** The same with the harmless EICAR test file in place of its README. */
  readonly infected: string;
  /** The same with one line more in its README: other bytes than were attested. */
  readonly altered: string;
}

/** Fetches the package once (kept in `folder`) and derives the variations. */
export async function prepareArtifacts(folder: string): Promise<DemoArtifacts> {
  await mkdir(folder, { recursive: true });
  const genuine = join(folder, `esbuild-win32-x64-${packageVersion}.tgz`);
  if (!existsSync(genuine) || (await integrityOf(genuine)) !== packageIntegrity)
    await fetchPackage(folder, genuine);
  return {
    label: `${packageName}@${packageVersion}`,
    genuine,
    infected: await vary(folder, genuine, 'infected', (readme) => writeFile(readme, eicar)),
    altered: await vary(folder, genuine, 'altered', (readme) =>
      appendFile(readme, '\nOne line that nobody attested.\n'),
    ),
  };
}

async function fetchPackage(folder: string, target: string): Promise<void> {
  const npm = findProgram('npm');
  if (npm === null) throw new StackError('MISSING_PROGRAM', 'npm is not on PATH; install Node.js with npm');
  const packed = await runCommand(
    npm,
    ['pack', `${packageName}@${packageVersion}`, '--silent', '--pack-destination', folder],
    { env: process.env },
  );
  const file = join(folder, packed.trim().split('\n').at(-1) ?? '');
  const integrity = await integrityOf(file);
  if (integrity !== packageIntegrity) {
    await rm(file, { force: true });
    throw new StackError(
      'BAD_STATE',
      `${packageName}@${packageVersion} has SHA-512 ${integrity}; expected ${packageIntegrity}: it was altered on its way`,
    );
  }
  if (file !== target) await cp(file, target);
}

async function integrityOf(file: string): Promise<string> {
  return createHash('sha512')
    .update(await readFile(file))
    .digest('base64');
}

async function vary(
  folder: string,
  genuine: string,
  name: string,
  change: (readme: string) => Promise<void>,
): Promise<string> {
  const work = join(folder, name);
  const output = join(folder, `${name}.tgz`);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const tar = findProgram('tar');
  if (tar === null) throw new StackError('MISSING_PROGRAM', 'tar is not on PATH; install tar');
  await runCommand(tar, ['-xzf', genuine, '-C', work], { env: process.env });
  await change(join(work, 'package', 'README.md'));
  const files = ['package/esbuild.exe', 'package/package.json', 'package/README.md'];
  await runCommand(tar, ['-czf', output, '-C', work, ...files], { env: process.env });
  await rm(work, { recursive: true, force: true });
  return output;
}
