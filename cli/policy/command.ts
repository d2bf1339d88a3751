/** The commands about policy files: validate, plan, explain, fmt. All but fmt only read and print. */
import { parseArgs } from 'node:util';
import { CliError } from '../error.ts';
import { explain } from './explain.ts';
import { fmt } from './fmt.ts';
import { readKnownKeys } from './known-keys.ts';
import { plan, planFormats } from './plan.ts';
import { reportFormats } from './report.ts';
import { validate } from './validate.ts';

export const policyUsage = `  countersign validate [DIR] [--keys registry.json] [--format text|json|sarif|github]
  countersign plan --base REV --head REV [--repo DIR] [--requests FILE.json] [--format text|json|markdown]
  countersign explain PROJECT POLICY [--repo DIR]
  countersign fmt [FILE…] [--check]`;

export type PolicyVerb = 'validate' | 'plan' | 'explain' | 'fmt';

const options = {
  format: { type: 'string' },
  base: { type: 'string' },
  head: { type: 'string' },
  repo: { type: 'string' },
  requests: { type: 'string' },
  check: { type: 'boolean' },
  keys: { type: 'string' },
} as const;

type OptionName = keyof typeof options;

/** Which options and how many names a command takes: unknown ones are refused, so that no typo is ignored. */
const accepts: Readonly<
  Record<PolicyVerb, { readonly options: readonly OptionName[]; readonly names: number }>
> = {
  validate: { options: ['format', 'keys'], names: 1 },
  plan: { options: ['base', 'head', 'repo', 'requests', 'format'], names: 0 },
  explain: { options: ['repo'], names: 2 },
  fmt: { options: ['check'], names: 80_000 },
};

/** Commands about policies with the options of each. */
export const policyCommands: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(accepts).map(([verb, { options: own }]) => [verb, own]),
);

/** Verb and its arguments → exit status. `print` gets the whole output. */
export async function policyCommand(
  verb: PolicyVerb,
  args: readonly string[],
  print: (text: string) => void,
): Promise<0 | 1> {
  const { values, positionals } = readArguments(verb, args);
  const needed = (value: string | undefined, name: string): string => {
    if (value === undefined) throw usageError(`${name} is missing`);
    return value;
  };
  switch (verb) {
    case 'validate': {
      const { text, exitCode } = await validate(
        positionals[0] ?? '.',
        oneOf(reportFormats, values.format ?? 'text'),
        values.keys === undefined ? null : await readKnownKeys(values.keys),
      );
      print(text);
      return exitCode;
    }
    case 'fmt': {
      const { text, exitCode } = await fmt(positionals, values.check ?? false);
      print(text);
      return exitCode;
    }
    case 'plan':
      print(
        await plan({
          repository: values.repo ?? '.',
          base: needed(values.base, '--base'),
          head: needed(values.head, '--head'),
          requests: values.requests ?? null,
          format: oneOf(planFormats, values.format ?? 'text'),
        }),
      );
      return 0;
    case 'explain':
      print(
        await explain(
          values.repo ?? '.',
          needed(positionals[0], 'PROJECT'),
          needed(positionals[1], 'POLICY'),
        ),
      );
      return 0;
  }
}

function readArguments(verb: PolicyVerb, args: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw usageError((error as Error).message);
  }
  const known: readonly string[] = accepts[verb].options;
  for (const name of Object.keys(parsed.values)) {
    if (!known.includes(name)) throw usageError(`${verb} has no option --${name}`);
  }
  const surplus = parsed.positionals[accepts[verb].names];
  if (surplus !== undefined) throw usageError(`${verb} doesn't know what to do with ${surplus}`);
  return parsed;
}

function oneOf<Name extends string>(names: readonly Name[], value: string): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw usageError(`--format is one of ${names.join(', ')}, not ${value}`);
  return found;
}

const usageError = (message: string): CliError => new CliError('USAGE', `${message}\n\n${policyUsage}`);
