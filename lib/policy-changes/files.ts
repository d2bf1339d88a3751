import { parseRepositoryPath } from '#core/policy/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { mayChangeFile } from './authorise.ts';
import { startOf } from './draft.ts';
import { personOf } from './host.ts';

export interface EditableFiles {
  /** Paths, sorted; at most as many as were asked for. */
  readonly paths: readonly string[];
  /** How many more match. */
  readonly leftOut: number;
  /** Projects that the person may add files to, sorted; bounded like the paths. */
  readonly projects: readonly string[];
}

/** Policy files that the person may propose to change and whose path holds the text looked for. */
export async function listEditableFiles(call: {
  readonly ctx: Pick<Context, 'actor' | 'db' | 'policies' | 'policyHosts'>;
  readonly input: { readonly number: number | null; readonly text: string; readonly limit: number };
}): Promise<EditableFiles> {
  const { ctx, input } = call;
  const person = personOf(ctx);
  const { files, snapshot } = await startOf(ctx, input.number);
  const search = input.text.trim().toLowerCase();
  const matching = [...files.keys()]
    .filter((path) => path.includes(search) && isPolicyFile(path) && mayChangeFile(person, path, false))
    .sort();
  const projects = [...snapshot.projects.keys()]
    .filter((slug) => slug.includes(search) && mayChangeFile(person, `projects/${slug}/project.yaml`, false))
    .sort();
  return {
    paths: matching.slice(0, input.limit),
    leftOut: Math.max(0, matching.length - input.limit),
    projects: projects.slice(0, input.limit),
  };
}

function isPolicyFile(path: string): boolean {
  const place = parseRepositoryPath(path);
  return place.ok && place.path !== null;
}

/** A file as it stands where an edit would start; null text: it doesn't exist yet. */
export async function readEditableFile(call: {
  readonly ctx: Pick<Context, 'actor' | 'db' | 'policies' | 'policyHosts'>;
  readonly input: { readonly number: number | null; readonly path: string };
}): Promise<{ readonly text: string | null } & Awaited<ReturnType<typeof startOf>>> {
  const { ctx, input } = call;
  personOf(ctx);
  const start = await startOf(ctx, input.number);
  const bytes = start.files.get(input.path);
  return { ...start, text: bytes === undefined ? null : new TextDecoder('utf-8').decode(bytes) };
}
