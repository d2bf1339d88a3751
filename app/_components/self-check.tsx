import { outsideCheck, verifyCommand } from '../../lib/certificates/index.ts';
import type { PublishedCertificate } from '../../lib/certificates/index.ts';
import { Backquoted } from './backquoted.tsx';
import { CodeBlock } from './code-block.tsx';
import type { RequestDetail } from '../../lib/requests/index.ts';

type File = RequestDetail['signatures']['files'][number];

/** With which program to check the signed files without trusting this page: for the first file of each program. */
export function SelfCheck({
  files,
  certificates,
  refused,
}: {
  readonly files: readonly File[];
  readonly certificates: readonly PublishedCertificate[];
  readonly refused: boolean;
}) {
  const [first = null, ...more] = onePerProgram(files);
  return (
    <>
      <h3 className="mt-7 text-lg">Check it yourself</h3>
      <p className="mt-1 text-muted">
        <With file={first} />. Download the certificates that it names from{' '}
        <a className="link" href="/certificates">
          Certificates
        </a>{' '}
        into it, and compare their SHA-256 with a source you trust.
        {refused
          ? ' The command doesn’t check revocations: it still reports this signature as valid.'
          : ' The command doesn’t check revocations; this page and the signed list do.'}
      </p>
      <Command file={first} certificates={certificates} />
      {more.map((file) => (
        <div key={`${file.path} ${file.signaturePath ?? ''}`}>
          <p className="mt-5 text-muted">
            <With file={file} />:
          </p>
          <Command file={file} certificates={certificates} />
        </div>
      ))}
    </>
  );
}

function onePerProgram(files: readonly File[]): readonly File[] {
  const found = new Map<string | null, File>();
  for (const file of files) {
    const program = outsideCheck(file)?.program ?? null;
    if (!found.has(program)) found.set(program, file);
  }
  return [...found.values()];
}

function With({ file }: { readonly file: File | null }) {
  const check = outsideCheck(file);
  const path = file?.path ?? null;
  const folder = (path ?? '').split('/').slice(0, -1).join('/');
  return (
    <>
      {check === null ? 'Its reader’s documentation says how. In' : `With ${check.program}, in`} the folder of
      the signed file{file?.signaturePath === null || file === null ? '' : ' and its signature'}
      {path === '' ? null : folder === '' ? (
        ' (unpack the artifact first where it is an archive)'
      ) : (
        <>
          , <code className="wrap-anywhere">{folder}</code> once the artifact is unpacked
        </>
      )}
    </>
  );
}

function Command({
  file,
  certificates,
}: {
  readonly file: File | null;
  readonly certificates: readonly PublishedCertificate[];
}) {
  const onWindows = outsideCheck(file)?.onWindows ?? null;
  const command = verifyCommand(file, certificates);
  return (
    <>
      {command === '' ? null : <CodeBlock>{command}</CodeBlock>}
      {onWindows === null ? null : (
        <p className="mt-3 text-muted">
          <Backquoted>{onWindows}</Backquoted>
        </p>
      )}
    </>
  );
}
