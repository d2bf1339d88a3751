import type { SignerLimits } from '../../../lib/platform/signer-limits/index.ts';
import { formatCount } from '#core/text/typed/index.ts';
import { formatBytes } from '../format.ts';

/** What the signer takes, before somebody uploads gigabytes. */
export function UploadLimits(props: {
  /** Of the upload itself. */
  readonly sizeBytesMax: number;
  readonly withoutScriptsBytesMax: number;
  /** null: no signer has said. */
  readonly signer: SignerLimits | null;
}) {
  const { sizeBytesMax, signer } = props;
  const lines: readonly (readonly [string, string])[] = [
    ['The file', `${formatBytes(sizeBytesMax)} at most`],
    [
      'Without scripts in the browser',
      `${formatBytes(Math.min(sizeBytesMax, props.withoutScriptsBytesMax))} at most`,
    ],
    ...(signer === null
      ? []
      : ([
          ['Files in archives', `${formatCount(signer.files)} in all of them together`],
          ['One of them', `${formatBytes(signer.fileBytes)} unpacked`],
          [
            'All of them',
            `${formatBytes(signer.unpackedBytes)} unpacked, and ${formatCount(signer.ratio)} times their packed size`,
          ],
          ['Archives inside one another', `${formatCount(signer.depth)} deep`],
          [
            'The virus scanner',
            `reads a file of up to ${formatBytes(signer.scannedFileBytes)} to its end. A larger one has to be an archive or installer that the signer opens: then each file in it is scanned by itself.`,
          ],
        ] as const)),
  ];
  return (
    <details className="mt-4 max-w-2xl">
      <summary className="inline-flex min-h-8 items-center">
        <span className="link">Limits: sizes, archives, the virus scanner</span>
      </summary>
      <dl className="facts mt-2 gap-y-1.5! text-sm! sm:grid-cols-[13rem_minmax(0,1fr)]!">
        {lines.map(([name, words]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
