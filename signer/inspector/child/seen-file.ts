/** Files of one container, as lists beside them are judged by, and what is known of the configuration then. */
import type { CompiledElement } from '#core/artifact/index.ts';
import type { PolicyLocation } from '#core/wire/finding/index.ts';
import type { WrittenFile } from './file-source.ts';

/** A file directly in the container. */
export interface SeenFile extends WrittenFile {
  /** In the container. */
  readonly place: string;
  /** Its name in the request’s folder. */
  readonly file: string;
  readonly element: CompiledElement;
}

export interface Surroundings {
  readonly folder: string;
  readonly elements: readonly CompiledElement[];
  readonly locate: (element: CompiledElement) => PolicyLocation | null;
}
