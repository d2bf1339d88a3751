/** What a project does with an installation: submits a program, approves it, fetches it signed, has others verify it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../stack/process/run.ts';
import { StackError } from '../stack/error.ts';
import { makeArtifact, policy, project } from './policy.ts';

export interface Desk {
  /** Runs `countersign` as it is installed → what it printed. */
  readonly countersign: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>;
  readonly portalUrl: string;
  /** PEM of who certified the portal's site. */
  readonly siteRoot: string;
  /** SSH key of who submits and approves. */
  readonly key: string;
  /** For what is made here. */
  readonly work: string;
  /** Folder of registry and certificates. */
  readonly keys: string;
  /** Has inspection reports signed (`audit`). */
  readonly signReports: () => Promise<unknown>;
}

/** → an API token, made with the SSH key. */
export async function makeToken({ countersign, portalUrl, siteRoot, key }: Desk): Promise<string> {
  const args = [
    'tokens',
    'create',
    '--project',
    project,
    '--key',
    key,
    '--name',
    'check',
    '--url',
    portalUrl,
  ];
  return (await countersign(args, { NODE_EXTRA_CA_CERTS: siteRoot })).trim();
}

/**
 * A new program in an archive of about `megabytes`, from submitting it to verifying it. `name`: of a folder that isn't there yet.
 * Throws a StackError where a step fails, or where somebody who verifies disagrees.
 */
export async function signProgram(desk: Desk, token: string, name: string, megabytes: number): Promise<void> {
  const { portalUrl, key } = desk;
  const folder = join(desk.work, name);
  const output = join(folder, 'signed');
  mkdirSync(output, { recursive: true });
  const artifact = await makeArtifact(folder, megabytes);
  const env = { NODE_EXTRA_CA_CERTS: desk.siteRoot, COUNTERSIGN_TOKEN: token };
  const ask = (...args: readonly string[]) => desk.countersign([...args, '--url', portalUrl], env);
  const submitted = JSON.parse(
    await ask('submit', artifact, '--project', project, '--policy', policy, '--json'),
  ) as { readonly id: string };
  const status = await ask('wait', submitted.id, '--until', 'gate', '--timeout', '600', '--json');
  if ((JSON.parse(status) as { readonly status: string }).status !== 'waiting-for-approval')
    throw new StackError('BAD_STATE', `the request doesn’t wait for its approval:\n${status}`);
  await ask('approve', submitted.id, '--key', key, '--artifact', artifact);
  await ask('wait', submitted.id, '--timeout', '600', '--output', output);
  await runCommand('sh', ['-euc', 'unzip -q *.zip hello.exe'], { cwd: output });
  await verifyByOthers(desk, join(output, 'hello.exe'));
  await verifyReport(desk, submitted.id, artifact, folder);
}

async function verifyByOthers({ keys }: Desk, program: string): Promise<void> {
  const trusted = [
    ...['-CAfile', certificateFile(keys, project, 'test')],
    ...['-TSA-CAfile', certificateFile(keys, null, 'root')],
  ];
  // Its status says that a list of revocations wasn't fetched, too; so its words are read.
  const verify = (file: string) =>
    runCommand('sh', ['-c', 'osslsigncode verify -in "$@" 2>&1 || true', 'sh', file, ...trusted]);
  const agrees = (verdict: string): boolean =>
    [/^Timestamp Server Signature verification: ok$/m, /^Signature verification: ok$/m].every((line) =>
      line.test(verdict),
    );
  const verdict = await verify(program);
  if (!agrees(verdict)) throw new StackError('BAD_STATE', `osslsigncode doesn’t agree:\n${verdict}`);
  const changed = `${program}.changed`;
  const bytes = readFileSync(program);
  bytes.writeUInt8(bytes.readUInt8(0x400) ^ 1, 0x400);
  writeFileSync(changed, bytes);
  if (agrees(await verify(changed)))
    throw new StackError('BAD_STATE', `osslsigncode agrees with ${changed}, too`);
}

/** The inspection report, signed by the log's key. */
async function verifyReport(desk: Desk, id: string, artifact: string, folder: string): Promise<void> {
  await desk.signReports();
  const report = join(folder, 'report.json');
  for (const [path, file] of [
    ['report', report],
    ['report/note', `${report}.note`],
  ] as const)
    await runCommand('curl', [
      ...['--silent', '--show-error', '--fail', '--cacert', desk.siteRoot, '--output', file],
      `${desk.portalUrl}/api/v1/requests/${id}/${path}`,
    ]);
  const key = join(desk.keys, 'foundation-log.vkey');
  await desk.countersign(['report', 'verify', report, '--key', key, '--artifact', artifact]);
}

/** Of a project's key by its name, or of the foundation's by its purpose, as the registry names it. */
function certificateFile(folder: string, owner: string | null, name: string): string {
  const { keys } = JSON.parse(readFileSync(join(folder, 'registry.json'), 'utf8')) as {
    keys: { purpose: string; project: string | null; name: string | null; certificate: string }[];
  };
  const found = keys.find(
    (key) => key.project === owner && (owner === null ? key.purpose : key.name) === name,
  );
  if (found === undefined) throw new StackError('BAD_STATE', `the registry has no ${name}`);
  return join(folder, found.certificate);
}
