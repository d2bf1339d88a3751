'use client';

import type { OpenParameter } from '#core/artifact/index.ts';
import { TextField } from '../../../../_components/form/text-fields.tsx';
import { parameterField } from './upload-problem.ts';

interface Asking {
  readonly slug: string;
  readonly configuration: string;
  readonly parameters: readonly OpenParameter[];
}

/** What artifact configurations ask requests for, once for each; policies that share one share its fields. */
export function ParameterFields(props: {
  readonly policies: readonly Asking[];
  readonly typed: Readonly<Record<string, string>>;
}) {
  const { policies, typed } = props;
  const asking = policies.filter(({ parameters }) => parameters.length > 0);
  const groups = [...new Set(asking.map(({ configuration }) => configuration))].map((configuration) =>
    asking.filter((policy) => policy.configuration === configuration),
  );
  return groups.map((group) => {
    const [first] = group;
    if (first === undefined) return null;
    // Where another policy can be chosen, which asks for none of these, no browser may insist on them.
    const always = group.length === policies.length;
    return (
      <fieldset key={first.configuration} className="grid min-w-0 gap-4 border-s-2 border-rule ps-4">
        <legend className="float-start font-medium">
          {always ? 'Parameters' : `Parameters, for ${group.map(({ slug }) => slug).join(' and ')}`}
        </legend>
        <p className="clear-both -mt-3 text-sm text-muted">
          The artifact configuration “{first.configuration}” asks for them. They are compared as they are, and
          who approves the request signs them, too.
        </p>
        {first.parameters.map((parameter) => (
          <ParameterField
            key={parameter.name}
            configuration={first.configuration}
            parameter={parameter}
            required={always && parameter.required}
            typed={typed}
            {...(parameter.required && !always
              ? { when: `needed under ${group.map(({ slug }) => slug).join(' and ')}` }
              : {})}
          />
        ))}
      </fieldset>
    );
  });
}

/** One parameter of a configuration; the field's name says which, since a page may ask for those of several. */
export function ParameterField(props: {
  readonly configuration: string;
  readonly parameter: OpenParameter;
  readonly required?: boolean;
  /** When it is needed, where that depends on what is chosen. */
  readonly when?: string;
  /** What was typed before, by name of the field; absent: the form keeps it. */
  readonly typed?: Readonly<Record<string, string>>;
}) {
  const { configuration, parameter, required = false, when, typed } = props;
  const name = parameterField(configuration, parameter.name);
  return (
    <TextField
      name={name}
      label={parameter.name}
      code
      charactersMax={128}
      required={required}
      hint={hintOf(parameter)}
      {...(typed === undefined ? {} : { value: typed[name] ?? parameter.default ?? '' })}
      {...(when === undefined ? {} : { when })}
    />
  );
}

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** What a parameter is, in sentences. */
function hintOf({ description, pattern, required, default: value }: OpenParameter): string {
  return [
    description === null ? null : sentence(description),
    pattern === null || pattern === '*' ? null : `Like ${pattern}, where * stands for any text.`,
    required || value === null || value === '' ? null : `Left empty, it is ${value}.`,
  ]
    .filter((sentence) => sentence !== null)
    .join(' ');
}
