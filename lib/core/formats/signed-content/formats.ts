/** What the formats of this repository sign. */
import { derContent } from './der.ts';
import { headerContent } from './header-lines.ts';

/** Windows Authenticode Portable Executable Signature Format, "SpcIndirectDataContent"; scripts, packages and macros sign it, too. */
export const spcContent = derContent('what Authenticode states of a program');

/** A list of digests that Windows takes as signatures of the files that have them. */
export const trustListContent = derContent('the list of a security catalog');

/** JAR File Specification, "Signature File"; Android's oldest scheme signs the same. */
export const signatureFileContent = headerContent(
  'the signature file of a Java archive',
  /^signature-version\s*:/,
);

/** NuGet's signed content: lines `Version:1`, an empty one, and the package's digest. */
export const nugetContent = headerContent('what is signed of a NuGet package', /^version\s*:\s*1\s*$/);
