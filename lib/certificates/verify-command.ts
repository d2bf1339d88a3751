import { outsideCheckOf, type OutsideCheck } from '#core/formats/outside-check.ts';
import { formats } from '#core/formats/registry.ts';
import type { PublishedCertificate } from './list.ts';

interface SignedFile {
  /** Its path in the artifact, or the artifact's name. */
  readonly name: string;
  readonly signaturePath?: string | null;
  readonly certificateSha256: string;
  readonly timestampedAt: Date | null;
}

const checks: readonly OutsideCheck[] = Object.values(formats).flatMap(({ outside }) => outside);
const [byDefault] = formats.pe.outside;

/** What checks a signed file on somebody's own machine; null: no common program does. */
export function outsideCheck(
  file: Pick<SignedFile, 'name' | 'signaturePath'> | null,
): Pick<OutsideCheck, 'program' | 'onWindows' | 'command' | 'isBeside'> | null {
  if (file === null) return byDefault ?? null;
  const { name: path, signaturePath = null } = file;
  // Programs have all kinds of names.
  return (
    outsideCheckOf(checks, { path, signaturePath }) ?? (signaturePath === null ? (byDefault ?? null) : null)
  );
}

/** Its command, with the names of the files that the portal offers for download; empty: there is none. */
export function verifyCommand(
  file: SignedFile | null,
  certificates: readonly PublishedCertificate[],
): string {
  const signer = certificates.find((certificate) => certificate.sha256 === file?.certificateSha256);
  const timestamp = certificates.find((certificate) => certificate.purpose === 'timestamp');
  const root = certificates.find((certificate) => certificate.purpose === 'root');
  const check = outsideCheck(file);
  return (
    check?.command({
      file: wordOf(file?.name ?? 'FILE'),
      signature: wordOf(file?.signaturePath ?? 'SIGNATURE'),
      root: signer?.anchorFile ?? root?.file ?? 'ROOT.pem',
      timestampRoot: file?.timestampedAt === null ? null : (timestamp?.anchorFile ?? 'TSA-ROOT.pem'),
    }) ?? ''
  );
}

/** The last name of a path, as a word of a shell. */
function wordOf(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return /^[\w.+-]+$/.test(name) && !name.startsWith('-')
    ? name
    : `'${name.replaceAll("'", `'\\''`).replace(/^-/, './-')}'`;
}
