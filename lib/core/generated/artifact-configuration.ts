// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * The file that is submitted.
 */
export type RootElement =
  | RootContainer
  | RootZip
  | RootPe
  | RootMsi
  | RootAuthenticodePackage
  | RootAuthenticodeFile
  | RootNuget
  | RootJar
  | RootPackage
  | RootXml
  | RootOffice
  | RootOci
  | RootFile;
/**
 * Files inside the container.
 */
export type Element =
  | ContainerElement
  | ZipElement
  | PeElement
  | MsiElement
  | AuthenticodePackageElement
  | AuthenticodeFileElement
  | NugetElement
  | JarElement
  | PackageElement
  | XmlElement
  | OfficeElement
  | OciElement
  | FileElement
  | DirectoryElement
  | SetElement;
/**
 * Path inside the container, with / between parts. * and ? stay within one part, ** as a whole part spans parts. Case doesn't matter. ${name} stands for a parameter.
 */
export type PathPattern = string;
/**
 * What must be right before anything is signed. authenticode: the file carries a valid signature with a timestamp already, as a component from upstream does.
 */
export type Verify = 'authenticode';
/**
 * Every program inside the installer has to be signed by this foundation already, or carry a valid signature of upstream. An installer that can't be opened is refused.
 */
export type RequireSignedInside = true;
/**
 * What must be right before anything is signed. nuget: the package carries a valid signature of its author or of a package feed already.
 */
export type VerifyNuget = 'nuget';
/**
 * What must be right before anything is signed. jar: every file in the archive is covered by a valid signature of upstream already, as in a library that upstream signed.
 */
export type VerifyJar = 'jar';
/**
 * What must be right before anything is signed. openpgp: upstream's signature lies beside the file (file.asc, file.sig), or around it where it is a clear-signed text, and is by a key in upstream.openpgpKeys.
 */
export type VerifyOpenPgp = 'openpgp';
/**
 * What holds for every file of the set: an element without path and matches.
 */
export type SetBody =
  | RootContainer
  | RootZip
  | RootPe
  | RootMsi
  | RootAuthenticodePackage
  | RootAuthenticodeFile
  | RootNuget
  | RootJar
  | RootPackage
  | RootXml
  | RootOffice
  | RootOci
  | RootFile
  | SetDirectory;
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
  /**
   * Values that texts in this file can use as ${name}. A ${ that is meant literally is written $${.
   *
   * @minItems 1
   * @maxItems 50
   */
  parameters?: Parameter[];
  root: RootElement;
}
/**
 * A value that texts in this file can use.
 */
export interface Parameter {
  /**
   * What stands between ${ and }: a letter, then letters, digits, - and _.
   */
  name: string;
  /**
   * What the value is for.
   */
  description?: string;
  /**
   * The value where no request gives one; it is taken as it is, ${ in it means nothing. Where no request can give one, a value without default is empty.
   */
  default?: string;
  /**
   * Whether every request must give the value; false where left out. A value that requests give and that has no default, they must give in any case. A default without a pattern is never replaced.
   */
  required?: boolean;
  /**
   * Requests may give the value, and this is how it must look: * stands for any text, ? for one character, case matters. Whatever the pattern, a value is 1 to 128 letters, digits, spaces and some punctuation, and never a pattern or a path itself.
   */
  pattern?: string;
}
/**
 * An archive.
 */
export interface RootContainer {
  /**
   * The archive's format.
   */
  type: 'tar.gz' | 'tar';
  contents: Contents;
  detached?: DetachedSign;
}
/**
 * An archive inside the archive.
 */
export interface ContainerElement {
  /**
   * The archive's format.
   */
  type: 'tar.gz' | 'tar';
  path: PathPattern;
  matches?: Matches;
  contents: Contents;
  detached?: DetachedSign;
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
 * A further signature in a file of its own, beside this one: over the file's bytes as it is released, after everything in it and the file itself was signed. The file has to be in a container (zip, tar, tar.gz).
 */
export interface DetachedSign {
  /**
   * The kind of signature: cms with the key of the certificate, openpgp and raw with the project's own.
   */
  method: 'cms' | 'openpgp' | 'raw';
  /**
   * Name of the file with the signature, beside the signed file; ${file.name} stands for the name of the signed file. Where left out, ${file.name} with the ending .p7s, .p7s.pem (cms as text), .asc (openpgp), .sig (raw, and openpgp as binary).
   */
  outputFile?: string;
  /**
   * The hash function; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
  /**
   * For cms: der (binary; where left out) or pem (text). For openpgp: armored (text; where left out) or binary.
   */
  encoding?: 'der' | 'pem' | 'armored' | 'binary';
}
/**
 * Zip archives inside the archive.
 */
export interface ZipElement {
  /**
   * A zip archive.
   */
  type: 'zip';
  path: PathPattern;
  matches?: Matches;
  contents: Contents;
  sign?: JarSign;
  detached?: DetachedSign;
}
/**
 * Sign as a JAR file.
 */
export interface JarSign {
  /**
   * The kind of signature.
   */
  method: 'jar';
  /**
   * The hash function of the signature; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
  /**
   * The hash function for the entries in the manifest and the signature file; sha256 where left out.
   */
  manifestHashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
  /**
   * What happens to an archive that is signed already: refuse (where left out) refuses it, append adds the new signature and keeps those that are there with the manifest as it is, replace takes them out.
   */
  existingSignature?: 'refuse' | 'append' | 'replace';
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
  metadata?: PeMetadata;
  verify?: Verify;
  upstream?: Upstream;
  requireSignedInside?: RequireSignedInside;
  opaque?: Opaque;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * What the version resource of the program must say, in every language it has.
 */
export interface PeMetadata {
  /**
   * ProductName in the version resource; * stands for any text, case matters.
   */
  productName?: string;
  /**
   * ProductVersion in the version resource; * stands for any text.
   */
  productVersion?: string;
  /**
   * FileVersion in the version resource; * stands for any text.
   */
  fileVersion?: string;
  /**
   * CompanyName in the version resource; * stands for any text, case matters.
   */
  companyName?: string;
  /**
   * LegalCopyright in the version resource; * stands for any text, case matters.
   */
  copyright?: string;
  /**
   * OriginalFilename in the version resource; * stands for any text, case matters.
   */
  originalFilename?: string;
}
/**
 * Whose file it is, more closely than the foundation’s roots say. With both lines, both have to hold.
 */
export interface Upstream {
  /**
   * With `verify`: at least one of the signatures has to be by one of these, and all of them have to hold.
   *
   * @minItems 1
   * @maxItems 20
   */
  signers?: UpstreamSigner[];
  /**
   * SHA-256 digests of the files that are accepted, as they are submitted; of any others none is.
   *
   * @minItems 1
   * @maxItems 500
   */
  sha256?: string[];
  /**
   * With verify: openpgp: at least one of the signatures has to be by one of these, and all that are by one of them have to hold.
   *
   * @minItems 1
   * @maxItems 10
   */
  openpgpKeys?: UpstreamOpenPgpKey[];
}
/**
 * A signer of upstream. What is written has to be what the certificate says, character by character.
 */
export interface UpstreamSigner {
  /**
   * Common name (CN) of the certificate’s subject; it has to have exactly one.
   */
  commonName?: string;
  /**
   * Organization (O) of the certificate’s subject; it has to have exactly one.
   */
  organization?: string;
  /**
   * SHA-256 digest of the whole certificate: this one, and none that follows it.
   */
  certificateSha256?: string;
}
/**
 * An OpenPGP key of upstream, version 4.
 */
export interface UpstreamOpenPgpKey {
  /**
   * Of the primary key: 40 digits, without blanks, as gpg --fingerprint shows it; what reviewers compare with what upstream publishes.
   */
  fingerprint: string;
  /**
   * The key itself in armor, as gpg --armor --export-options export-minimal --export writes it. Keys that are revoked or have ended verify nothing: replace them by what upstream publishes now.
   */
  key: string;
}
/**
 * The file holds what the signer can't open: an installer, an encrypted archive, a format it doesn't read. Without this such a file is refused as not scanned. It is still sent to the virus scanner, and the reason is shown on the policy's public page and in every request.
 */
export interface Opaque {
  /**
   * Why users may trust what nobody could scan; one or two sentences, 10 to 300 characters.
   */
  reason: string;
}
/**
 * Sign with Authenticode.
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
   * What happens to a file that is already signed. refuse: the request is refused; this is also what happens where the line is left out. append: both stay. replace: the old one goes.
   */
  existingSignature?: 'refuse' | 'append' | 'replace';
  /**
   * The hash function; sha256 where left out. Two different ones: the file is signed twice, first by the first, and Windows sees both signatures.
   */
  hashAlgorithm?: ('sha256' | 'sha384' | 'sha512') | ('sha256' | 'sha384' | 'sha512')[];
}
/**
 * Windows Installer files (msi, msm or msp).
 */
export interface MsiElement {
  /**
   * A Windows Installer file.
   */
  type: 'msi';
  path: PathPattern;
  matches?: Matches;
  metadata?: MsiMetadata;
  contents?: Contents;
  verify?: Verify;
  upstream?: Upstream;
  requireSignedInside?: RequireSignedInside;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * What the Property table and the summary information of the installer must say.
 */
export interface MsiMetadata {
  /**
   * ProductName in the Property table; * stands for any text, case matters.
   */
  productName?: string;
  /**
   * ProductVersion in the Property table; * stands for any text.
   */
  productVersion?: string;
  /**
   * Manufacturer in the Property table; * stands for any text, case matters.
   */
  manufacturer?: string;
  /**
   * ProductCode in the Property table, with its braces; * stands for any text.
   */
  productCode?: string;
  /**
   * UpgradeCode in the Property table, with its braces; * stands for any text.
   */
  upgradeCode?: string;
  /**
   * Subject in the summary information; * stands for any text.
   */
  subject?: string;
  /**
   * Author in the summary information; * stands for any text.
   */
  author?: string;
}
/**
 * Cabinet files or Windows app packages.
 */
export interface AuthenticodePackageElement {
  /**
   * The format of the package.
   */
  type: 'cab' | 'appx' | 'msix';
  path: PathPattern;
  matches?: Matches;
  contents?: Contents;
  verify?: Verify;
  upstream?: Upstream;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * Security catalogs or scripts for Windows.
 */
export interface AuthenticodeFileElement {
  /**
   * The kind of file: catalog (cat: a list of digests, by which Windows takes the files of a driver as signed; each has to be in the same artifact), powershell (ps1, psm1, psd1 …), windows-script (js, vbs, wsf).
   */
  type: 'catalog' | 'powershell' | 'windows-script';
  path: PathPattern;
  matches?: Matches;
  verify?: Verify;
  upstream?: Upstream;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * NuGet packages (nupkg, snupkg).
 */
export interface NugetElement {
  /**
   * A NuGet package.
   */
  type: 'nuget';
  path: PathPattern;
  matches?: Matches;
  metadata?: NugetMetadata;
  verify?: VerifyNuget;
  upstream?: Upstream;
  contents?: Contents;
  sign?: NugetSign;
  detached?: DetachedSign;
}
/**
 * What the .nuspec of the package must say.
 */
export interface NugetMetadata {
  /**
   * Id of the package in the .nuspec; * stands for any text, case matters.
   */
  id?: string;
  /**
   * Version of the package in the .nuspec; * stands for any text.
   */
  version?: string;
  /**
   * Authors of the package in the .nuspec; * stands for any text, case matters.
   */
  authors?: string;
  /**
   * Address of the source repository in the .nuspec; * stands for any text, case matters.
   */
  repositoryUrl?: string;
  /**
   * Commit of the source repository that the package was built from in the .nuspec; * stands for any text.
   */
  repositoryCommit?: string;
}
/**
 * Sign as the author of the package.
 */
export interface NugetSign {
  /**
   * The kind of signature.
   */
  method: 'nuget';
  /**
   * The hash function; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
  /**
   * What happens to a package that is signed already: refuse (where left out) refuses it, replace takes the signature out, with a feed’s countersignature. A package has one signature, so none can be added.
   */
  existingSignature?: 'refuse' | 'replace';
}
/**
 * Java archives (jar, war, ear, aab).
 */
export interface JarElement {
  /**
   * A Java archive.
   */
  type: 'jar';
  path: PathPattern;
  matches?: Matches;
  contents?: Contents;
  metadata?: JarMetadata;
  verify?: VerifyJar;
  upstream?: Upstream;
  sign?: JarSign;
  detached?: DetachedSign;
}
/**
 * What the main section of the manifest must say.
 */
export interface JarMetadata {
  /**
   * Implementation-Title in the manifest; * stands for any text, case matters.
   */
  implementationTitle?: string;
  /**
   * Implementation-Version in the manifest; * stands for any text.
   */
  implementationVersion?: string;
  /**
   * Implementation-Vendor in the manifest; * stands for any text, case matters.
   */
  implementationVendor?: string;
  /**
   * Main-Class in the manifest; * stands for any text, case matters.
   */
  mainClass?: string;
  /**
   * Bundle-SymbolicName in the manifest, without what follows a semicolon; * stands for any text, case matters.
   */
  bundleSymbolicName?: string;
  /**
   * Bundle-Version in the manifest; * stands for any text.
   */
  bundleVersion?: string;
  /**
   * Automatic-Module-Name in the manifest; * stands for any text, case matters.
   */
  automaticModuleName?: string;
}
/**
 * Packages in a format with a signature of its own.
 */
export interface PackageElement {
  /**
   * The format of the package: opc (vsix, xps), apk, rpm, deb.
   */
  type: 'opc' | 'apk' | 'rpm' | 'deb';
  path: PathPattern;
  matches?: Matches;
  contents?: Contents;
  sign?: PackageSign;
}
/**
 * Sign with the package format's own signature.
 */
export interface PackageSign {
  /**
   * The kind of signature; it must be that of the type: opc, apk, rpm, and debsigs for deb.
   */
  method: 'opc' | 'apk' | 'rpm' | 'debsigs';
  /**
   * The hash function; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
}
/**
 * XML documents.
 */
export interface XmlElement {
  /**
   * An XML document.
   */
  type: 'xml';
  path: PathPattern;
  matches?: Matches;
  metadata?: XmlMetadata;
  sign?: XmlSign;
}
/**
 * What the document must be.
 */
export interface XmlMetadata {
  /**
   * Name of the root element.
   */
  rootElement?: string;
  /**
   * Namespace of the root element.
   */
  rootNamespace?: string;
}
/**
 * Sign with an XML signature in the document.
 */
export interface XmlSign {
  /**
   * The kind of signature.
   */
  method: 'xml';
  /**
   * Which certificates the signature carries; chain where left out.
   */
  keyInfo?: 'none' | 'leaf' | 'chain' | 'chain-without-root';
  /**
   * The hash function; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
}
/**
 * Office documents with macros.
 */
export interface OfficeElement {
  /**
   * The format: office-oxml (docm, xlsm, pptm …), office-binary (doc, xls, ppt …).
   */
  type: 'office-oxml' | 'office-binary';
  path: PathPattern;
  matches?: Matches;
  sign?: OfficeSign;
}
/**
 * Sign the macros of the document.
 */
export interface OfficeSign {
  /**
   * The kind of signature.
   */
  method: 'office-macro';
  /**
   * The hash function; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
}
/**
 * Container images, as archives of the OCI image layout.
 */
export interface OciElement {
  /**
   * An OCI image layout in an archive.
   */
  type: 'oci';
  path: PathPattern;
  matches?: Matches;
  sign?: OciSign;
}
/**
 * Sign the image.
 */
export interface OciSign {
  /**
   * The kind of signature.
   */
  method: 'notation' | 'cosign';
}
/**
 * Files of any kind.
 */
export interface FileElement {
  /**
   * Any file.
   */
  type: 'file';
  path: PathPattern;
  matches?: Matches;
  verify?: VerifyOpenPgp;
  opaque?: Opaque;
  upstream?: Upstream;
  sign?: FileSign;
  follows?: Follows;
}
/**
 * Sign a file of any kind in a container (zip, tar, tar.gz). The file stays as it is, and another one is put beside it: with cms, openpgp and raw it holds the signature, with dsse and smime an envelope with the content, too.
 */
export interface FileSign {
  /**
   * The kind of signature.
   */
  method: 'cms' | 'openpgp' | 'raw' | 'dsse' | 'smime';
  /**
   * Name of the file with the signature, beside the signed file; ${file.name} stands for the name of the signed file. Where left out, ${file.name} with the ending .p7s, .p7s.pem (cms as text), .dsse.json, .asc (openpgp), .sig (raw, and openpgp as binary).
   */
  outputFile?: string;
  /**
   * The hash function; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
  /**
   * For cms: der (binary; where left out) or pem (text). For openpgp: armored (a signature as text; where left out), binary, or clear-signed (the text with its signature around it).
   */
  encoding?: 'der' | 'pem' | 'armored' | 'binary' | 'clear-signed';
  /**
   * For dsse: the type of the content. Where left out, application/vnd.in-toto+json for an in-toto statement, and application/octet-stream for anything else.
   */
  payloadType?: string;
}
/**
 * The file states digests or sizes of other files of the same container. After those are signed, the signer writes these values anew, and nothing else of the file. A file whose values are wrong before, or that can't be read whole, is refused.
 */
export interface Follows {
  /**
   * What the file is: checksums (SHA256SUMS, checksums.txt, app.exe.sha256), electron-updater (latest.yml), electron-blockmap (app.exe.blockmap), tauri (latest.json, app.msi.sig: nothing in them can follow, so files that they list must not be signed), winget (installer manifest), scoop (manifest), spdx (SPDX 2.2 or 2.3 in JSON or as tags and values), cyclonedx (JSON).
   */
  format:
    | 'checksums'
    | 'electron-updater'
    | 'electron-blockmap'
    | 'tauri'
    | 'winget'
    | 'scoop'
    | 'spdx'
    | 'cyclonedx';
}
/**
 * A folder inside the container; the paths in its contents start there. Files in it that none of its contents match go on to the elements after it.
 */
export interface DirectoryElement {
  /**
   * A folder.
   */
  type: 'directory';
  path: PathPattern;
  matches?: Matches;
  contents: Contents;
  sign?: ClickOnceSign;
}
/**
 * Sign the ClickOnce manifests in the folder.
 */
export interface ClickOnceSign {
  /**
   * The kind of signature.
   */
  method: 'clickonce';
  /**
   * The hash function; sha256 where left out.
   */
  hashAlgorithm?: 'sha256' | 'sha384' | 'sha512';
}
/**
 * Several files that are treated alike.
 */
export interface SetElement {
  /**
   * Several files that are treated alike.
   */
  type: 'set';
  /**
   * Which files; the order matters, the first that matches decides.
   *
   * @minItems 1
   * @maxItems 200
   */
  include: Include[];
  each: SetBody;
}
/**
 * Some of the files of a set.
 */
export interface Include {
  path: PathPattern;
  matches?: Matches;
  metadata?: IncludeMetadata;
}
/**
 * What these files must say about themselves; each line takes the place of the same line in the set's metadata.
 */
export interface IncludeMetadata {
  /**
   * ProductName in the version resource or the Property table; * stands for any text, case matters.
   */
  productName?: string;
  /**
   * ProductVersion in the version resource or the Property table; * stands for any text.
   */
  productVersion?: string;
  /**
   * FileVersion in the version resource; * stands for any text.
   */
  fileVersion?: string;
  /**
   * CompanyName in the version resource; * stands for any text, case matters.
   */
  companyName?: string;
  /**
   * LegalCopyright in the version resource; * stands for any text, case matters.
   */
  copyright?: string;
  /**
   * OriginalFilename in the version resource; * stands for any text, case matters.
   */
  originalFilename?: string;
  /**
   * Manufacturer in the Property table; * stands for any text, case matters.
   */
  manufacturer?: string;
  /**
   * ProductCode in the Property table, with its braces; * stands for any text.
   */
  productCode?: string;
  /**
   * UpgradeCode in the Property table, with its braces; * stands for any text.
   */
  upgradeCode?: string;
  /**
   * Subject in the summary information; * stands for any text.
   */
  subject?: string;
  /**
   * Author in the summary information; * stands for any text.
   */
  author?: string;
  /**
   * Implementation-Title in the manifest; * stands for any text, case matters.
   */
  implementationTitle?: string;
  /**
   * Implementation-Version in the manifest; * stands for any text.
   */
  implementationVersion?: string;
  /**
   * Implementation-Vendor in the manifest; * stands for any text, case matters.
   */
  implementationVendor?: string;
  /**
   * Main-Class in the manifest; * stands for any text, case matters.
   */
  mainClass?: string;
  /**
   * Bundle-SymbolicName in the manifest, without what follows a semicolon; * stands for any text, case matters.
   */
  bundleSymbolicName?: string;
  /**
   * Bundle-Version in the manifest; * stands for any text.
   */
  bundleVersion?: string;
  /**
   * Automatic-Module-Name in the manifest; * stands for any text, case matters.
   */
  automaticModuleName?: string;
  /**
   * Name of the root element.
   */
  rootElement?: string;
  /**
   * Namespace of the root element.
   */
  rootNamespace?: string;
  /**
   * Id of the package in the .nuspec; * stands for any text, case matters.
   */
  id?: string;
  /**
   * Version of the package in the .nuspec; * stands for any text.
   */
  version?: string;
  /**
   * Authors of the package in the .nuspec; * stands for any text, case matters.
   */
  authors?: string;
  /**
   * Address of the source repository in the .nuspec; * stands for any text, case matters.
   */
  repositoryUrl?: string;
  /**
   * Commit of the source repository that the package was built from in the .nuspec; * stands for any text.
   */
  repositoryCommit?: string;
}
/**
 * A zip archive.
 */
export interface RootZip {
  /**
   * A zip archive.
   */
  type: 'zip';
  contents: Contents;
  sign?: JarSign;
  detached?: DetachedSign;
}
/**
 * A Windows program or library (PE).
 */
export interface RootPe {
  /**
   * A Windows program or library.
   */
  type: 'pe';
  metadata?: PeMetadata;
  verify?: Verify;
  upstream?: Upstream;
  requireSignedInside?: RequireSignedInside;
  opaque?: Opaque;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * A Windows Installer file (msi, msm or msp).
 */
export interface RootMsi {
  /**
   * A Windows Installer file.
   */
  type: 'msi';
  metadata?: MsiMetadata;
  contents?: Contents;
  verify?: Verify;
  upstream?: Upstream;
  requireSignedInside?: RequireSignedInside;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * A cabinet file or Windows app package.
 */
export interface RootAuthenticodePackage {
  /**
   * The format of the package.
   */
  type: 'cab' | 'appx' | 'msix';
  contents?: Contents;
  verify?: Verify;
  upstream?: Upstream;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * A security catalog or a script for Windows.
 */
export interface RootAuthenticodeFile {
  /**
   * The kind of file: catalog (cat: a list of digests, by which Windows takes the files of a driver as signed; each has to be in the same artifact), powershell (ps1, psm1, psd1 …), windows-script (js, vbs, wsf).
   */
  type: 'catalog' | 'powershell' | 'windows-script';
  verify?: Verify;
  upstream?: Upstream;
  sign?: AuthenticodeSign;
  detached?: DetachedSign;
}
/**
 * A NuGet package (nupkg, snupkg).
 */
export interface RootNuget {
  /**
   * A NuGet package.
   */
  type: 'nuget';
  metadata?: NugetMetadata;
  verify?: VerifyNuget;
  upstream?: Upstream;
  contents?: Contents;
  sign?: NugetSign;
  detached?: DetachedSign;
}
/**
 * A Java archive (jar, war, ear, aab).
 */
export interface RootJar {
  /**
   * A Java archive.
   */
  type: 'jar';
  contents?: Contents;
  metadata?: JarMetadata;
  verify?: VerifyJar;
  upstream?: Upstream;
  sign?: JarSign;
  detached?: DetachedSign;
}
/**
 * A package in a format with a signature of its own.
 */
export interface RootPackage {
  /**
   * The format of the package: opc (vsix, xps), apk, rpm, deb.
   */
  type: 'opc' | 'apk' | 'rpm' | 'deb';
  contents?: Contents;
  sign?: PackageSign;
}
/**
 * An XML document.
 */
export interface RootXml {
  /**
   * An XML document.
   */
  type: 'xml';
  metadata?: XmlMetadata;
  sign?: XmlSign;
}
/**
 * An Office document with macros.
 */
export interface RootOffice {
  /**
   * The format: office-oxml (docm, xlsm, pptm …), office-binary (doc, xls, ppt …).
   */
  type: 'office-oxml' | 'office-binary';
  sign?: OfficeSign;
}
/**
 * A container image, as an archive of the OCI image layout.
 */
export interface RootOci {
  /**
   * An OCI image layout in an archive.
   */
  type: 'oci';
  sign?: OciSign;
}
/**
 * Any file.
 */
export interface RootFile {
  /**
   * Any file.
   */
  type: 'file';
  verify?: VerifyOpenPgp;
  opaque?: Opaque;
  upstream?: Upstream;
  sign?: FileSign;
  follows?: Follows;
}
/**
 * A folder; the paths in its contents start there.
 */
export interface SetDirectory {
  /**
   * A folder.
   */
  type: 'directory';
  contents: Contents;
  sign?: ClickOnceSign;
}
