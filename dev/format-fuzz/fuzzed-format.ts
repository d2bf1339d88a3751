/** What the fuzzer has to know of a format. */
export interface FuzzedFormat {
  readonly name: string;
  /** Files that are accepted, small ones, of every shape that the parser tells apart. */
  seeds(): Promise<readonly Uint8Array[]>;
  /** Throws a FormatError or an ArchiveError for what is refused. */
  read(bytes: Uint8Array): Promise<Reading>;
}

export interface Reading {
  /** What a signature states of the file: two files with one digest are one file to whoever verifies. */
  readonly digest: string;
  /** What the file is to whoever uses it. Of files with one digest it has to be one. */
  readonly meaning: string;
}
