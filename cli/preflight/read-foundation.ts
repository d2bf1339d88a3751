/** What the foundation and the project ask of a file, from a folder with their policies. */
import { X509Certificate } from 'node:crypto';
import { IdentifierError, parseCommitSha, parseProjectSlug } from '#core/ids/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import { effectivePolicy, formatDiagnostic, loadSnapshot } from '#core/policy/index.ts';
import type { EffectivePolicy, PolicySnapshot } from '#core/policy/index.ts';
import { CliError } from '../error.ts';
import { readFolder } from '../policy/read-folder.ts';

export interface FoundationDemands {
  readonly project: ProjectSlug;
  readonly program: EffectivePolicy['project']['program'];
  /** Signing policies that use the configuration: their floors were held against it. */
  readonly policies: readonly string[];
  /** DER. */
  readonly upstreamRoots: readonly Uint8Array[];
}

interface Named {
  /** Of the file alone. */
  readonly name: string;
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The folder as it would be with the configuration in it. Throws CliError REFUSED where that isn't a valid policy. */
export async function readFoundation(
  { folder, project }: { readonly folder: string; readonly project: string },
  { name, file, bytes }: Named,
): Promise<FoundationDemands> {
  const { files, diagnostics } = await readFolder(folder);
  const slug = slugOf(project);
  const place = `projects/${slug}/artifacts/${name}`;
  if (diagnostics.length > 0) throw invalid(folder, diagnostics.map(formatDiagnostic));
  if (!files.has(`projects/${slug}/project.yaml`))
    throw new CliError('USAGE', `${folder} has no project ${slug}`);
  const loaded = loadSnapshot(new Map([...files, [place, bytes]]), parseCommitSha('0'.repeat(40)));
  if (!loaded.ok) {
    const lines = loaded.diagnostics.map((one) =>
      formatDiagnostic(one.file === place ? { ...one, file } : one),
    );
    throw invalid(`${folder} with ${file} as ${place}`, lines);
  }
  const found = policiesOf(loaded.snapshot, slug, name.replace(/\.yaml$/, ''));
  const entry = loaded.snapshot.projects.get(slug);
  if (entry === undefined) throw new TypeError('the file of the project was there');
  const [first] = found;
  return {
    project: slug,
    program: entry.project.value.program,
    policies: found.map(({ policySlug }) => policySlug),
    upstreamRoots: first?.upstreamRoots ?? [],
  };
}

/** Of a configuration that isn't there yet: whom the foundation trusts. */
export async function readFoundationAsItIs({
  folder,
  project,
}: {
  readonly folder: string;
  readonly project: string;
}): Promise<Pick<FoundationDemands, 'upstreamRoots'>> {
  const { files, diagnostics } = await readFolder(folder);
  if (diagnostics.length > 0) throw invalid(folder, diagnostics.map(formatDiagnostic));
  if (!files.has(`projects/${slugOf(project)}/project.yaml`))
    throw new CliError('USAGE', `${folder} has no project ${project}`);
  const loaded = loadSnapshot(files, parseCommitSha('0'.repeat(40)));
  if (!loaded.ok) throw invalid(folder, loaded.diagnostics.map(formatDiagnostic));
  const roots = loaded.snapshot.trustRoot.value.upstreamRoots ?? [];
  return {
    upstreamRoots: roots.map(({ certificate }) => new Uint8Array(new X509Certificate(certificate).raw)),
  };
}

function policiesOf(
  snapshot: PolicySnapshot,
  project: ProjectSlug,
  artifact: string,
): readonly EffectivePolicy[] {
  const policies = snapshot.projects.get(project)?.policies ?? new Map<never, never>();
  return [...policies].flatMap(([slug, { value }]) => {
    if (value.artifactConfiguration !== artifact) return [];
    const effective = effectivePolicy(snapshot, project, slug);
    if (effective.ok) return [effective.value];
    const [why] = effective.findings;
    throw new CliError('REFUSED', `${why?.message ?? 'Nothing is signed for it.'} ${why?.fix ?? ''}`);
  });
}

function slugOf(project: string): ProjectSlug {
  try {
    return parseProjectSlug(project);
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error;
    throw new CliError('USAGE', error.message, error);
  }
}

const invalid = (what: string, lines: readonly string[]): CliError =>
  new CliError('REFUSED', `${what} is not a valid policy:\n${lines.join('\n')}`);
