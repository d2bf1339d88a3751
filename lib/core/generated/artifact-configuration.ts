// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * The file that is submitted.
 */
export type RootElement = RootContainer | RootPe | RootFile;
/**
 * Files inside the container.
 */
export type Element = ContainerElement | PeElement | FileElement;
/**
 * Path inside the container, with / between parts. * and ? stay within one part, ** as a whole part spans parts. Case doesn't matter.
 */
export type PathPattern = string;
/**
 * What the container holds; the order matters, the first element that matches decides.
 *
 * @minItems 1
 * @maxItems 200
 */
export type Contents = Element[];

/**
 * What a file must hold and which parts get signed. Every file inside a container must match an element; the first that matches decides, and what matches none is refused. File: projects/<slug>/artifacts/<name>.yaml.
 */
export interface ArtifactConfiguration {
  /**
   * Version of this format.
   */
  apiVersion: 'countersign/v1';
  /**
   * The kind of this file.
   */
  kind: 'ArtifactConfiguration';
  root: RootElement;
}
/**
 * An archive.
 */
export interface RootContainer {
  /**
   * The archive's format.
   */
  type: 'tar.gz' | 'tar' | 'zip';
  contents: Contents;
}
/**
 * An archive inside the archive.
 */
export interface ContainerElement {
  /**
   * The archive's format.
   */
  type: 'tar.gz' | 'tar' | 'zip';
  path: PathPattern;
  matches?: Matches;
  contents: Contents;
}
/**
 * How many files match; exactly one where left out.
 */
export interface Matches {
  /**
   * The least number of files; 0 makes the element optional.
   */
  min: number;
  /**
   * The greatest number of files: a whole number from 1 to 100000, or unbounded.
   */
  max: number | 'unbounded';
}
/**
 * Windows programs or libraries (PE).
 */
export interface PeElement {
  /**
   * A Windows program or library.
   */
  type: 'pe';
  path: PathPattern;
  matches?: Matches;
  sign?: AuthenticodeSign;
}
/**
 * Sign with Authenticode (SHA-256).
 */
export interface AuthenticodeSign {
  /**
   * The kind of signature.
   */
  method: 'authenticode';
  /**
   * The program's name as Windows shows it when the program asks for more rights.
   */
  description?: string;
  /**
   * Where users learn more about the program: an https:// address.
   */
  descriptionUrl?: string;
  /**
   * What happens to a program that is already signed. refuse: the request is refused; this is also what happens where the line is left out.
   */
  existingSignature?: 'refuse';
}
/**
 * Files that aren't signed.
 */
export interface FileElement {
  /**
   * Any file.
   */
  type: 'file';
  path: PathPattern;
  matches?: Matches;
}
/**
 * A Windows program or library (PE).
 */
export interface RootPe {
  /**
   * A Windows program or library.
   */
  type: 'pe';
  sign?: AuthenticodeSign;
}
/**
 * Any file; it isn't signed.
 */
export interface RootFile {
  /**
   * Any file.
   */
  type: 'file';
}
