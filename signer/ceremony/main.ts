/** node signer/ceremony/main.ts --config ceremony.yaml [--dry-run]: makes keys and certificates, prints the transcript. */
import { parseArgs } from 'node:util';
import { readCeremonyConfig } from './config.ts';
import { runCeremony } from './run-ceremony.ts';

const usage = 'usage: node signer/ceremony/main.ts --config ceremony.yaml [--dry-run]';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
  });
  if (values.config === undefined) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const config = await readCeremonyConfig(values.config);
  const transcript = await runCeremony({ config, dryRun: values['dry-run'] });
  process.stdout.write(`${JSON.stringify(transcript, null, 2)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`key ceremony: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
