/** The record of a field of a policy file: everything about it in one place. */
import type {
  ArtifactConfiguration,
  BuildSystem,
  Foundation,
  PolicyFloor,
  SigningPolicy,
} from '../../generated/index.ts';
import type { DocumentPath } from '../document.ts';
import type { ProviderName } from '../../origin/index.ts';
import type { EffectivePolicy } from '../effective-policy.ts';
import type { Advice, FieldRecord, JsonSchema, Measure } from '../../field-record/index.ts';

export interface PolicyField extends FieldRecord {
  /** Of fields of `origin`: the provider that they belong to; origins of other providers don't have them. */
  readonly provider?: ProviderName;
  /** What it means, in words for the policy's public page. */
  readonly says?: {
    readonly section: Section;
    /** Plain text, a sentence each. */
    sentences(effective: EffectivePolicy): readonly string[];
  };
  /** What a foundation can require of it in every policy of a purpose. */
  readonly floors?: readonly FloorField[];
  /** What the policy sets and a signer can't find out about builds of this build system, as the object of a sentence; null: nothing. */
  readonly notEnforced?: (policy: SigningPolicy, buildSystem: BuildSystem | null) => string | null;
  /** What is allowed but probably not intended. */
  readonly lint?: (policy: SigningPolicy) => readonly Advice[];
}

/** Sections of a policy's public page, in their order. */
export const sections = [
  'Signature',
  'Where it is built',
  'What is inside',
  'Malware scan',
  'Approval',
  'Timestamp',
  'Privacy',
  'Changes to the system',
  'Who submits requests',
  'Who is notified',
  'What follows a release',
] as const;
export type Section = (typeof sections)[number];

export interface FloorField {
  readonly name: keyof PolicyFloor;
  readonly schema: JsonSchema;
  measure(purpose: SigningPolicy['purpose']): Measure;
  /** Applies to origins only: a policy without an origin is below the floor, whatever its value. */
  readonly ofOrigins: boolean;
  /** Where the policy is below the floor; also empty if the floor requires nothing. */
  breaches(about: FloorContext): readonly FloorBreach[];
  /** Where the foundation sets it; by default under its own name in the floor of the purpose. */
  readonly askedAt?: (foundation: Foundation, purpose: SigningPolicy['purpose']) => DocumentPath;
  /** Its row in docs/policy/reference.md: `reruns: refused`, and what a policy must do, after "must". */
  readonly reference: { readonly key: string; readonly must: string };
}

export interface FloorContext {
  readonly policy: SigningPolicy;
  /** Of the policy's purpose; empty where the foundation has none. */
  readonly floor: PolicyFloor;
  readonly foundation: Foundation;
  /** null: it is missing, or has problems of its own. */
  readonly artifact: ArtifactConfiguration | null;
}

export interface FloorBreach {
  readonly in: 'policy' | 'artifact';
  readonly path: DocumentPath;
  /** A sentence without its full stop. */
  readonly message: string;
  readonly fix: string;
}
