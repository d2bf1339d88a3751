import { identity, neutral, type Measure } from '../../field-record/index.ts';
import { unsaidProvider, type ProviderName } from '../compared.ts';
import type { OriginField } from '../field.ts';

/** Whose builds and which repository. `about`: what the provider is, for editors and the reference. */
export function sourceFields(
  name: ProviderName,
  about: { readonly description: string; readonly meaning: string },
): readonly OriginField[] {
  return [
    {
      path: 'provider',
      schema: { description: about.description, const: name },
      measure: measureProvider,
      reference: { meaning: about.meaning, enforcedBy: 'signer' },
    },
    {
      path: 'buildSystem',
      schema: { $ref: '#/$defs/Slug', description: 'A name from buildSystems in trust/root.yaml.' },
      measure: identity('The build system'),
      reference: { meaning: 'A name from `trust/root.yaml`: issuer and trust root', enforcedBy: 'signer' },
    },
    {
      path: 'repository',
      schema: { $ref: '#/$defs/OriginRepository' },
      measure: identity('The repository'),
      reference: {
        meaning: '`id`, `ownerId` (numeric, in quotes) and `uri`, the same as in `project.yaml`',
        enforcedBy: 'signer',
      },
    },
    {
      path: 'repository id',
      schema: {
        description: "The repository's numeric id, in quotes.",
        type: 'string',
        maxLength: 19,
        pattern: '^[1-9][0-9]{0,18}$',
      },
      measure: identity("The repository's id"),
    },
    {
      path: 'repository ownerId',
      schema: {
        description: "The owner's numeric id, in quotes.",
        type: 'string',
        maxLength: 19,
        pattern: '^[1-9][0-9]{0,18}$',
      },
      measure: identity("The id of the repository's owner"),
    },
    {
      path: 'repository uri',
      schema: {
        description: 'Address of the repository, without .git and without a final slash.',
        type: 'string',
        maxLength: 300,
        pattern: '^https://[^\\s/?#@]+(?:/[^\\s/?#@]+)+$',
      },
      measure: identity("The repository's address"),
    },
  ];
}

/** Whose builds count, in origins and of build systems. */
export const measureProvider: Measure = (difference, documents) => {
  const { before = unsaidProvider, after = unsaidProvider } = difference;
  return before === after
    ? neutral('It says what a missing line says.')
    : identity('The provider')({ ...difference, before, after }, documents);
};
