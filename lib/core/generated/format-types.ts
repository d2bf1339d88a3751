// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/** Types of files that an element of an artifact configuration can name. */
export const formatTypes = [
  'apk',
  'appx',
  'cab',
  'catalog',
  'deb',
  'file',
  'jar',
  'msi',
  'msix',
  'nuget',
  'oci',
  'office-binary',
  'office-oxml',
  'opc',
  'pe',
  'powershell',
  'rpm',
  'tar',
  'tar.gz',
  'windows-script',
  'xml',
  'zip',
] as const;
