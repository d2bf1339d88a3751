import { createHash } from 'node:crypto';
import { compileAsWritten } from '../../artifact/index.ts';
import type { ArtifactMatcher } from '../../artifact/index.ts';
import { canonicalJson } from '../../json/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { EffectivePolicy } from '../index.ts';

/** A policy compiled for many requests. */
export interface CompiledPolicy {
  readonly effective: EffectivePolicy;
  /** As the configuration is written: what requests fill in stands there as `${name}`. */
  readonly matcher: ArtifactMatcher;
  readonly approvers: ReadonlySet<string>;
  /**
   * SHA-256 of the canonical JSON of the artifact configuration, and of the project's program where it signs less
   * than all.
   */
  readonly configurationSha256: string;
}

export function compileForReplay(effective: EffectivePolicy): CompiledPolicy {
  return {
    effective,
    matcher: compileAsWritten(effective.artifactConfiguration),
    approvers: new Set(effective.approvers.map((approver) => approver.handle)),
    configurationSha256: configurationSha256(effective),
  };
}

/** Equal digests accept the same artifacts. */
export function configurationSha256({
  artifactConfiguration,
  project: { program },
}: Pick<EffectivePolicy, 'artifactConfiguration' | 'project'>): string {
  const configuration = artifactConfiguration as unknown as JsonValue;
  // A program that signs every kind adds nothing to what the configuration accepts.
  const json = program === 'executables' ? configuration : { configuration, program };
  return createHash('sha256').update(canonicalJson(json)).digest('hex');
}
