import { FormatError } from '../format.ts';

export type NugetErrorCode =
  | 'NO_NUSPEC'
  | 'TWO_NUSPECS'
  | 'NUSPEC_TOO_LARGE'
  | 'NUSPEC_ENCODING'
  | 'NUSPEC_XML'
  | 'NUSPEC_INVALID'
  | 'NAME_ESCAPED'
  | 'NAME_RESERVED'
  | 'ZIP64'
  | 'TOO_MANY_ENTRIES'
  | 'ALREADY_SIGNED'
  | 'SIGNATURE_TOO_LARGE'
  | 'SIGNATURE_ENTRY'
  | 'DIFFERS'
  | 'CERTIFICATE_UNSUITABLE';

/** A file that can't be read, or signed, as a NuGet package. */
export class NugetError extends FormatError<NugetErrorCode> {
  static override readonly errorName = 'NugetError';
}

/** ALREADY_SIGNED → `nuget.already-signed`. */
export const nugetRule = (code: NugetErrorCode): string => `nuget.${code.toLowerCase().replaceAll('_', '-')}`;

/** The fix that most refusals share. */
export const packAnew =
  'Pack it anew with `dotnet pack` or `nuget pack`, and submit what that wrote, unchanged.';
export const submitUnsigned =
  'Submit the package as `dotnet pack` wrote it, before `dotnet nuget sign` and before it went through a package feed: nuget.org, for example, signs each package that it takes.';
