/** A file of somebody else's, found on this machine. */
export const realFormats = [
  'pe',
  'msi',
  'cab',
  'catalog',
  'jar',
  'nuget',
  'powershell',
  'windows-script',
] as const;
export type RealFormat = (typeof realFormats)[number];

export interface FoundFile {
  readonly format: RealFormat;
  /** What made it, as far as its bytes tell. */
  readonly toolchain: string;
  readonly file: string;
  readonly sizeBytes: number;
}
