/**
 * What the CI configuration of a project on GitLab allows: what it is made of that others can change, and in whose images its jobs run. Only
 * the project's own file is read: what it includes is named.
 */
import { readPipelineFile } from '#core/pipeline-file/index.ts';
import type { Answers } from './answers.ts';
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
      'Files of other projects, components and files of the web become part of the build. By a full commit, or an integrity of their bytes, they stay what they are; a branch, a tag or a version can be moved to others. Pipelines that its jobs start count as well.',
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
  const found = readPipelineFile(file.text);
  if (typeof found === 'string')
    return all((frame) => unverified(frame, `${file.path} can’t be read: ${found}`));
  const others = found.pinned.length + found.unpinned.length;
  const images = found.digests.length + found.tags.length;
  return [
    verified(frames.file, `${file.path}, in the project itself`, 'good'),
    verified(
      frames.includes,
      others === 0 && found.own.length === 0
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
