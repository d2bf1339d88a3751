import type { SignedFile } from '../../lib/requests/index.ts';
import { publisherWords } from './publisher-mark.tsx';
import { SignatureLine } from './signature-standing.tsx';
import { Time } from './time.tsx';

/** A file that was signed: its hashes, by which certificate, and how that stands. */
export function SignedFileItem({ file }: { readonly file: SignedFile }) {
  return (
    <li className="min-w-0 rounded-lg border border-rule p-4">
      <p className="font-medium wrap-anywhere">{file.name}</p>
      <dl className="facts mt-2 gap-y-1! text-sm! sm:grid-cols-[9rem_minmax(0,1fr)]!">
        <dt>{file.signaturePath === null ? 'Before signing' : 'The file, as it is'}</dt>
        <dd className="hash">{file.unsignedSha256}</dd>
        {file.signaturePath === null ? null : (
          <>
            <dt>Signature in</dt>
            <dd className="wrap-anywhere">{file.signaturePath}</dd>
          </>
        )}
        <dt>{file.signaturePath === null ? 'Signed' : 'Signature file'}</dt>
        <dd className="hash">{file.signedSha256}</dd>
        <dt>Certificate serial</dt>
        <dd className="hash">{file.certificateSerial}</dd>
        {file.standing.publisher === null ? null : (
          <>
            <dt>Publisher</dt>
            <dd>{publisherWords[file.standing.publisher]}</dd>
          </>
        )}
        <dt>Timestamp</dt>
        <dd>{file.timestampedAt === null ? 'none' : <Time value={file.timestampedAt} />}</dd>
        <dt>Standing</dt>
        <dd>
          <SignatureLine standing={file.standing} />
        </dd>
      </dl>
    </li>
  );
}
