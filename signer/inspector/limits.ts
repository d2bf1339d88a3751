/** What one request to the inspector may use. */
import { defaultUnpackLimits, type UnpackLimits } from '#core/formats/archive/index.ts';

export interface InspectorLimits extends UnpackLimits {
  /** Wall-clock time until the child is killed. */
  readonly timeoutSeconds: number;
  /** V8 heap of the child, in MiB. */
  readonly heapMebibytes: number;
  /** Everything the child allocates, heap and buffers, in MiB. */
  readonly memoryMebibytes: number;
  readonly answerBytesMax: number;
}

export const defaultInspectorLimits: InspectorLimits = {
  ...defaultUnpackLimits,
  timeoutSeconds: 600,
  heapMebibytes: 512,
  memoryMebibytes: 1536,
  answerBytesMax: 64 * 1024 * 1024,
};

/** How many files of one request other programs may unpack. */
export const unpackingsMax = 64;
/** Wall-clock time for one of them. */
export const unpackingSecondsMax = 180;

/** How many programs inside one file are named; a file with more of them can't be judged by them. */
export const programsMax = 2000;
/** The same for all files of a request together. */
export const programsOfRequestMax = 20_000;

/** How many reasons are kept per file for what could not be opened in it. */
export const closedMax = 20;
