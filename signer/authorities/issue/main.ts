/**
 * npm run issue -- --ceremony ceremony.yaml --signer signer.yaml [--dry-run] [--despite SLUG …]: issues the
 * certificates that the accepted policy asks for and that don't exist yet, and successors of those that expire. Needs
 * the tokens `issuing` and `signing`; the root stays offline. The signer picks the new keys up by itself.
 */
import { dirname } from 'node:path';
import { readCeremonyConfig, runCeremony } from '../ceremony/index.ts';
import { readOptions } from '../../ground/command-line/index.ts';
import { readConfig } from '../../ground/config/index.ts';
import { readAcceptedSnapshot } from '../../policy-source/index.ts';
import { readRegister } from '../../rulings/revocations/index.ts';
import { openKeyRing } from '../../rulings/trust/index.ts';
import { dueCertificates } from '../../rulings/due-certificates/index.ts';
import { responderGeneration } from './responder.ts';

const usage =
  'usage: npm run issue -- --ceremony ceremony.yaml --signer signer.yaml [--dry-run] [--despite SLUG …]';

async function main(): Promise<number> {
  const { values } = readOptions(usage, {
    options: {
      ceremony: { type: 'string' },
      signer: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      despite: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.ceremony === undefined || values.signer === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const config = readCeremonyConfig(values.ceremony);
  const signer = readConfig(values.signer);
  if (dirname(signer.keyHolder.registry) !== config.keysDirectory) {
    process.stderr.write(
      `${values.ceremony} writes keys to ${config.keysDirectory}, and the signer reads them from ${dirname(signer.keyHolder.registry)}\n`,
    );
    return 1;
  }
  const { projects, refused } = dueCertificates({
    snapshot: await readAcceptedSnapshot(signer.policyRepository),
    keys: (await openKeyRing(signer.keyHolder.registry)).current(),
    revocations: await readRegister(signer.revocationRegister),
    now: new Date(),
    despite: new Set(values.despite),
  });
  for (const one of refused) process.stdout.write(`not issued: ${one}\n`);
  // A public CA publishes the status of its own certificates.
  const responder =
    config.publicAuthority === undefined
      ? await responderGeneration(config.keysDirectory, new Date())
      : { generation: 1, isDue: false };
  if (projects.length === 0 && !responder.isDue) {
    process.stdout.write('Every certificate that the policy names exists.\n');
    return 0;
  }
  const transcript = await runCeremony({
    config: { ...config, projects: [...projects], ocspGeneration: responder.generation },
    dryRun: values['dry-run'],
    tokens: ['signing', ...(config.publicAuthority === undefined ? (['issuing'] as const) : [])],
    onProgress: (done) => void process.stdout.write(`${done}\n`),
  });
  for (const { label } of transcript.keys.filter((key) => key.certificate === 'requested')) {
    process.stdout.write(
      `${label}: send ${label}.csr to the public CA, then npm run ceremony -- import --certificate FILE\n`,
    );
  }
  for (const key of transcript.keys.filter((transcriptKey) => transcriptKey.certificate === 'made')) {
    const until =
      key.issued === null ? 'would be issued' : `issued until ${key.issued.notAfter.slice(0, 10)}`;
    const forKey = key.keyLabel === key.label ? '' : `, for the key of ${key.keyLabel}`;
    const from = key.notUsedBefore === null ? '' : `, announced, and used from ${key.notUsedBefore}`;
    process.stdout.write(`${key.label}: ${until}${forKey}${from}\n`);
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`issue: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
