import { createHash } from 'node:crypto';
import { compileConfiguration } from '../artifact/index.ts';
import type { ArtifactMatcher } from '../artifact/index.ts';
import { canonicalJson } from '../json/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { EffectivePolicy } from '../policy/index.ts';

/** A policy made ready for many requests. */
export interface CompiledPolicy {
  readonly effective: EffectivePolicy;
  readonly matcher: ArtifactMatcher;
  readonly approvers: ReadonlySet<string>;
  /** SHA-256 of the canonical JSON of the artifact configuration. */
  readonly configurationSha256: string;
}

export function compileForReplay(effective: EffectivePolicy): CompiledPolicy {
  return {
    effective,
    matcher: compileConfiguration(effective.artifactConfiguration),
    approvers: new Set(effective.approvers.map((one) => one.handle)),
    configurationSha256: configurationSha256(effective),
  };
}

/** Equal digests accept the same artifacts. */
export function configurationSha256({
  artifactConfiguration,
}: Pick<EffectivePolicy, 'artifactConfiguration'>): string {
  const json = artifactConfiguration as unknown as JsonValue;
  return createHash('sha256').update(canonicalJson(json)).digest('hex');
}
