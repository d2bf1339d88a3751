/** What is generated from the records of configuration keys, by path. Run by generate-types.mjs. */
import { format } from 'prettier';
import { exampleOf } from './example.ts';
import { configuredProcesses } from './processes.ts';
import { configurationReference } from './reference.ts';

export async function configurationFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const options = { printWidth: 110, singleQuote: true };
  files.set(
    'docs/reference/configuration.md',
    await format(configurationReference(), { ...options, parser: 'markdown' }),
  );
  for (const process of configuredProcesses)
    files.set(
      `deploy/examples/${process.name}.yaml`,
      await format(exampleOf(process), { ...options, parser: 'yaml' }),
    );
  return files;
}
