/**
 * A CI configuration of GitLab: what it is made of that others can change, and in whose images its jobs run. One file by itself: what it
 * includes is named. https://docs.gitlab.com/ci/yaml
 */
import { isMap, LineCounter } from 'yaml';
import { composeWithHeader } from '../yaml/index.ts';
import { imagesIn, type Images } from './images.ts';
import { includesIn, includesOf, startedBy, type Includes } from './includes.ts';
import { readerOf } from './nodes.ts';

export type { Images, Includes };

export interface PipelineFile extends Includes, Images {
  /** Whether texts of it are put in when the pipeline starts: an input’s may be whatever its starter says. */
  readonly hasInputs: boolean;
}

const charactersMax = 256 * 1024;

/** Text → what it says, or why it can't be read. In time linear in the text. */
export function readPipelineFile(text: string): PipelineFile | string {
  if (text.length > charactersMax) return `it is longer than ${charactersMax / 1024} Ki characters`;
  const lines = new LineCounter();
  // Aliases stay what they are: what one stands for is looked at where it is written.
  // `!reference` is GitLab's: what it names is elsewhere in the configuration.
  const composed = composeWithHeader(text, 'spec', {
    lines,
    aliasesMax: Number.POSITIVE_INFINITY,
    tags: ['!reference'],
  });
  if (typeof composed === 'string') return composed;
  const { header, document } = composed;
  if (!isMap(document.contents)) return 'it is no map of jobs';
  const read = readerOf(document, lines);
  const found: Includes & Images = {
    own: [],
    local: [],
    pinned: [],
    unpinned: [],
    digests: [],
    tags: [],
  };
  // Definitions of inputs may lie elsewhere, too: https://docs.gitlab.com/ci/yaml/#specinclude
  const spec: unknown = header?.get('spec', true);
  if (isMap(spec) && spec.has('include')) includesOf(spec.get('include', true), read, found);
  includesIn(document.contents, read, found);
  const { triggers } = imagesIn(document.contents, read, found);
  for (const trigger of triggers) startedBy(trigger, read, found);
  return { ...found, hasInputs: text.includes('$[[') };
}
