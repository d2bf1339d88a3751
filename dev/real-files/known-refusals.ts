/** What is refused here on purpose although other programs sign it. */
import type { Finding } from '#core/wire/finding/index.ts';
import type { RealFormat } from './found-file.ts';

const known: Readonly<Partial<Record<RealFormat, Readonly<Record<string, string>>>>> = {
  cab: {
    'archive.unsupported': 'Quantum, and cabinets of several volumes: nobody here can read what is in them',
    'archive.truncated': 'cut off: osslsigncode signs it without reading what it signs',
    'archive.bad-header': 'files in folders that there are not: osslsigncode reads no folders',
    'archive.name-encoding': 'names in a code page that nothing names',
  },
  jar: {
    'archive.name-encoding':
      'names in UTF-8 without the flag that says so (sbt): unzip and Java read them differently',
    'archive.ambiguous': 'a folder with content (Leiningen): readers make a folder or a file of it',
  },
  nuget: {
    'archive.name-encoding':
      'names outside ASCII without the flag for UTF-8 (nuget.exe on Mono): readers differ',
  },
  powershell: {
    'powershell.line-ends': 'lines without CRLF: versions of Windows compute different digests',
    'powershell.encoding':
      'not ASCII and without a byte order mark: Windows reads it by the code page of the machine',
  },
  'windows-script': {
    'windows-script.not-script':
      'a wsf with text before its first element: nothing but its name tells what it is',
    'windows-script.line-ends': 'lines without CRLF: versions of Windows compute different digests',
    'windows-script.encoding':
      'not ASCII and without a byte order mark: Windows reads it by the code page of the machine',
  },
  catalog: {
    'catalog.sha1': 'lists by SHA-1, for which others can make a different file',
  },
};

export const isKnownRefusal = (format: RealFormat, { rule }: Finding): boolean =>
  known[format]?.[rule] !== undefined;
