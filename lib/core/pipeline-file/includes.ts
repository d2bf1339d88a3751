/** What a CI configuration of GitLab takes from elsewhere, and the pipelines that its jobs start. */
import { isMap, isScalar, isSeq } from 'yaml';
import type { YAMLMap } from 'yaml';
import { isReference, nameOf, textOf } from './nodes.ts';
import type { PipelineReader } from './nodes.ts';

export interface Includes {
  /** Files of the project itself and templates of GitLab, as they are shown. */
  readonly own: string[];
  /** Paths of the first of these. */
  readonly local: string[];
  readonly pinned: string[];
  /** What others can change, or can't be told. */
  readonly unpinned: string[];
}

/** GitLab's own limit, unless an instance has another: what comes after it isn't called harmless. */
const includesMax = 150;
const nameCharactersMax = 160;

const kinds = ['component', 'project', 'remote', 'artifact', 'local', 'template'] as const;
/** https://docs.gitlab.com/ci/yaml/#include */
const includeKeys: ReadonlySet<string> = new Set([
  ...kinds,
  ...['file', 'ref', 'integrity', 'job', 'rules', 'inputs', 'cache'],
]);
/** https://docs.gitlab.com/ci/yaml/#trigger */
const triggerKeys: ReadonlySet<string> = new Set([
  'project',
  'branch',
  'include',
  'strategy',
  'forward',
  'inputs',
]);

/** What `include` of the file stands for, also where it is merged into it. */
export function includesIn(root: YAMLMap, read: PipelineReader, found: Includes): void {
  // Each map once, and one after another: merges may lead in circles.
  const maps = new Set([root]);
  for (const map of maps) {
    for (const { key, value } of map.items) {
      const name = nameOf(read.seen(key));
      if (name === 'include') includesOf(value, read, found);
      if (name !== '<<') continue;
      const merged = read.seen(value);
      for (const one of isSeq(merged) ? merged.items : [merged]) {
        const other = read.seen(one);
        if (isMap(other)) maps.add(other);
      }
    }
  }
}

export function includesOf(written: unknown, read: PipelineReader, found: Includes): void {
  const node = read.seen(written);
  if (isScalar(node) && node.value === null) return;
  const parts: readonly unknown[] = isSeq(node) && !isReference(node) ? node.items : [node];
  for (const part of parts.slice(0, includesMax)) includeOf(part, read, found);
  if (parts.length > includesMax)
    found.unpinned.push(`${parts.length - includesMax} more, which aren’t looked at`);
}

/** A job's `trigger`, where a text names a project. */
export function startedBy(node: unknown, read: PipelineReader, found: Includes): void {
  if (!isMap(node)) {
    add(found.unpinned, read.at(node), `${textOf(node) ?? 'something'}, whose own pipeline is started`);
    return;
  }
  if (!hasOnly(node, triggerKeys)) add(found.unpinned, read.at(node), notUnderstood);
  const include: unknown = node.get('include', true);
  if (include !== undefined) includesOf(include, read, found);
  const project = read.seen(node.get('project', true));
  if (project !== undefined)
    add(found.unpinned, read.at(node), `${textOf(project) ?? 'something'}, whose own pipeline is started`);
}

const notUnderstood = 'something that isn’t understood here';

const add = (list: string[], where: string, what: string): void => {
  list.push(`${where}: ${what.slice(0, nameCharactersMax)}`);
};

/** What is merged in, or written in a way of GitLab’s own, could be any of them. */
const hasOnly = (map: YAMLMap, known: ReadonlySet<string>): boolean =>
  map.items.every(({ key }) => isScalar(key) && typeof key.value === 'string' && known.has(key.value));

/** https://docs.gitlab.com/ci/yaml/#include: an address or path, or a map that says what it is. */
function includeOf(written: unknown, { at, seen }: PipelineReader, found: Includes): void {
  const where = at(written);
  const part = seen(written);
  const path = textOf(part);
  if (path !== null) {
    if (/^https?:\/\//i.test(path)) add(found.unpinned, where, `${path}, without an integrity`);
    else addLocal(found, where, path);
    return;
  }
  if (!isMap(part) || !hasOnly(part, includeKeys) || kinds.filter((kind) => part.has(kind)).length !== 1) {
    add(found.unpinned, where, notUnderstood);
    return;
  }
  const said = (name: string): string | null => textOf(seen(part.get(name, true)));
  const [component, project, remote, artifact] = kinds.map(said);
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
  else {
    const [local, template] = [said('local'), said('template')];
    if (local !== null) addLocal(found, where, local);
    else if (template !== null) add(found.own, where, `${template} (a template of GitLab)`);
    else add(found.unpinned, where, notUnderstood);
  }
}

function addLocal(found: Includes, where: string, path: string): void {
  add(found.own, where, path);
  found.local.push(path);
}
