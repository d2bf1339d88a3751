/** Whether the verifiers of each format that gets signed take signatures by the policy's key. */
import type { X509Certificate } from 'node:crypto';
import { compileAsWritten, signaturesOf } from '#core/artifact/index.ts';
import type { KeyUse } from '#core/formats/format.ts';
import { formats } from '#core/formats/registry.ts';
import { keyKindName, keyKindOf, keyTypeOf, type KeyType } from '#core/pki/key-kind/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { fail, type Finding } from '#core/wire/finding/index.ts';

const typeNames: Readonly<Record<KeyType, string>> = { rsa: 'RSA', ec: 'ECDSA (P-256, P-384)' };

/** A finding for each line that asks for a signature that nobody would accept; none: all is well. */
export function checkKeyTypes(
  {
    artifactConfiguration,
    artifactLocations,
  }: Pick<EffectivePolicy, 'artifactConfiguration' | 'artifactLocations'>,
  use: KeyUse,
  name: string,
  { publicKey }: Pick<X509Certificate, 'publicKey'>,
): readonly Finding[] {
  const type = keyTypeOf(publicKey);
  const kind = keyKindOf(publicKey);
  const { elements } = compileAsWritten(artifactConfiguration);
  const signatures = elements.flatMap((element) =>
    signaturesOf(element).map((signature) => ({ ...signature, element })),
  );
  return signatures.flatMap(({ type: by, sign, element }) => {
    const { signing } = formats[by];
    const { words } = formats[element.type];
    if (signing === null) return [];
    if (signing.keyUse(sign) !== use) return [];
    const taken = signing.keyTypes(sign);
    if (type !== null && taken.includes(type)) return [];
    const expected = taken.map((one) => typeNames[one]).join(' or ');
    const found = kind === null ? (publicKey.asymmetricKeyType ?? 'unknown') : keyKindName(kind);
    const finding = fail({
      rule: 'policy.key-type',
      message: `No verifier takes a signature of ${words.one} by the key “${name}”.`,
      expected: `${signing.method}: a key of ${expected}`,
      found,
      policy: artifactLocations[element.pointer] ?? null,
      fix: `Name one with a key of ${expected} in a policy for these files: the foundation makes it in a key ceremony (key: rsa-3072). Or take \`sign\` off this line.`,
    });
    return [finding];
  });
}
