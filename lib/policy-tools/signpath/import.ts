/** One SignPath file → one policy file of ours, with what didn't fit and what our own checks find. */
import { configurationProblems } from '#core/artifact/index.ts';
import { isError } from '#core/error/index.ts';
import type { SigningPolicy } from '#core/generated/index.ts';
import { parsePolicyFile } from '#core/policy/index.ts';
import type { Diagnostic } from '#core/policy/index.ts';
import { convertConfiguration } from './convert-configuration.ts';
import { convertPolicy } from './convert-policy.ts';
import { PolicyYaml } from './policy-yaml.ts';
import { readConfiguration } from './read-configuration.ts';
import { readPolicy } from './read-policy.ts';
import { readXml } from './read-xml.ts';
import { Report } from './report.ts';
import type { ImportNote } from './report.ts';
import { decodeSignpathFile, SignpathError } from './source.ts';

export interface Imported {
  readonly ok: true;
  /** Path in a project's folder: `artifacts/<name>.yaml` or `policies/<name>.yaml`. */
  readonly path: string;
  readonly yaml: string;
  /** What has no equivalent or another meaning, by its place in SignPath's file. */
  readonly notes: readonly ImportNote[];
  /** What validation says about `yaml` by itself; its lines are those of `yaml`. Empty: the rest of the repository decides. */
  readonly remaining: readonly Diagnostic[];
}

export type ImportResult = Imported | { readonly ok: false; readonly diagnostic: Diagnostic };

/**
 * SignPath's artifact configuration (XML) or policy file (YAML, three generations) → ours.
 *
 * Which of the two it is comes from its first character. `base` gives a policy what SignPath keeps in its
 * portal: certificate, approvers, repository. Refused with line and column: more than 1 MiB (YAML: also whatever policy
 * files may not contain), more than 64 levels or 10,000 elements, other encodings, document types, and
 * names and values that SignPath's format doesn't have.
 */
export function importSignpath(
  file: { readonly path: string; readonly bytes: Uint8Array },
  base: SigningPolicy | null = null,
): ImportResult {
  try {
    const source = decodeSignpathFile(file.path, file.bytes);
    const report = new Report(source);
    const slug = slugOf(file.path);
    const isXml = source.text.trimStart().startsWith('<');
    let yaml: string;
    if (isXml) {
      const xml = readXml(source);
      for (const { name, offset } of xml.instructions) {
        const todo = 'Nothing.';
        report.add('note', offset, `<?${name.slice(0, 80)} …?>`, 'It has nothing to do with signing.', todo);
      }
      yaml = convertConfiguration(source, readConfiguration(source, xml), report);
    } else {
      const document = new PolicyYaml(source);
      yaml = convertPolicy(readPolicy(document, report), { yaml: document, report, slug, base });
    }
    const path = `${isXml ? 'artifacts' : 'policies'}/${slug}.yaml`;
    return { ok: true, path, yaml, notes: report.inOrder(), remaining: remainingIn(path, yaml) };
  } catch (error) {
    if (isError(error, SignpathError)) return { ok: false, diagnostic: error.diagnostic };
    throw error;
  }
}

function remainingIn(path: string, yaml: string): readonly Diagnostic[] {
  const parsed = parsePolicyFile({
    path: `projects/imported/${path}`,
    bytes: new TextEncoder().encode(yaml),
  });
  const named = (diagnostic: Diagnostic): Diagnostic => ({ ...diagnostic, file: path });
  if (!parsed.ok) return parsed.diagnostics.map(named);
  const { document } = parsed;
  const { value } = document;
  if (value.kind !== 'ArtifactConfiguration') return [];
  return configurationProblems(value).map(({ rule, path: steps, message, fix }) => {
    const { line, column } = document.locate(steps);
    return { rule, file: path, line, column, message, fix };
  });
}

/** The file's name without its extension, as names of policy files must be. */
function slugOf(path: string): string {
  const name = path.replaceAll('\\', '/').split('/').at(-1) ?? '';
  const slug = name
    .replace(/\.(?:xml|ya?ml)$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 64)
    .replace(/-$/, '');
  return slug === '' ? 'imported' : slug;
}
