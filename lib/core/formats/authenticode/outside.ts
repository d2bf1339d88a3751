/** Authenticode, checked by other programs. */
import type { OutsideCheck } from '../outside-check.ts';

/** `endings`: of the files of a format. */
export const authenticodeOutside = (endings: readonly string[]): OutsideCheck => ({
  endings,
  isBeside: false,
  program: 'osslsigncode',
  command: ({ file, root, timestampRoot }) =>
    [
      'osslsigncode verify',
      `-CAfile ${root}`,
      ...(timestampRoot === null ? [] : [`-TSA-CAfile ${timestampRoot}`]),
      `-in ${file}`,
    ].join(' '),
  onWindows:
    'On Windows: the tab Digital Signatures of the file’s properties, or `signtool verify /pa /v FILE`. It calls the signature trusted once the root certificate is trusted there.',
});

/** Of scripts, whose properties have no such tab. */
export const scriptOutside = (endings: readonly string[]): OutsideCheck => ({
  ...authenticodeOutside(endings),
  onWindows:
    'On Windows: `Get-AuthenticodeSignature FILE` in PowerShell. It calls the signature valid once the root certificate is trusted there.',
});
