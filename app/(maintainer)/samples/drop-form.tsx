'use client';

import { useRef, useState } from 'react';
import type { DragEvent, SubmitEvent } from 'react';
import { Select } from '../../_components/form/choice-fields.tsx';
import { FileField } from '../../_components/form/file-field.tsx';
import { nothingSent, valuesOf } from '../../_components/form/form-state.ts';
import type { FormState } from '../../_components/form/form-state.ts';
import { FormFrame } from '../../_components/form/form.tsx';
import { SubmitButton } from '../../_components/form/submit-button.tsx';
import { formatBytes, formatSizes } from '../../_components/format.ts';
import { putFile } from '../../_components/upload/put-file.ts';
import type { UploadProgress } from '../../_components/upload/put-file.ts';
import { UploadProgressBar } from '../../_components/upload/upload-progress.tsx';
import { typedParameters, uploadProblemOf } from '../../(public)/projects/[slug]/submit/upload-problem.ts';

import { SampleParameters } from './sample-parameters.tsx';
import type { Place } from './places.ts';

const address = '/api/samples';

interface Problem {
  readonly message: string;
  readonly fix: string;
}

/** Sends one file; dropped, chosen, or without scripts by the browser. */
export function DropForm(props: {
  readonly sizeBytesMax: number;
  /** For which project, and against which of its configurations. */
  readonly places: readonly Place[];
  readonly chosen: string;
  /** Why that one. */
  readonly said: string;
  /** Of the attempt before, without scripts. */
  readonly problem: (Problem & { readonly values: Readonly<Record<string, string>> }) | null;
}) {
  const { sizeBytesMax, places } = props;
  const [state, setState] = useState(() =>
    refusal(props.problem, { for: [props.chosen], ...typedIn(props.problem?.values ?? {}) }),
  );
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const [isOver, setIsOver] = useState(false);
  const stop = useRef<(() => void) | null>(null);
  const busy = useRef(false);
  const area = useRef<HTMLDivElement>(null);

  async function send(form: FormData): Promise<void> {
    if (busy.current) return;
    const file = form.get('artifact');
    const values = valuesOf(form);
    const wrong = file instanceof File ? problemOf(file, sizeBytesMax) : nothingChosen;
    if (wrong !== null || !(file instanceof File)) {
      setState(refusal(wrong, values));
      return;
    }
    busy.current = true;
    setState(nothingSent);
    const place = values['for']?.at(-1) ?? '';
    const parameters = JSON.stringify(typedParameters(form, place));
    const query = new URLSearchParams({ name: file.name, for: place, parameters });
    const answer = await putFile(`${address}?${query.toString()}`, file, {
      onProgress: setProgress,
      onStart: (abort) => {
        stop.current = abort;
      },
    });
    if (answer.ok) {
      window.location.assign((answer.document as { readonly url: string }).url);
      return;
    }
    busy.current = false;
    setProgress(null);
    const problem =
      'lost' in answer ? { message: answer.lost, fix: 'Send it again.' } : uploadProblemOf(answer.document);
    setState(refusal(problem, values));
  }

  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void send(new FormData(event.currentTarget));
  };
  const onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files') || progress !== null) return;
    event.preventDefault();
    setIsOver(true);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    const input = area.current?.querySelector<HTMLInputElement>('input[type=file]');
    if (input === null || input === undefined || progress !== null) return;
    if (event.dataTransfer.files.length !== 1) {
      setState(refusal(oneAlone, {}));
      return;
    }
    input.files = event.dataTransfer.files;
    input.focus();
  };
  const control = { state, pending: progress !== null, submit: { path: address }, onSubmit };
  return (
    <FormFrame id="sample" control={control} className="mt-6 grid max-w-2xl min-w-0 gap-6">
      <div
        ref={area}
        onDragEnter={onDrag}
        onDragOver={onDrag}
        onDragLeave={() => setIsOver(false)}
        onDrop={onDrop}
        className={`rounded-xl border-2 border-dashed p-4 sm:p-6 ${isOver ? 'border-accent bg-accent-soft' : 'border-rule'}`}
      >
        <FileField
          name="artifact"
          label="File"
          hint={`Choose it, or drop it here: what a release would consist of, at most ${formatBytes(sizeBytesMax)}.`}
        />
      </div>
      <Select
        name="for"
        label="For"
        required
        value={props.chosen}
        hint={`${props.said} Its team sees the sample, and can propose what is suggested. Where you name a configuration, the file is held against it as well.`.trimStart()}
        options={places.map(({ value, words }) => [value, words] as const)}
      />
      <SampleParameters places={places} chosen={props.chosen} />
      {progress === null ? (
        <div>
          <SubmitButton label="Look at it" pending="Sending…" />
        </div>
      ) : (
        <UploadProgressBar progress={progress} stop={() => stop.current?.()} />
      )}
    </FormFrame>
  );
}

const typedIn = (values: Readonly<Record<string, string>>): FormState['values'] =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, [text]]));

const nothingChosen: Problem = {
  message: 'No file is chosen, or it is empty.',
  fix: 'Choose the file that is to be looked at.',
};

const oneAlone: Problem = {
  message: 'Several files, or none, were dropped.',
  fix: 'Drop one file: an archive, where a release has several.',
};

function problemOf(file: File, most: number): Problem | null {
  if (file.size === 0) return nothingChosen;
  if (file.size <= most) return null;
  const [has, takes] = formatSizes(file.size, most);
  return {
    message: `The file has ${has}; a sample has at most ${takes}.`,
    fix: 'Look at it on your own machine, where it may be larger: countersign preflight FILE --suggest',
  };
}

function refusal(problem: Problem | null, values: FormState['values']): FormState {
  if (problem === null) return { ...nothingSent, values };
  const { message, fix } = problem;
  return {
    error: { message, fix, fields: [{ field: 'artifact', code: 'UPLOAD_REFUSED', message }] },
    values,
  };
}
