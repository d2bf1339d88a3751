/** A file name that the portal gives → one that is safe in a folder of this machine. */
import path from 'node:path';

/** Windows keeps these for devices, with any ending. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * `otherwise` where nothing of it can stay. No hidden name: beside what is there, `.npmrc` or `.bashrc` would be obeyed. No `$` and no
 * backtick: workflows put names between the double quotes of a script.
 */
export function safeFileName(name: string, otherwise: string): string {
  const base = path.basename(name.replaceAll('\\', '/'));
  const safe = base
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*$`]/gu, '_')
    .replace(/[. ]+$/, '')
    .replace(/^[._ ]*\.+_*/, '_')
    // A program that is given all names of a folder would take it for an option.
    .replace(/^-+/, '_');
  return safe === '' || device.test(safe) || Buffer.byteLength(safe) > 200 ? otherwise : safe;
}
