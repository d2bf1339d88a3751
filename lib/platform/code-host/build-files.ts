/** What builds leave at their host: files, and attestations of files. */
import type { RepositoryPlace } from './questions.ts';

export interface BuildFile {
  readonly name: string;
  /** As the host says; null: it doesn't say. */
  readonly sizeBytes: number | null;
  /** SHA-256 of its bytes, as the host says; null: it doesn't say. */
  readonly sha256: string | null;
  readonly expired: boolean;
  /** Whose run it is of; null: the host doesn't say. */
  readonly run: { readonly id: string; readonly repositoryId: string } | null;
}

export interface OpenedBuildFile {
  /** As downloads are named. The host's, so anything. */
  readonly name: string;
  /** The host packed the files that were uploaded into a zip; false: it is one file, as it was uploaded. */
  readonly packed: boolean;
  /** Announced; null: nothing was. */
  readonly sizeBytes: number | null;
  /** Once. Rejects with PageFetchError where it breaks off. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Ends the connection, read or not. */
  close(): void;
}

/** `token`: whose right to read it is used, for this one call; null: the portal's own. Everything rejects with CodeHostError. */
export interface BuildFiles {
  /** Whether the portal has a token of its own: files are given to nobody in particular by no host. */
  hasOwnToken(): boolean;
  /** What is said in the host's words where a file can't be had, each a sentence or two. */
  readonly advice: { readonly run: string; readonly access: string; readonly retention: string };
  file(place: RepositoryPlace, id: string, token: string | null): Promise<BuildFile>;
  /**
   * null: its time is over. Where the host leads elsewhere, the token isn't sent along; rejects with PageFetchError where that isn't a
   * public address, or answers anything but the file.
   */
  open(
    place: RepositoryPlace,
    file: { readonly id: string; readonly name: string },
    token: string | null,
  ): Promise<OpenedBuildFile | null>;
  /** Sigstore bundles whose subject has this digest, as the host keeps them; the newest first. Nothing of them is checked. */
  attestations(
    place: RepositoryPlace,
    sha256: string,
    token: string | null,
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
}
