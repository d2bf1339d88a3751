import type { SignedFile } from '../../lib/requests/index.ts';
import { publisherWords } from './publisher-mark.tsx';
import { SignatureLine } from './signature-standing.tsx';
import { Time } from './time.tsx';

/** A file that was signed: its hashes, by which certificate, and how that stands. */
export function SignedFileItem({ file }: { readonly file: SignedFile }) {
  return (
    <li className="min-w-0 rounded-lg border border-rule p-4">
      <p className="font-medium wrap-anywhere">{file.path}</p>
      <dl className="facts mt-2 gap-y-1! text-sm! sm:grid-cols-[9rem_minmax(0,1fr)]!">
        <dt>Before signing</dt>
        <dd className="hash">{file.unsignedSha256}</dd>
        <dt>Signed</dt>
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
