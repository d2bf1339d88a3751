/**
 * What other kinds of signatures are made over, told by how it begins.
 *
 * A CMS signature states the digest of some content and nothing of its kind that all programs look at. If a file of any kind could be
 * signed that begins like the content of another format's signature, that signature could be lifted out and put around it:
 * `SpcIndirectDataContent` of a program that nobody inspected, as a file of its own, would yield that program's Authenticode
 * signature. So each format names what it signs, and a file that begins so is never signed as a file.
 */
export { foreignContents } from './foreign.ts';
export { nugetContent, signatureFileContent, spcContent, trustListContent } from './formats.ts';
export type { SignedContent } from './signed-content.ts';
