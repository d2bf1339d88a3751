/**
 * npm run sign-file -- CONFIG IN OUT: signs a file as its artifact configuration says, through the real inspector and keyholder, with a
 * key on SoftHSM: for trying the engine out, and for other programs to judge it. Development only: no policy, origin, scan or approval.
 */
import { readFileSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { artifactFile } from '#core/policy/plan/snapshots.fixture.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { openEngine } from './engine.ts';

const usage = `usage: npm run sign-file -- [--no-timestamp] [--state FOLDER] [--parameter NAME=VALUE]… CONFIG IN OUT

  CONFIG  an artifact configuration (YAML, as in projects/<slug>/artifacts/)
  IN      the artifact that it describes
  OUT     where the signed artifact goes

Keys are made the first time and kept in FOLDER (default: .countersign/sign-file).`;
const { values, positionals } = readOptions(usage, {
  allowPositionals: true,
  options: {
    'no-timestamp': { type: 'boolean', default: false },
    state: { type: 'string' },
    parameter: { type: 'string', multiple: true, default: [] },
  },
});
const [configuration, input, output, ...others] = positionals;
if (configuration === undefined || input === undefined || output === undefined || others.length > 0) {
  process.stderr.write(`Three files are expected.\n${usage}\n`);
  process.exit(2);
}

const folder = resolve(values.state ?? join(import.meta.dirname, '../../.countersign/sign-file'));
try {
  const text = readFileSync(configuration, 'utf8');
  statSync(input);
  await using engine = await openEngine(folder, { timestamps: !values['no-timestamp'] });
  const signed = await engine.sign(text, resolve(input), parametersOf(values.parameter));
  for (const finding of signed.findings) process.stderr.write(`${lineOf(finding)}\n`);
  if (signed.file === null) {
    process.exitCode = 1;
  } else {
    await copyFile(signed.file, resolve(output));
    process.stdout.write(`Signed: ${output}\nRoot above its certificates: ${engine.root}\n`);
  }
} catch (error) {
  // A file that isn't there, or a configuration that isn't valid, under the name that it was given by.
  if (!(error instanceof Error)) throw error;
  process.stderr.write(`${error.message.replaceAll(artifactFile, configuration)}\n`);
  process.exitCode = 2;
}

function parametersOf(texts: readonly string[]): ParameterValues {
  const pairs = texts.map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)]);
  return Object.fromEntries(pairs) as ParameterValues;
}

function lineOf({ outcome, path, message, found, fix }: Finding): string {
  const where = path.length === 0 ? '' : `${path.join(' → ')}: `;
  const details = [found === null ? '' : ` [${found}]`, fix === null ? '' : `\n       ${fix}`];
  return `${outcome.padEnd(5)} ${where}${message}${details.join('')}`;
}
