import type { PublishedCertificate } from './list.ts';

/** What checks a signed program on somebody's own machine, with the names of the files that the portal offers for download. */
export function verifyCommand(
  file: {
    readonly path: string;
    readonly certificateSha256: string;
    readonly timestampedAt: Date | null;
  } | null,
  certificates: readonly PublishedCertificate[],
): string {
  const signer = certificates.find((certificate) => certificate.sha256 === file?.certificateSha256);
  const timestamp = certificates.find((certificate) => certificate.purpose === 'timestamp');
  const root = certificates.find((certificate) => certificate.purpose === 'root');
  const name = file?.path.split('/').at(-1) ?? 'FILE';
  return [
    'osslsigncode verify',
    `-CAfile ${signer?.anchorFile ?? root?.file ?? 'ROOT.pem'}`,
    ...(file?.timestampedAt === null ? [] : [`-TSA-CAfile ${timestamp?.anchorFile ?? 'TSA-ROOT.pem'}`]),
    `-in ${/^[\w.+-]+$/.test(name) && !name.startsWith('-') ? name : `'${name.replaceAll("'", `'\\''`).replace(/^-/, './-')}'`}`,
  ].join(' ');
}
