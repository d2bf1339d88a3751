import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { explainIssue, withKnownKeys } from './explain-issue.ts';
import { pathsFrom, type Paths } from './paths.ts';
import { ConfigurationError, inOrder, type ConfigurationProblem } from './problem.ts';
import { readConfigurationFile } from './read-file.ts';
import { readYaml } from './read-yaml.ts';
import { decodeText } from './source-text.ts';

/** Created for each file: its paths are relative to the file's folder. */
export type ConfigurationSchema<Schema extends z.ZodType> = (paths: Paths) => Schema;

export const configurationBytesMax = 256 * 1024;

/**
 * YAML file → parsed by the schema, with absolute paths. Throws a ConfigurationError that names every problem with
 * file, line,
 * column, value and fix: nothing of a file with a problem is used.
 */
export function readConfiguration<Schema extends z.ZodType>(
  file: string,
  schema: ConfigurationSchema<Schema>,
): z.output<Schema> {
  const absolute = resolve(file);
  const bytes = readConfigurationFile(absolute, configurationBytesMax);
  return parseConfiguration({ file: absolute, bytes }, schema);
}

/** The same for bytes that were read already. `file` names them in errors; paths are relative to its folder. */
export function parseConfiguration<Schema extends z.ZodType>(
  { file, bytes }: { readonly file: string; readonly bytes: Uint8Array },
  schema: ConfigurationSchema<Schema>,
): z.output<Schema> {
  return openConfiguration({ file, bytes }).parse(schema);
}

/** A configuration whose parser isn't chosen yet. */
export interface OpenConfiguration {
  /** As YAML has it. */
  readonly value: unknown;
  /** Throws a ConfigurationError that names every problem. */
  readonly parse: <Schema extends z.ZodType>(schema: ConfigurationSchema<Schema>) => z.output<Schema>;
  /** A problem at a member, or at the nearest that is there. */
  readonly problemAt: (path: readonly PropertyKey[], message: string, fix: string) => ConfigurationProblem;
}

/** Throws a ConfigurationError where the bytes are no YAML. */
export function openConfiguration({
  file,
  bytes,
}: {
  readonly file: string;
  readonly bytes: Uint8Array;
}): OpenConfiguration {
  const refuse = (problems: readonly ConfigurationProblem[]): ConfigurationError =>
    new ConfigurationError(file, inOrder(problems));
  const decoded = decodeText(bytes);
  if ('problem' in decoded) throw refuse([decoded.problem]);
  const { source } = decoded;
  const read = readYaml(source);
  if ('problems' in read) throw refuse(read.problems);
  const { value, positions } = read.content;
  return {
    value,
    problemAt: (path, message, fix) => source.problemAt(positions.ofValue(path), message, fix),
    parse: (schema) => {
      const parsed = schema(pathsFrom(dirname(file))).safeParse(value, { error: withKnownKeys });
      if (parsed.success) return parsed.data;
      const problems = parsed.error.issues
        .flatMap((issue) => explainIssue(issue, value))
        .map(({ path, isKey, message, fix }) => {
          const at = isKey ? positions.ofKey(path) : positions.ofValue(path);
          return source.problemAt(at, message, fix);
        });
      throw refuse(problems);
    },
  };
}
