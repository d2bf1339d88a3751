/** A file of the policy repository after parsing: its value, and where each part of it was written. */
import type { PolicyLocation } from '../wire/finding/index.ts';
import type {
  ArtifactConfiguration,
  Foundation,
  Person,
  Project,
  Revocation,
  SigningPolicy,
  TrustRoot,
} from '../generated/index.ts';

/** Keys and list indexes from the root of a document, for example `['origin', 'refs', 'tags', 0]`. */
export type DocumentPath = readonly (string | number)[];

export interface PolicyDocument<Value> {
  /** Frozen, valid against the schema of its kind. */
  readonly value: Value;
  /** Path in the repository, with `/`. */
  readonly file: string;
  /** Where a part of the document stands; for a part that isn't there, its nearest parent. */
  locate(path: DocumentPath): PolicyLocation;
}

export type FoundationDocument = PolicyDocument<Foundation>;
export type TrustRootDocument = PolicyDocument<TrustRoot>;
export type PersonDocument = PolicyDocument<Person>;
export type ProjectDocument = PolicyDocument<Project>;
export type SigningPolicyDocument = PolicyDocument<SigningPolicy>;
export type RevocationDocument = PolicyDocument<Revocation>;
export type ArtifactConfigurationDocument = PolicyDocument<ArtifactConfiguration>;

/** A document of any kind; `document.value.kind` tells which. */
export type AnyPolicyDocument = PolicyDocument<
  Foundation | TrustRoot | Person | Project | SigningPolicy | ArtifactConfiguration | Revocation
>;
