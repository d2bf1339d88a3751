import { describeDetected } from '#core/formats/detected-type/index.ts';
import type { ExistingSignature } from '#core/formats/existing-signature.ts';
import { toldFacts } from '#core/formats/told-facts.ts';
import type { ReportEntry } from '#core/inspection-report/index.ts';
import type { ReactNode } from 'react';
import { scanWords } from '../../../lib/inspection-reports/index.ts';
import { formatBytes, plural } from '../format.ts';
import { PolicyLink } from '../policy-link.tsx';
import { Time } from '../time.tsx';
import { Typed } from '../typed.tsx';

/** Where lines of a report lead to. */
export interface ReportPlace {
  readonly request: string;
  /** The page with the tree of a sample; of a request it is that of its report. */
  readonly tree?: string;
  readonly project: string;
  readonly commit: string | null;
}

const textsShownMax = 40;

/** Everything that a report says of one file. */
export function EntryFacts({ entry, place }: { readonly entry: ReportEntry; readonly place: ReportPlace }) {
  if (entry.type === 'directory')
    return <p className="text-sm text-muted">A folder that the archive names.</p>;
  const texts = toldFacts(entry.element?.type ?? null, entry.facts?.texts ?? null);
  return (
    <dl className="facts gap-y-1.5! text-sm! sm:grid-cols-[9rem_minmax(0,1fr)]!">
      <Fact name="Type">{typeOf(entry)}</Fact>
      <Fact name="Size">{formatBytes(entry.sizeBytes)}</Fact>
      {entry.sha256 === null ? null : (
        <Fact name="SHA-256">
          <span className="hash">{entry.sha256}</span>
        </Fact>
      )}
      <Fact name="Expected as">
        <Expected entry={entry} place={place} />
      </Fact>
      <Fact name="Signing">{entry.sign === null ? 'not signed here' : `to be signed: ${entry.sign}`}</Fact>
      <Fact name="Signatures it brought">
        <Signatures entry={entry} />
      </Fact>
      <Fact name="Scan">
        {place.tree !== undefined && entry.scan.outcome === 'pending'
          ? 'samples aren’t scanned'
          : scanWords[entry.scan.outcome]}
        {entry.scan.detail === null ? null : `: ${entry.scan.detail}`}
      </Fact>
      {entry.notSeenCount === 0 ? null : (
        <Fact name="Not seen inside">
          <NotSeen entry={entry} />
        </Fact>
      )}
      {entry.opaque === null ? null : <Fact name="The policy’s reason">{entry.opaque}</Fact>}
      {entry.refusedBy.length === 0 ? null : (
        <Fact name="Refused by">
          <code>{entry.refusedBy.join(', ')}</code>
        </Fact>
      )}
      {entry.rewritten === undefined ? null : (
        <Fact name="Written anew">
          <WrittenAnew rewritten={entry.rewritten} />
        </Fact>
      )}
      {(entry.warnedBy ?? []).length === 0 ? null : (
        <Fact name="Warning">
          It will state what is no longer true after signing. <code>{entry.warnedBy?.join(', ')}</code>
        </Fact>
      )}
      {texts.slice(0, textsShownMax).map(({ name, words, text }) => (
        <Fact key={name} name={words}>
          {text === '' ? 'empty' : <Typed>{text}</Typed>}
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="wrap-anywhere">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const kinds = { program: 'program', installer: 'installer', library: 'library', other: null } as const;

function typeOf({ detected, formats, facts }: ReportEntry): string {
  const kind = kinds[facts?.kind ?? 'other'];
  const own = detected === null ? 'not looked at' : describeDetected(detected);
  const more = formats.filter((format) => format !== own);
  return [own, kind, more.length === 0 ? null : `holds: ${more.join(', ')}`]
    .filter((part) => part !== null)
    .join('; ');
}

function Expected({ entry, place }: { readonly entry: ReportEntry; readonly place: ReportPlace }) {
  if (entry.role === 'unexpected')
    return <strong className="text-fail">nothing: no element matches it</strong>;
  if (entry.role === 'inside') return 'part of the file around it, which isn’t opened for signing';
  if (entry.element === null) return 'the artifact itself';
  const { type, path, line } = entry.element;
  const isSample = place.tree !== undefined;
  // Nobody wrote the configuration by which a sample was opened, where none is suggested.
  if (isSample && line === null) return <code>{type}</code>;
  return (
    <>
      <code>{type}</code>
      {path === undefined ? null : (
        <>
          {', '}
          <code className="wrap-anywhere">
            <Typed>{path}</Typed>
          </code>
        </>
      )}
      {line === null ? null : ', '}
      {line === null ? null : isSample ? (
        `line ${line.line} of the suggested configuration`
      ) : (
        <PolicyLink project={place.project} file={line.file} line={line.line} commit={place.commit} />
      )}
    </>
  );
}

function WrittenAnew({ rewritten }: { readonly rewritten: NonNullable<ReportEntry['rewritten']> }) {
  const { fields, of, ofCount } = rewritten;
  return (
    <>
      after signing, {plural(fields, 'value')} in it: of <Typed>{of.join(', ')}</Typed>
      {ofCount > of.length ? ` and ${ofCount - of.length} more` : ''}
    </>
  );
}

const standings = { verified: 'verified', refused: 'does not hold', unverified: 'not verified' } as const;

function Signatures({ entry: { signatures, facts } }: { readonly entry: ReportEntry }) {
  if (signatures === null) return facts?.signed === true ? 'some, which were not read' : 'not looked for';
  if (signatures.length === 0) return 'none';
  return (
    <ul className="grid gap-1">
      {signatures.map((signature, index) => (
        <li key={index}>
          <SignatureWords signature={signature} />
        </li>
      ))}
    </ul>
  );
}

function SignatureWords({ signature }: { readonly signature: ExistingSignature }) {
  const { method, signer, issuer, signedAt, standing } = signature;
  return (
    <>
      {method} of{' '}
      {signer === null ? (
        'somebody whose certificate can’t be read'
      ) : (
        <>
          “<Typed>{signer}</Typed>”
        </>
      )}
      {issuer === null || issuer === signer ? null : (
        <>
          , issued by “<Typed>{issuer}</Typed>”
        </>
      )}
      {signedAt === null ? (
        ', without a time'
      ) : (
        <>
          , <Time value={new Date(signedAt)} />
        </>
      )}{' '}
      ({standings[standing]})
    </>
  );
}

function NotSeen({ entry: { notSeen, notSeenCount } }: { readonly entry: ReportEntry }) {
  return (
    <ul className="grid gap-1">
      {notSeen.map((one, index) => (
        <li key={index}>
          {one.place === '' ? null : (
            <>
              <Typed>{one.place}</Typed>:{' '}
            </>
          )}
          {one.message}
        </li>
      ))}
      {notSeenCount > notSeen.length ? <li>and {notSeenCount - notSeen.length} more</li> : null}
    </ul>
  );
}
