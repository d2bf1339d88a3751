'use client';

import { RadioGroup } from '../../../../_components/form/choice-fields.tsx';
import { FileField } from '../../../../_components/form/file-field.tsx';
import type { OpenParameter } from '#core/artifact/index.ts';
import { nothingSent } from '../../../../_components/form/form-state.ts';
import { FormFrame } from '../../../../_components/form/form.tsx';
import { SubmitButton } from '../../../../_components/form/submit-button.tsx';
import { TextField } from '../../../../_components/form/text-fields.tsx';
import { UploadProgressBar } from '../../../../_components/upload/upload-progress.tsx';
import { ParameterFields } from './parameter-fields.tsx';
import { formatBytes } from '../../../../_components/format.ts';
import { Command } from '../../../../_components/keep-words.tsx';
import type { UploadProblem } from './upload-problem.ts';
import { stateOf, useUpload } from './use-upload.ts';

export interface SubmitPolicy {
  readonly slug: string;
  readonly words: string;
  readonly needsBundle: boolean;
  /** Name of its artifact configuration, and what that asks requests for. */
  readonly configuration: string;
  readonly parameters: readonly OpenParameter[];
}

/** Uploads and submits; with scripts a bar shows the progress. */
export function UploadForm(props: {
  readonly project: string;
  readonly policies: readonly SubmitPolicy[];
  readonly sizeBytesMax: number;
  readonly repository: string;
  /** Of the attempt before, without scripts. */
  readonly problem: UploadProblem | null;
  /** As they were typed then. */
  readonly values: {
    readonly policy: string;
    readonly sha256: string;
    /** By the names of fields. */
    readonly parameters: Readonly<Record<string, string>>;
  };
}) {
  const { project, policies, sizeBytesMax, values } = props;
  const before = policies.find((policy) => policy.slug === values.policy) ?? policies[0];
  const sent = {
    policy: before === undefined ? [] : [before.slug],
    sha256: [values.sha256],
    ...Object.fromEntries(Object.entries(values.parameters).map(([name, text]) => [name, [text]])),
  };
  const { control, progress, stop } = useUpload({
    project,
    sizeBytesMax,
    needsBundle: (policy) =>
      policies.find((submitPolicy) => submitPolicy.slug === policy)?.needsBundle ?? false,
    configurationOf: (policy) =>
      policies.find((submitPolicy) => submitPolicy.slug === policy)?.configuration ?? '',
    begin: props.problem === null ? nothingSent : stateOf(props.problem, sent),
  });
  return (
    <FormFrame id="upload" control={control} className="mt-6 grid max-w-2xl min-w-0 gap-6">
      <RadioGroup
        name="policy"
        label="Policy"
        hint="What must be true before it is signed."
        required
        {...(before === undefined ? {} : { value: before.slug })}
        choices={policies.map((policy) => ({
          value: policy.slug,
          label: <span className="font-medium wrap-anywhere">{policy.slug}</span>,
          hint: policy.words,
        }))}
      />
      <ParameterFields policies={policies} typed={values.parameters} />
      <FileField
        name="artifact"
        label="File"
        hint={`What is to be signed, at most ${formatBytes(sizeBytesMax)}. Without scripts in the browser, at most 64 MiB.`}
      />
      <FileField
        name="bundle"
        label="Attestation"
        when="where the policy asks for an origin"
        accept=".json,.jsonl,.sigstore"
        hint={
          <>
            The Sigstore bundle that the build made for this very file. To fetch it:{' '}
            <Command>{`gh attestation download FILE --repo ${props.repository}`}</Command>
          </>
        }
      />
      <TextField
        name="sha256"
        label="SHA-256 it should have"
        code
        value={values.sha256}
        hint={
          <>
            Of <Command>sha256sum FILE</Command>: another file is refused. The page of the request shows what
            arrived.
          </>
        }
      />
      {progress === null ? (
        <div>
          <SubmitButton label="Upload and submit" pending="Sending…" />
        </div>
      ) : (
        <UploadProgressBar progress={progress} stop={stop} />
      )}
    </FormFrame>
  );
}
