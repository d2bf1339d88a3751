/**
 * The port of file formats. All that is known of a format stands in its folder, as one record; what the rest of the
 * repository does with formats, it does through this. `registry.ts` has one record for each type that a configuration can name.
 *
 * A record's parts run in two places: what takes a `RandomAccessSource` reads hostile bytes, in the inspector's process alone;
 * what is under `signing` without one runs in the daemon, which sees only what the inspector says.
 */
import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';
import type { IncludeMetadata, SetBody } from '../generated/index.ts';
import type { Sha256Hex } from '../ids/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { KeyType } from '../pki/key-kind/index.ts';
import type { Finding, PolicyLocation } from '../wire/finding/index.ts';
import type { FileFacts } from '../wire/journal/index.ts';
import type { Container } from './container.ts';
import type { ToldKind } from './kind/index.ts';

import type { OutsideCheck } from './outside-check.ts';
import type { RandomAccessSource } from './random-access.ts';
import type { SignedContent } from './signed-content/index.ts';
import type { UpstreamTrust } from './upstream-trust.ts';

/** What an element of an artifact configuration says of one file, without its place. */
export type ElementBody = Exclude<SetBody, { readonly type: 'directory' }>;
export type { FileFacts };

/** The types that an artifact configuration can name. */
export type FormatType = ElementBody['type'];
/** The schema describes some types together. */
type BodyOf<Type extends FormatType, Body = ElementBody> = Body extends { readonly type: infer Types }
  ? Type extends Types
    ? Body
    : never
  : never;

/** What a format's `compile` made and gets back: plain JSON, whose shape only the format knows. */
export type Options = Readonly<Record<string, JsonValue | undefined>>;

export interface Compiled<Sign = Options, Check = Options> {
  /** How to sign it; null: it isn't to be signed. */
  readonly sign: Sign | null;
  /** What must hold of it besides its structure; null: nothing. */
  readonly check: Check | null;
}

/** What of a body can't be done. */
export interface BodyProblem {
  readonly rule: 'rule.unsupported' | 'rule.sign-method' | 'rule.verify-refuse';
  /** Keys from the body. */
  readonly path: readonly string[];
  readonly message: string;
  readonly fix: string;
}

/** `what` goes on after "can’t". */
export function unsupported(path: readonly string[], what: string, fix: string): BodyProblem {
  return { rule: 'rule.unsupported', path, message: `This version of the signer can’t ${what} yet.`, fix };
}

/** How sentences name it. */
export interface FormatWords {
  /** With its article: `a Windows program or library`. */
  readonly one: string;
  readonly many: string;
}

/** One of the texts among the facts of a format's files. */
export interface FactName {
  /** As `FileFacts.texts` has it. */
  readonly name: string;
  /** For people: `Product name`. */
  readonly words: string;
}

/** Characters of one text among a file's facts; longer ones are cut. */
export const factTextMax = 300;

export interface FileContext<Sign = Options, Check = Options> {
  readonly sign: Sign | null;
  readonly check: Check | null;
  /** The line that expects the file. */
  readonly policy: PolicyLocation | null;
  readonly path: readonly string[];
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Names of the formats that were recognised inside it. */
  readonly carries: readonly string[];
  /** Judges signatures of upstream; null or left out: none can be verified. */
  readonly upstream?: UpstreamTrust | null;
  /** Some file of the artifact is to vouch for others: `digests` has to be in the report. */
  readonly digestsWanted: boolean;
}

/** What the inspector found. */
export interface FileReport {
  readonly findings: readonly Finding[];
  /** null: it is no file of this format. */
  readonly facts: FileFacts | null;
  /** null: the file isn't to be signed, or a finding says why it can't be. */
  readonly target: FileTarget | null;
  /** Digests besides its SHA-256 by which other files vouch for this one and which stay when it is signed: of a program, Authenticode's. */
  readonly digests?: readonly Sha256Hex[];
  /** Files whose digests a signature of this one would state: they count as signed with it. Bounded by the format. */
  readonly vouchesFor?: readonly VouchedFile[];
}

/** A file that another one speaks for, known by its digest. */
export interface VouchedFile {
  readonly sha256: Sha256Hex;
  /** What the list calls it, for sentences alone; null: nothing. */
  readonly name: string | null;
}

export interface FileTarget {
  readonly kind: ToldKind;
  /** null: it depends on what gets signed inside. */
  readonly subject: Subject | null;
}

/** What a signature will state of a file. All that the daemon learns of the file's bytes. */
export interface Subject {
  /** In hexadecimal, over the bytes that the format's rules count: not that of the whole file. */
  readonly digest: string;
  /** What the format signs, in its own encoding (Authenticode: DER SpcIndirectDataContent). */
  readonly content: Uint8Array;
}

/** The hash functions of signatures, by their names in Node's crypto. */
export type SignatureHash = 'sha256' | 'sha384' | 'sha512';

/**
 * That of the project's certificate, or one of its own that signs nothing else: `raw` and `openpgp` signatures are over bytes that begin
 * with the file's, so with the key of a certificate they could be passed off as any of its signatures.
 */
export type KeyUse = 'certificate' | 'raw' | 'openpgp';

/** Who signs, and when, for the formats whose signatures state that. */
export interface Signer {
  /** DER certificate of the key that signs, and those above it; of a key of the project's own: its record. */
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  /** When signing of the request began, in whole seconds. It stays the same however often signing is interrupted. */
  readonly time: Date;
}

export interface SignatureParts {
  readonly subject: Subject;
  /** The bytes that were signed, as `toBeSigned` gave them. */
  readonly toBeSigned: Uint8Array;
  /** The raw signature over them. */
  readonly signature: Uint8Array;
  readonly signer: Signer;
  /** DER RFC 3161 token over the raw signature; null: none is wanted. */
  readonly timestampToken: Uint8Array | null;
}

export interface Verification {
  /** Empty: the signature is about this subject and was made with the key of this certificate. */
  readonly problems: readonly string[];
  /** The raw signature, which a timestamp is about. */
  readonly signature: Uint8Array;
  /** DER, not verified; null: there is none. */
  readonly timestampToken: Uint8Array | null;
  /** Of a signature over the file's own bytes, by a key of the project's own: how these are read, and what is hashed behind them. Who has the file verifies it. */
  readonly document?: { readonly form: 'binary' | 'text'; readonly appended: Uint8Array };
}

/** What of a finished file was read back from its bytes. */
export interface ReadBack {
  readonly signature: Uint8Array;
  /** Computed again. */
  readonly subject: Subject;
}

export interface Signing<Sign = Options> {
  /** As findings and pages call it: `Authenticode`. */
  readonly method: string;
  /** The same with key and file, of a format that signs in several ways. */
  methodOf?(sign: Sign): string;
  /** Stable, for rule ids: `authenticode`. */
  readonly id: string;
  /** One after another, for formats that carry several; each is embedded before the next is computed. */
  rounds(sign: Sign): readonly Sign[];
  /** By which the key signs, in PKCS #1 v1.5 or ECDSA. */
  hash(sign: Sign): SignatureHash;
  /** Which key signs. One of a project's own signs the file's bytes, timestamps have no place in its signatures, and no certificate is in them. */
  keyUse(sign: Sign): KeyUse;
  /** The keys that the format's verifiers take. With another one nothing is signed. */
  keyTypes(sign: Sign): readonly KeyType[];
  /**
   * Of a format whose signature is a file of its own: the name of that one, for a file with this name; without folders. The
   * signed file stays as it is then: `embed` yields the content of the new one, which is `after` for `readBack`.
   * null: the signature goes into the file.
   */
  outputName(sign: Sign, fileName: string): string | null;
  /** Of a container: whether its own signature writes, or takes out, a file of this path in it; left out: it never does. */
  takesName?(path: string): boolean;
  /** Whether what is signed holds the whole file, which is in memory then; left out: it never does. */
  holdsFile?(sign: Sign): boolean;

  /**
   * Inspector: what a signature will state of the file as it is now. Throws FormatError. `name`: of the file, without folders, for what
   * only that tells: the language of a script; null or left out: nobody knows it, as of the artifact itself.
   */
  subject(source: RandomAccessSource, sign: Sign, name?: string | null): Promise<Subject>;
  /** Inspector: the file with the signature in it, or the one beside it. */
  embed(source: RandomAccessSource, signature: Uint8Array, sign: Sign): AsyncIterable<Uint8Array>;
  /** Inspector: the signature out of the finished file, after proving that nothing else differs. Throws FormatError. */
  readBack(
    before: RandomAccessSource,
    after: RandomAccessSource,
    signature: Uint8Array,
    sign: Sign,
  ): Promise<ReadBack>;

  /** Daemon: the bytes for the key to sign; of a key of the project's own: what is hashed behind the file's bytes, and SHA-256 of the file. */
  toBeSigned(subject: Subject, sign: Sign, signer: Signer): Uint8Array;
  /** Daemon: what gets embedded. */
  assemble(parts: SignatureParts, sign: Sign): Uint8Array;
  /** Daemon: whether what was read back holds, for somebody who trusts none of the steps before. Throws for what can't be read at all. */
  verify(read: ReadBack, certificate: Uint8Array, sign: Sign): Verification;
}

export interface FormatDefinition<
  Type extends FormatType,
  Sign extends object = Options,
  Check extends object = Options,
> {
  readonly type: Type;
  readonly words: FormatWords;
  /** Body of an element, and what a set's include adds to its metadata → what the format's other parts get; what it can't do is named. */
  compile(
    body: BodyOf<Type>,
    metadata: IncludeMetadata | undefined,
  ): Compiled<Sign, Check> & { readonly problems: readonly BodyProblem[] };
  /** Keys that `metadata` can have in a configuration. */
  readonly metadataKeys: readonly string[];
  /** What its files say of themselves, in the order in which people are told it. */
  readonly facts: readonly FactName[];
  /** How its signed files are checked with other programs; empty: none are signed. */
  readonly outside: readonly OutsideCheck[];
  /** `sign` and `check` as the public page puts them: `signed with Authenticode`, `it must say product name “X”`; empty: nothing to say. */
  describe(compiled: Compiled<Sign, Check>): { readonly sign: string; readonly check: string };
  /** A signature of such a file speaks for other files too, whose digests it lists: `vouchesFor` of its report. */
  readonly vouches: boolean;
  /**
   * What everything begins with that `digests` of its report are over, where that isn't the file itself. Other bytes that begin so can be
   * what one of this format's files, unseen, is counted as: the digest of all of them is then that file's, too.
   */
  readonly digestBegins?: Uint8Array;
  /**
   * What its signatures are made over, where they are CMS or PKCS#7; empty: they are of another kind. A file that can be such content is
   * never signed as a file of any kind: its signature would be one of this format, around a file that nobody inspected.
   */
  readonly signs: readonly SignedContent[];
  /** What `check` asks of whose file it is: the texts, and the keys that foundations may demand and that it leaves open. */
  identity(check: Check | null): { readonly texts: readonly string[]; readonly open: readonly string[] };

  /** Inspector: everything that is asked of the file, and what it says of itself. */
  inspect(source: RandomAccessSource, context: FileContext<Sign, Check>): Promise<FileReport>;
  /** Inspector: of a file that is expected as one of any kind: what its readers should know; null: it is none of this format. */
  inspectUndeclared(
    source: RandomAccessSource,
    about: Pick<FileContext, 'path' | 'sha256' | 'carries' | 'digestsWanted'>,
  ): Promise<Omit<FileReport, 'target' | 'vouchesFor'> | null>;
  /** `inspect` of a file of which only facts are left: → findings that it would have, or which fact is missing. */
  rejudge(facts: FileFacts | null, context: RejudgeContext<Sign, Check>): Rejudged;

  /**
   * Inspector: the signatures that a signed file carries, DER ContentInfo each, for its readers to be told of; nothing is verified. Throws
   * FormatError. Left out: such files carry none that are CMS or PKCS#7. `name`: as of `subject`.
   */
  signaturesIn?(source: RandomAccessSource, name: string | null): Promise<readonly Uint8Array[]>;
  readonly signing: Signing<Sign> | null;
  readonly container: Container | null;
}

export type RejudgeContext<Sign = Options, Check = Options> = Pick<
  FileContext<Sign, Check>,
  'sign' | 'check' | 'policy' | 'path'
> & { readonly sha256: Sha256Hex | null };

export interface Rejudged {
  readonly findings: readonly Finding[];
  /** A sentence; null: all was recorded. */
  readonly missing: string | null;
}

/** A record as the rest of the repository sees it. */
export type Format = FormatDefinition<FormatType>;

/**
 * A format's record, its own types forgotten. What comes in as `sign` and `check` is what its own `compile` made: nobody else
 * makes any, and a configuration is compiled anew in each process.
 */
export function defineFormat<Type extends FormatType, Sign extends object, Check extends object>(
  definition: FormatDefinition<Type, Sign, Check>,
): Format {
  return definition as unknown as Format;
}

/** What a format can't read or make of a file. `Code`: the format's own, for example NOT_PE. */
export class FormatError<Code extends string = string> extends CodedError<Code> {
  static override readonly errorName: string = 'FormatError';
  readonly fix: string;
  constructor(code: Code, message: string, fix: string, options?: ErrorFacts) {
    super(code, message, options);
    this.fix = fix;
  }
}
