import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { JsonValue } from '#core/json/index.ts';
import { exampleJob, exampleRun, openBuildSystem, otherStatement, otherStatements } from './index.ts';
import type { BuildOptions, OtherStatement, PipelineJob, Subject, WorkflowRun } from './index.ts';

const help = `DEVELOPMENT ONLY: mints build attestations that only a development trust root accepts.

Usage:
  node dev/build-system/main.ts attest --dir DIR --file FILE [options] > bundle.json
  node dev/build-system/main.ts trusted-root --dir DIR > trusted_root.json

  --dir DIR             folder with the build system's keys and log; made when absent
  --file FILE           file to attest; its SHA-256 and SHA-512 become the subject
  --name NAME           name of the subject (the file's name)
  --provider NAME       whose build it is: github (default), or gitlab, with defaults of its own; of a job
                        of GitLab --workflow is the CI configuration, --trigger the pipeline's source,
                        --run-id the job, and --owner-id the namespace
  --ref REF             full ref (${exampleRun.ref})
  --commit SHA          source commit (${exampleRun.commit})
  --repository URI      address of the repository (${exampleRun.repository.uri})
  --repository-id ID    numeric id of the repository (${exampleRun.repository.id})
  --owner-id ID         numeric id of its owner (${exampleRun.repository.ownerId})
  --workflow PATH       workflow inside the repository (${exampleRun.workflow})
  --trigger EVENT       event that started the run (${exampleRun.trigger})
  --runner ENVIRONMENT  github-hosted or self-hosted (${exampleRun.runner})
  --run-id ID           number of the run (${exampleRun.runId})
  --attempt N           attempt of the run (${exampleRun.attempt})
  --environment NAME    deployment environment of the job (none)
  --visibility WORD     whether the repository is public (${exampleRun.visibility})
  --statement KIND      the statement signed instead of provenance, to test refusals:
                        ${Object.keys(otherStatements).join(', ')}
  --issuer URI          issuer of the identity (${exampleRun.issuer})
  --help                this text
`;

const text = { type: 'string' } as const;

class UsageError extends CodedError<'USAGE'> {
  static override readonly errorName = 'UsageError';
  constructor(message: string, options?: ErrorFacts) {
    super('USAGE', message, options);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        dir: text,
        file: text,
        name: text,
        provider: text,
        ref: text,
        commit: text,
        repository: text,
        'repository-id': text,
        'owner-id': text,
        workflow: text,
        trigger: text,
        runner: text,
        'run-id': text,
        attempt: text,
        issuer: text,
        environment: text,
        visibility: text,
        statement: text,
        help: { type: 'boolean' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : 'the arguments are wrong', { cause });
  }
}

type Values = ReturnType<typeof parse>['values'];

function runFrom(values: Values): Partial<WorkflowRun> {
  const attempt = Number(values.attempt ?? exampleRun.attempt);
  if (!Number.isSafeInteger(attempt) || attempt < 1)
    throw new UsageError('--attempt is a whole number from 1');
  return {
    issuer: values.issuer ?? exampleRun.issuer,
    repository: {
      id: values['repository-id'] ?? exampleRun.repository.id,
      ownerId: values['owner-id'] ?? exampleRun.repository.ownerId,
      uri: values.repository ?? exampleRun.repository.uri,
    },
    workflow: values.workflow ?? exampleRun.workflow,
    ref: values.ref ?? exampleRun.ref,
    commit: values.commit ?? exampleRun.commit,
    trigger: values.trigger ?? exampleRun.trigger,
    runner: values.runner ?? exampleRun.runner,
    runId: values['run-id'] ?? exampleRun.runId,
    attempt,
    environment: values.environment ?? exampleRun.environment,
    visibility: values.visibility ?? exampleRun.visibility,
  };
}

function jobFrom(values: Values): Partial<PipelineJob> {
  if (values.attempt !== undefined) throw new UsageError('--attempt: a job of GitLab has none');
  const { repository, ref = 'refs/heads/main' } = values;
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  if (name === undefined) throw new UsageError('--ref is refs/heads/… or refs/tags/…');
  const { origin, pathname } = new URL(repository ?? `${exampleJob.instance}/${exampleJob.projectPath}`);
  const sha = values.commit ?? exampleJob.sha;
  return {
    issuer: values.issuer ?? exampleJob.issuer,
    instance: origin,
    projectPath: pathname.slice(1),
    projectId: values['repository-id'] ?? exampleJob.projectId,
    namespaceId: values['owner-id'] ?? exampleJob.namespaceId,
    ref: name,
    refType: kind === 'heads' ? 'branch' : 'tag',
    sha,
    ciConfigSha: sha,
    configuration: values.workflow ?? exampleJob.configuration,
    pipelineSource: values.trigger ?? exampleJob.pipelineSource,
    runnerEnvironment: values.runner ?? exampleJob.runnerEnvironment,
    jobId: values['run-id'] ?? exampleJob.jobId,
    environment: values.environment ?? exampleJob.environment,
    visibility: values.visibility ?? exampleJob.visibility,
  };
}

function buildFrom(values: Values): Pick<BuildOptions, 'run' | 'job'> {
  switch (values.provider ?? 'github') {
    case 'github':
      return { run: runFrom(values) };
    case 'gitlab':
      return { job: jobFrom(values) };
    default:
      throw new UsageError('--provider is github or gitlab');
  }
}

function statementFrom(kind: string, subjects: readonly Subject[]): JsonValue {
  if (Object.hasOwn(otherStatements, kind)) return otherStatement(kind as OtherStatement, subjects);
  throw new UsageError(`--statement is one of ${Object.keys(otherStatements).join(', ')}`);
}

async function digestsOf(file: string): Promise<Record<'sha256' | 'sha512', string>> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    sha256.update(chunk);
    sha512.update(chunk);
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  const [command, ...rest] = positionals;
  if (values.dir === undefined) throw new UsageError('--dir is missing');
  if (rest.length > 0) throw new UsageError(`unexpected argument ${rest.join(' ')}`);
  switch (command) {
    case 'attest': {
      const { file } = values;
      if (file === undefined) throw new UsageError('--file is missing');
      const build = buildFrom(values);
      const digest = await digestsOf(file);
      const buildSystem = await openBuildSystem(values.dir);
      const subjects = [{ name: values.name ?? basename(file), digest }];
      const { statement: kind } = values;
      const statement = kind === undefined ? {} : { statement: statementFrom(kind, subjects) };
      const bundle = await buildSystem.attest({ ...build, subjects, ...statement });
      process.stdout.write(`${JSON.stringify(bundle)}\n`);
      return;
    }
    case 'trusted-root': {
      const buildSystem = await openBuildSystem(values.dir);
      process.stdout.write(`${JSON.stringify(buildSystem.trustedRoot(), null, 2)}\n`);
      return;
    }
    default:
      throw new UsageError('the command is `attest` or `trusted-root`');
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\nTry: node dev/build-system/main.ts --help\n`);
  process.exitCode = 2;
}
