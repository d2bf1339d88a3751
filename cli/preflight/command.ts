/** `countersign preflight`: holds a file against an artifact configuration with the signer's own engine, on this machine. */
import { examine } from './examine.ts';
import { describeAsJson } from './describe-json.ts';
import { describe } from './describe.ts';
import { judge } from './judge.ts';
import { readPreflightArguments } from './options.ts';
import { readConfiguration } from './read-configuration.ts';
import { suggestCommand } from './suggest.ts';

interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** → exit status: 0 it would be signed as far as can be told here; 1 refused. */
export async function preflightCommand(args: readonly string[], { out, err }: Io): Promise<0 | 1> {
  const { file, config, parameters, policies, clamd, json } = readPreflightArguments(args);
  if (config === null) return suggestCommand({ file, policies }, { out, err });
  const configuration = await readConfiguration({ file: config, parameters, policies });
  const examined = await examine({ file, clamd }, configuration, err);
  const judged = judge(examined, configuration);
  out(json ? describeAsJson(judged) : describe(judged));
  return judged.passed ? 0 : 1;
}
