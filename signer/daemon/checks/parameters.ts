/** Part of step "policy": the artifact configuration with what this request fills into it. */
import { fillParameters } from '#core/artifact/index.ts';
import type { ArtifactConfiguration } from '#core/generated/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { type Checked, fail, pass } from '#core/wire/finding/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';

/** Values that the accepted configuration doesn't ask for, or asks for otherwise, are refused, and so are missing ones. */
export function checkParameters(
  effective: EffectivePolicy,
  values: ParameterValues,
): Checked<ArtifactConfiguration> {
  const rule = 'policy.parameters';
  const result = fillParameters(effective.artifactConfiguration, values);
  if (!result.ok) {
    const findings = result.problems.map(({ name, path, message, expected, fix }) =>
      fail({
        rule,
        message,
        expected,
        found: name === null ? null : Object.hasOwn(values, name) ? (values[name] ?? null) : 'no value',
        policy: effective.locateArtifact(path),
        fix,
      }),
    );
    return { ok: false, findings };
  }
  const findings = result.filled.map(({ name, value, given }) =>
    pass({
      rule,
      message: given
        ? `\`${name}\` is “${value}”, as the request says; who approves it signs that, too.`
        : `\`${name}\` is “${value}”: the request gives no other value.`,
      found: value,
      policy: effective.locateArtifact([
        'parameters',
        (effective.artifactConfiguration.parameters ?? []).findIndex((parameter) => parameter.name === name),
      ]),
    }),
  );
  return { ok: true, value: result.configuration, findings };
}
