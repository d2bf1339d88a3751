/** The artifact configuration that a file is held against, alone or as part of a policy repository. */
import path from 'node:path';
import { compileConfiguration, configurationProblems, fillParameters } from '#core/artifact/index.ts';
import type { ElementLocations } from '#core/artifact/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import { fileSizeBytesMax, formatDiagnostic, parsePolicyFile } from '#core/policy/index.ts';
import type { ArtifactConfigurationDocument, Diagnostic } from '#core/policy/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import type { PolicyLocation } from '#core/wire/finding/index.ts';
import { CliError } from '../error.ts';
import { readBounded } from '../read-bounded.ts';
import { readFoundation, type FoundationDemands } from './read-foundation.ts';

export interface Configuration {
  /** Valid, with the values of the parameters. */
  readonly value: ArtifactConfiguration;
  readonly locations: ElementLocations;
  /** As it was named. */
  readonly file: string;
  /** What the foundation and the project ask besides; null: nobody said which. */
  readonly foundation: FoundationDemands | null;
}

export interface ConfigurationInput {
  readonly file: string;
  readonly parameters: ParameterValues;
  readonly policies: { readonly folder: string; readonly project: string } | null;
}

interface Problem {
  readonly path: readonly (string | number)[];
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}

/** Where it would be in a policy repository; messages name the file that was given. */
const placeholder = 'projects/project/artifacts/configuration.yaml';

/** Throws CliError REFUSED with every problem of the configuration and its line. */
export async function readConfiguration({
  file,
  parameters,
  policies,
}: ConfigurationInput): Promise<Configuration> {
  const bytes = await bytesOf(file);
  const document = parse(bytes, file);
  const named = (location: PolicyLocation): PolicyLocation => ({ ...location, file });
  const asDiagnostic = ({ path: steps, rule, message, fix }: Problem): Diagnostic => ({
    ...named(document.locate(steps)),
    rule,
    message,
    fix,
  });
  const problems = configurationProblems(document.value);
  if (problems.length > 0) throw invalid(file, problems.map(asDiagnostic));
  const filled = fillParameters(document.value, parameters);
  if (!filled.ok)
    throw invalid(
      file,
      filled.problems.map((one) => asDiagnostic({ ...one, rule: 'policy.parameters' })),
    );
  const value = filled.configuration;
  const { elements, directories } = compileConfiguration(value);
  const locations = Object.fromEntries(
    [...elements, ...directories].map(({ pointer }) => [
      pointer,
      named(document.locate(pointer.slice(1).split('/'))),
    ]),
  );
  const foundation =
    policies === null ? null : await readFoundation(policies, { name: path.basename(file), file, bytes });
  return { value, locations, file, foundation };
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readBounded(file, fileSizeBytesMax);
  } catch (error) {
    throw new CliError('USAGE', `${file} can’t be read: ${(error as Error).message}`, error);
  }
}

function parse(bytes: Uint8Array, file: string): ArtifactConfigurationDocument {
  const parsed = parsePolicyFile({ path: placeholder, bytes });
  if (!parsed.ok) throw invalid(file, parsed.diagnostics);
  const { document } = parsed;
  if (!isConfiguration(document)) throw new TypeError('the path decides over the kind');
  return document;
}

const isConfiguration = (document: {
  readonly value: { readonly kind: string };
}): document is ArtifactConfigurationDocument => document.value.kind === 'ArtifactConfiguration';

function invalid(file: string, diagnostics: readonly Diagnostic[]): CliError {
  const lines = diagnostics.map((one) => formatDiagnostic({ ...one, file }));
  return new CliError('REFUSED', `${file} can’t be used as an artifact configuration:\n${lines.join('\n')}`);
}
