/** Signatures in files of their own, checked by other programs. */
import type { OutsideCheck } from '../outside-check.ts';

const beside = (
  endings: readonly string[],
  program: string,
  command: OutsideCheck['command'],
): OutsideCheck => ({ endings, isBeside: true, program, command, onWindows: null });

/** CMS knows purposes of certificates, and none of them is this one. */
const cms =
  (form: 'DER' | 'PEM'): OutsideCheck['command'] =>
  ({ file, signature, root }) =>
    `openssl cms -verify -binary -inform ${form} -in ${signature} -content ${file} -CAfile ${root} -purpose any -out /dev/null`;

/**
 * `.sig` is that of OpenPGP and of the signature alone: which it is, the policy says. No common program checks an envelope (DSSE) by itself;
 * docs/policy/artifacts.md says how its reader does.
 */
export const besideChecks: readonly OutsideCheck[] = [
  beside(['.p7s'], 'OpenSSL', cms('DER')),
  beside(['.p7s.pem'], 'OpenSSL', cms('PEM')),
  beside(
    ['.asc'],
    'GnuPG, which has imported the project’s OpenPGP certificate',
    ({ file, signature }) => `gpg --verify ${signature} ${file}`,
  ),
  beside(
    ['.sig'],
    'GnuPG, which has imported the project’s OpenPGP certificate, or, of a raw signature, OpenSSL with the project’s key for it',
    ({ file, signature }) =>
      `gpg --verify ${signature} ${file} || openssl dgst -sha256 -verify KEY.pem -signature ${signature} ${file}`,
  ),
];
