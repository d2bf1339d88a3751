import { identity } from '../../field-record/index.ts';
import type { PolicyField } from './field.ts';

/** A key that signs files' own bytes: never the certificate's, whose signatures these could be passed off as. */
export function ownKeyField(
  path: 'openpgpKey' | 'rawKey',
  label: string,
  what: string,
  hint: string,
): PolicyField {
  return {
    path,
    schema: {
      $ref: '#/$defs/Slug',
      description: `Name of the project's own key for ${what.replaceAll('`', '')} in the signer's key registry. Needed where the artifact configuration asks for such signatures.`,
    },
    measure: identity(`The ${label.startsWith('K') ? label.toLowerCase() : label}`),
    says: {
      section: 'Signature',
      sentences: ({ policy: { [path]: name } }) =>
        name === undefined
          ? []
          : [
              path === 'openpgpKey'
                ? `OpenPGP signatures are made with the project’s own OpenPGP key “${name}”, which signs nothing else.`
                : `Raw signatures are made with the project’s own key “${name}”, which signs nothing else.`,
            ],
    },
    form: {
      label,
      hint: `${hint} Made by the foundation, for this project and purpose.`,
      kind: 'choice',
      options: path === 'openpgpKey' ? 'openpgpKeys' : 'rawKeys',
      optional: true,
    },
    reference: { meaning: `Name of the project’s own key for ${what}`, enforcedBy: 'signer, keyholder' },
  };
}
