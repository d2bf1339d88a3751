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
 * `.sig` is that of OpenPGP and of the signature alone: which it is, the policy says.
 */
/**
 * No common program reads an envelope (DSSE), but what it signs is its type and the file, each behind its length (`pae.ts`). So the file itself
 * is held to the signature: by the certificate that the envelope brings, which has to lead to the root.
 */
const dsse: OutsideCheck['command'] = ({ file, signature, root }) =>
  [
    `jq -r '.signatures[0] | .certificate, .intermediates[] | @base64d' ${signature} > signer.pem`,
    `jq -j '.signatures[0].sig' ${signature} | openssl base64 -d -A > signature.bin`,
    `type=$(jq -r .payloadType ${signature})`,
    `openssl verify -CAfile ${root} -untrusted signer.pem signer.pem && openssl x509 -in signer.pem -noout -pubkey > signer.pub &&`,
    `  { printf 'DSSEv1 %d %s %d ' "\${#type}" "$type" "$(wc -c < ${file})"; cat ${file}; } |`,
    '  openssl dgst -sha256 -verify signer.pub -signature signature.bin',
  ].join('\n');

export const besideChecks: readonly OutsideCheck[] = [
  beside(['.p7s'], 'OpenSSL', cms('DER')),
  beside(['.p7s.pem'], 'OpenSSL', cms('PEM')),
  beside(
    ['.dsse.json'],
    'jq and OpenSSL (with the policy’s `hashAlgorithm` in place of sha256, if it has one)',
    dsse,
  ),
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
