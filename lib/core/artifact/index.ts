/** Artifact configurations: which entries of an artifact are expected, and which get signed. Pure. */
export type {
  ArtifactEntry,
  CompiledElement,
  ContainerType,
  ElementLocations,
  ElementType,
} from './element.ts';
