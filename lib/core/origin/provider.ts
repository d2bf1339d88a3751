/** The port that makers of builds stand behind: all that is known of one, in one record. docs/contributing/add-an-origin.md walks through it. */
import type { Finding } from '../wire/finding/index.ts';
import type { Origin } from '../generated/index.ts';
import type { IdentityHost } from '../identity/index.ts';
import type { BuildClaims, CertificateClaims, ClaimArcs } from './claims.ts';
import type { ComparedOrigin, LocateInOrigin, ProviderName, Purpose } from './compared.ts';
import type { OriginField } from './field.ts';
import type { FloorAnswer, OriginFloorName } from './floors.ts';
import type { CodeHostQuestions } from './host.ts';
import type { IdentityTokens } from './identity-token.ts';

export interface ProviderRecord<
  O extends Origin = Origin,
  P extends ComparedOrigin = ComparedOrigin,
  Claims extends CertificateClaims = CertificateClaims,
> {
  readonly name: ProviderName;

  // What a certificate says.
  /** Its names for claims, as the journal keeps them, and where Fulcio puts each. A name once given stays. */
  readonly arcs: ClaimArcs;
  /** What people call the extensions that a policy may leave unjudged, by the last number of their identifiers. */
  readonly extensionNames: Readonly<Record<string, string>>;

  // What is asked of it.
  /** A policy's lines → what they are compared as, with what holds where they say nothing. */
  policyOf(origin: O, shared: ComparedOrigin, purpose: Purpose): P;
  /**
   * Every rule about the build but the issuer, which is asked of every provider's builds. A claim that is missing fails its rule. What
   * the rules let pass must have been built from that repository, commit and ref, by what the policy names.
   */
  judge(judging: Judging<P, Claims>): readonly Finding[];
  /** Rules that `judge` can answer with; their ids stay as they are, since journals hold them. */
  readonly rules: readonly string[];
  /** Names of the claims that `judge` compares with this policy. All others are shown as not judged. */
  compared(policy: P): readonly string[];
  /** Claims that have passed every rule → their values. Throws TypeError where one is missing: the rules demand them. */
  certified(claims: Claims, policy: P): BuildClaims;
  readonly words: ProviderWords;
  /** What its code host is asked, where a policy wants what no certificate says; null: nothing is asked. */
  readonly host: CodeHostQuestions<P> | null;

  /** Tokens by which its builds submit without a secret; null: they submit with an API token alone. */
  readonly identityToken: IdentityTokens<P, Claims> | null;

  // What policies say.
  /** Each line of its member of the union `Origin`, in the order of public page, form and reference. */
  readonly fields: readonly OriginField<O, P>[];
  /** How each floor is kept. */
  readonly floors: Readonly<Record<OriginFloorName, FloorAnswer<O>>>;
  /** Lines that are compared letter by letter, besides repository and refs: advice is given where they look like others. */
  spelled(origin: O): readonly SpelledLine[];
  readonly projects: NewProjects<O>;
}

export interface Judging<
  P extends ComparedOrigin = ComparedOrigin,
  Claims extends CertificateClaims = CertificateClaims,
> {
  readonly claims: Claims;
  readonly policy: P;
  readonly locate: LocateInOrigin;
}

/** What maintainers are told to do, each a sentence or two. */
export interface ProviderWords {
  /** A claim isn't in the certificate. */
  readonly unshown: string;
  /** The bundle proves no build. */
  readonly attest: string;
  /** The certificate isn't one for code signing. */
  readonly sign: string;
}

export interface SpelledLine {
  readonly kind: 'name' | 'address';
  readonly text: string;
  /** Inside `origin`. */
  readonly path: readonly string[];
}

/** What applicants are asked of how they build, and the first policy that comes of it. */
export interface NewProjects<O extends Origin> {
  /** The file that says how a project is built: taken where none was named. */
  readonly buildFile: string;
  /** Whether a path can be that file. */
  isBuildFile(path: string): boolean;
  /** The code host whose repositories it builds: of one on another, its certificates would name another repository. */
  readonly codeHost: IdentityHost;
  /** Whether a build system with this issuer builds what lies at this address; null: neither tells. */
  buildsFrom(at: { readonly repository: string; readonly issuer: string }): boolean | null;
  /** The file of an origin, for looking at it in the repository. */
  buildFileOf(origin: O): string;
  /** A strict first origin, without what every provider has. */
  firstOrigin(about: {
    readonly buildFile: string;
    readonly tags: readonly string[];
    /** Whether the trust root says whose answers about the build system count: what asks it is refused otherwise. */
    readonly asksHost: boolean;
  }): Omit<O, 'provider' | 'buildSystem' | 'repository'>;
}
