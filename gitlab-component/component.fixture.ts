/** The component as a pipeline has it: its inputs as GitLab puts them into its text, and its commands as a runner starts them. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Inputs = Readonly<Record<string, unknown>>;
interface Declared {
  readonly default?: unknown;
  readonly type?: string;
  readonly options?: readonly string[];
  readonly regex?: string;
}
export interface ComponentJob {
  readonly variables: Readonly<Record<string, string | { readonly value: string; readonly expand: boolean }>>;
  readonly script: readonly string[];
  readonly needs: unknown;
  readonly rules: unknown;
  readonly tags: unknown;
  /** null: GitLab takes the line for one that isn't there. */
  readonly environment: unknown;
  readonly id_tokens: unknown;
}

const [head = '', body = ''] = (
  await readFile(join(import.meta.dirname, 'templates/submit.yml'), 'utf8')
).split('\n---\n');

/** What GitLab puts the inputs into. */
export const template = body;
export const declared = (
  parse(head) as { readonly spec: { readonly inputs: Readonly<Record<string, Declared>> } }
).spec.inputs;

/** As GitLab interpolates: into the text, before it is YAML; a text as it is, everything else as JSON. It refuses other types. */
export function filledIn(given: Inputs): ComponentJob {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(declared, name)) throw new Error(`the component has no input ${name}`);
  const text = body.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
    const value = given[name] ?? declared[name]?.default;
    if (value === undefined) throw new Error(`the component has no input ${name}, or none was given`);
    const form = declared[name]?.regex;
    if (form !== undefined && !(typeof value === 'string' && new RegExp(form).test(value)))
      throw new Error(`the input ${name} is not of its form`);
    const type = Array.isArray(value) ? 'array' : typeof value;
    if (type !== (declared[name]?.type ?? 'string')) throw new Error(`${name} is no ${type}`);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  const [job] = Object.values(parse(text) as Readonly<Record<string, ComponentJob>>);
  if (job === undefined) throw new Error('the component adds no job');
  return job;
}

/** The job's commands, in a folder with what the job before it made. `meanwhile` is told the whole log as it grows. */
export async function runComponent(
  {
    workspace,
    environment,
    meanwhile = () => undefined,
    ofPipeline = {},
  }: {
    readonly workspace: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly meanwhile?: (log: string, interrupt: () => void) => void;
    /** What somebody sets who starts the pipeline goes before what its jobs say. */
    readonly ofPipeline?: Readonly<Record<string, string>>;
  },
  given: Inputs,
) {
  const { variables, script } = filledIn(given);
  const own = Object.entries(variables).map(([name, one]): [string, string] => [
    name,
    typeof one === 'string' ? one : one.value,
  ]);
  const child = spawn('sh', ['-c', script.join('\n')], {
    cwd: workspace,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      ...environment,
      ...Object.fromEntries(own),
      ...ofPipeline,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      meanwhile(log, () => process.kill(-(child.pid ?? 0), 'SIGTERM'));
    });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const told = await readFile(join(workspace, 'countersign.env'), 'utf8').catch(() => '');
  const outputs: Readonly<Record<string, string>> = Object.fromEntries(
    [...told.matchAll(/^COUNTERSIGN_(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  return { status, log, outputs };
}
