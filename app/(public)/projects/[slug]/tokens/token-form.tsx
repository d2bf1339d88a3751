'use client';

import { useEffect, useRef } from 'react';
import { CheckboxGroup, Select } from '../../../../_components/form/choice-fields.tsx';
import { FormFrame } from '../../../../_components/form/form.tsx';
import { nothingSent } from '../../../../_components/form/form-state.ts';
import { SubmitButton } from '../../../../_components/form/submit-button.tsx';
import { TextField } from '../../../../_components/form/text-fields.tsx';
import { useForm } from '../../../../_components/form/use-form.ts';
import { makeTokenForm } from './actions.ts';
import type { TokenFormState } from './actions.ts';

const nothing: TokenFormState = { ...nothingSent, made: null };
const lengths: readonly (readonly [days: string, words: string])[] = [
  ['7', 'a week'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['180', 'half a year'],
  ['366', 'a year'],
];

/** Makes a token and shows it, once. Works before, and without, JavaScript. */
export function TokenForm(props: {
  readonly project: string;
  /** UUID of this form: sent twice, it makes one token. */
  readonly once: string;
  readonly policies: readonly string[];
  readonly daysDefault: number;
  readonly nameCharactersMax: number;
}) {
  const control = useForm(makeTokenForm, nothing);
  const { made } = control.state;
  const tokenBox = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (made !== null) tokenBox.current?.focus();
  }, [made]);
  return (
    <>
      {made === null ? null : (
        <div ref={tokenBox} tabIndex={-1} role="status" className="mt-4 rounded-xl bg-pass-soft p-4 sm:p-5">
          <p className="font-semibold text-pass">“{made.name}” is made. Copy it now: it is not shown again</p>
          <p className="mt-1">
            Store it as a build secret, for example <code>COUNTERSIGN_TOKEN</code> in the secrets of the
            repository. It expires on {made.expiresAt.slice(0, 10)}.
          </p>
          <pre
            className="code-block mt-3 wrap-anywhere select-all"
            tabIndex={0}
            aria-label="The new API token"
          >
            <code id="new-token">{made.token}</code>
          </pre>
        </div>
      )}
      <FormFrame
        // The fields of one token aren't kept for the next.
        key={made?.token}
        id="token"
        control={control}
        hidden={{ project: props.project, once: props.once }}
        className="mt-4 grid min-w-0 gap-4"
      >
        <TextField
          name="name"
          label="Name"
          hint="Where it is used, for example “release workflow”. A policy can name the tokens it accepts requests from."
          required
          charactersMax={props.nameCharactersMax}
          autoComplete="off"
        />
        <CheckboxGroup
          name="policies"
          label="Policies it may submit under"
          hint="None selected: all that accept requests from the project’s tokens."
          choices={props.policies.map((policy) => ({
            value: policy,
            label: <span className="wrap-anywhere">{policy}</span>,
          }))}
          inline
        />
        <Select
          name="days"
          label="It expires after"
          required
          value={String(props.daysDefault)}
          options={lengths}
        />
        <div>
          <SubmitButton label="Make the token" pending="Making…" />
        </div>
      </FormFrame>
    </>
  );
}
