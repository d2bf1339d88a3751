/** What a CI configuration of GitLab takes from elsewhere, and the pipelines that its jobs start. */
import { isMap, isSeq } from 'yaml';
import { isReference, textOf } from './pipeline-nodes.ts';
import type { PipelineReader } from './pipeline-nodes.ts';

export interface Includes {
  readonly own: string[];
  readonly pinned: string[];
  readonly unpinned: string[];
}

/** GitLab's own limit, unless an instance has another: what comes after it isn't called harmless. */
const includesMax = 150;
const nameCharactersMax = 160;

/** `started`: it is a job's `trigger`, where a text names a project. */
export function includesIn(node: unknown, read: PipelineReader, found: Includes, started?: 'started'): void {
  if (node === undefined) return;
  if (started !== undefined) {
    const project = isMap(node) ? read.seen(node.get('project', true)) : node;
    if (isMap(node)) includesIn(read.seen(node.get('include', true)), read, found);
    if (project !== undefined)
      add(found.unpinned, read.at(node), `${textOf(project) ?? 'something'}, whose own pipeline is started`);
    return;
  }
  const parts: readonly unknown[] = isSeq(node) && !isReference(node) ? node.items : [node];
  for (const part of parts.slice(0, includesMax)) includeOf(part, read, found);
  if (parts.length > includesMax)
    found.unpinned.push(`${parts.length - includesMax} more, which aren’t looked at`);
}

const add = (list: string[], where: string, what: string): void => {
  list.push(`${where}: ${what.slice(0, nameCharactersMax)}`);
};

/** https://docs.gitlab.com/ci/yaml/#include: an address or path, or a map that says what it is. */
function includeOf(written: unknown, { at, seen }: PipelineReader, found: Includes): void {
  const where = at(written);
  const part = seen(written);
  const said = (name: string): string | null => (isMap(part) ? textOf(seen(part.get(name, true))) : null);
  const path = textOf(part);
  if (path !== null) {
    if (/^https?:\/\//i.test(path)) add(found.unpinned, where, `${path}, without an integrity`);
    else add(found.own, where, path);
    return;
  }
  const [component, project, remote, artifact] = ['component', 'project', 'remote', 'artifact'].map(said);
  if (typeof component === 'string')
    add(/@[0-9a-f]{40}$/.test(component) ? found.pinned : found.unpinned, where, component);
  else if (typeof project === 'string') {
    const ref = said('ref');
    const isCommit = /^[0-9a-f]{40}$/.test(ref ?? '');
    add(isCommit ? found.pinned : found.unpinned, where, `${project}@${ref ?? 'its default branch'}`);
  } else if (typeof remote === 'string')
    add(said('integrity')?.startsWith('sha256-') === true ? found.pinned : found.unpinned, where, remote);
  else if (typeof artifact === 'string')
    add(found.unpinned, where, `${artifact}, which the job ${said('job') ?? ''} writes`);
  else if (said('local') !== null || said('template') !== null)
    add(found.own, where, said('local') ?? `${said('template') ?? ''} (a template of GitLab)`);
  else add(found.unpinned, where, 'something that isn’t understood here');
}
