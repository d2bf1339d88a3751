/**
 * What the CI configuration of a project on GitLab allows: what it is made of that others can change, and in whose images its jobs run. Only
 * the project's own file is read: what it includes is named.
 */
import { isMap, isScalar, isSeq, LineCounter } from 'yaml';
import type { Node } from 'yaml';
import type { Answers } from './answers.ts';
import { parseBuildFile } from './build-file.ts';
import { asksFile, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';

const source = asksFile('.gitlab-ci.yml');
const frames = {
  file: {
    id: 'pipeline-file',
    group: 'practices',
    title: 'CI configuration',
    source,
    gaming: 'low',
    explanation:
      'Whether the project says in its own repository how it is built. A policy for releases names that file; one of another project or of the web can change without the project.',
  },
  includes: {
    id: 'pipeline-includes',
    group: 'practices',
    title: 'What the pipeline includes',
    source,
    gaming: 'low',
    explanation:
      'Files of other projects, components and files of the web become part of the build. By a full commit, or an integrity of their bytes, they stay what they are; a branch, a tag or a version can be moved to others.',
  },
  images: {
    id: 'pipeline-images',
    group: 'practices',
    title: 'Images by digest',
    source,
    gaming: 'low',
    explanation:
      'Whether jobs run in images that are named by digest. A tag can be moved to another image, and then builds run in it. Images of included files aren’t seen here.',
  },
} as const satisfies Record<string, SignalFrame>;

const all = (make: (frame: SignalFrame) => Signal): readonly Signal[] => Object.values(frames).map(make);

/** GitLab's own limit. */
const includesMax = 150;
const nodesMax = 20_000;
const nameCharactersMax = 160;

interface Found {
  readonly own: string[];
  readonly pinned: string[];
  readonly unpinned: string[];
  readonly digests: string[];
  readonly tags: string[];
}

/** Of the answer's files the first is the configuration that the project has, as GitLab says. */
export function pipelineSignals({ workflows }: Answers): readonly Signal[] {
  if (!workflows.ok) return all((frame) => unverified(frame, workflows.reason));
  const [file] = workflows.value.files;
  if (file === undefined) {
    return [
      verified(frames.file, 'none in the project, or it lies in another project or on the web', 'look'),
      ...[frames.includes, frames.images].map((frame) => unverified(frame, 'there is no file to read')),
    ];
  }
  const lines = new LineCounter();
  const document = parseBuildFile(file.text, lines);
  if (document === null || !isMap(document.contents))
    return all((frame) => unverified(frame, `${file.path} can’t be read`));
  const at = (node: Node): string => `line ${lines.linePos(node.range?.[0] ?? 0).line}`;
  const found: Found = { own: [], pinned: [], unpinned: [], digests: [], tags: [] };
  const include: unknown = document.get('include', true);
  const parts = isSeq(include) ? include.items : include === undefined ? [] : [include];
  for (const part of parts.slice(0, includesMax)) includeOf(part, at, found);
  imagesIn(document.contents, at, found);
  const others = found.pinned.length + found.unpinned.length;
  const images = found.digests.length + found.tags.length;
  return [
    verified(frames.file, `${file.path}, in the project itself`, 'good'),
    verified(
      frames.includes,
      parts.length === 0
        ? 'nothing'
        : others === 0
          ? `only files of its own or of GitLab (${found.own.length})`
          : `${found.pinned.length} of ${others} of others by commit or integrity`,
      found.unpinned.length === 0 ? 'good' : 'look',
      [...found.unpinned, ...found.pinned, ...found.own],
    ),
    verified(
      frames.images,
      images === 0 ? 'no image is named' : `${found.digests.length} of ${images}`,
      images === 0 ? 'neutral' : found.tags.length === 0 ? 'good' : 'look',
      found.tags,
    ),
  ];
}

/** https://docs.gitlab.com/ci/yaml/#include: an address or path, or a map that says what it is. */
function includeOf(part: unknown, at: (node: Node) => string, found: Found): void {
  const where = isMap(part) || isScalar(part) ? at(part) : 'somewhere';
  const add = (list: string[], what: string): void => {
    list.push(`${where}: ${what.slice(0, nameCharactersMax)}`);
  };
  const said = (name: string): string | null => {
    const value: unknown = isMap(part) ? part.get(name) : undefined;
    return typeof value === 'string' ? value : null;
  };
  if (isScalar(part) && typeof part.value === 'string') {
    if (/^https?:\/\//i.test(part.value)) add(found.unpinned, `${part.value}, without an integrity`);
    else add(found.own, part.value);
    return;
  }
  const [component, project, remote] = [said('component'), said('project'), said('remote')];
  if (component !== null) add(/@[0-9a-f]{40}$/.test(component) ? found.pinned : found.unpinned, component);
  else if (project !== null) {
    const ref = said('ref');
    add(
      /^[0-9a-f]{40}$/.test(ref ?? '') ? found.pinned : found.unpinned,
      `${project}@${ref ?? 'its default branch'}`,
    );
  } else if (remote !== null)
    add(said('integrity')?.startsWith('sha256-') === true ? found.pinned : found.unpinned, remote);
  else if (said('local') !== null || said('template') !== null)
    add(found.own, said('local') ?? `${said('template') ?? ''} (a template of GitLab)`);
  else add(found.unpinned, 'something that isn’t understood here');
}

/** `image` and `services` of jobs, of `default` and of the file. */
function imagesIn(root: Node, at: (node: Node) => string, found: Found): void {
  let visited = 0;
  const name = (node: unknown): void => {
    const named: unknown = isMap(node) ? node.get('name', true) : node;
    if (!isScalar(named) || typeof named.value !== 'string') return;
    const image = named.value.slice(0, nameCharactersMax);
    if (/@sha256:[0-9a-f]{64}$/.test(named.value)) found.digests.push(image);
    else found.tags.push(`${at(named)}: ${image}`);
  };
  const walk = (node: unknown, depth: number): void => {
    visited += 1;
    if (visited > nodesMax || depth > 2 || !isMap(node)) return;
    for (const { key, value } of node.items) {
      const called = isScalar(key) ? key.value : null;
      if (called === 'image') name(value);
      else if (called === 'services' && isSeq(value)) for (const item of value.items) name(item);
      // What is called so among variables is somebody's own word.
      else if (called !== 'variables') walk(value, depth + 1);
    }
  };
  // Jobs are one level below the file: deeper, the word is a variable's or somebody else's.
  walk(root, 1);
}
