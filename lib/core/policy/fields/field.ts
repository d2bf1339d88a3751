/** The record of a field of a policy file: all that is known of it, in one place. */
import type { ArtifactConfiguration, Foundation, PolicyFloor, SigningPolicy } from '../../generated/index.ts';
import type { DocumentPath } from '../document.ts';
import type { ProviderName } from '../../origin/index.ts';
import type { EffectivePolicy } from '../effective-policy.ts';
import type { Advice, FieldRecord, JsonSchema, Measure } from '../../field-record/index.ts';

export interface PolicyField extends FieldRecord {
  /** Of lines of `origin`: whose; it is no field of other providers' origins. */
  readonly provider?: ProviderName;
  /** What a policy says by it, on its public page. */
  readonly says?: {
    readonly section: Section;
    /** Plain text, a sentence each. */
    sentences(effective: EffectivePolicy): readonly string[];
  };
  /** What a foundation can ask of it, of every policy of a purpose. */
  readonly floors?: readonly FloorField[];
  /** What the language can say by it and this version can't hold to: the object of a sentence; null: all can be. */
  readonly notEnforced?: (policy: SigningPolicy) => string | null;
  /** What is allowed and probably not meant. */
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
  'Who is told',
] as const;
export type Section = (typeof sections)[number];

export interface FloorField {
  readonly name: keyof PolicyFloor;
  readonly schema: JsonSchema;
  measure(purpose: SigningPolicy['purpose']): Measure;
  /** Holds of origins alone: a policy without one is below it, whatever it asks. */
  readonly ofOrigins: boolean;
  /** What of a policy is below the floor; empty too where the floor asks for nothing. */
  breaches(about: FloorContext): readonly FloorBreach[];
  /** Where the foundation asks for it; left out: under its own name in the floor of the purpose. */
  readonly askedAt?: (foundation: Foundation, purpose: SigningPolicy['purpose']) => DocumentPath;
  /** Its row in docs/policy/reference.md: `reruns: refused`, and what a policy must do, after "must". */
  readonly reference: { readonly key: string; readonly must: string };
}

export interface FloorContext {
  readonly policy: SigningPolicy;
  /** Of the policy's purpose; empty where the foundation has none. */
  readonly floor: PolicyFloor;
  readonly foundation: Foundation;
  /** null: it isn't there, or has problems of its own. */
  readonly artifact: ArtifactConfiguration | null;
}

export interface FloorBreach {
  readonly in: 'policy' | 'artifact';
  readonly path: DocumentPath;
  /** A sentence without its full stop. */
  readonly message: string;
  readonly fix: string;
}
