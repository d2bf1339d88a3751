'use client';

import { useRef, useState } from 'react';
import type { SubmitEvent } from 'react';
import { formatSizes } from '../../../../_components/format.ts';
import { nothingSent, valuesOf } from '../../../../_components/form/form-state.ts';
import type { FormState } from '../../../../_components/form/form-state.ts';
import type { FormControl } from '../../../../_components/form/use-form.ts';
import { putFile } from '../../../../_components/upload/put-file.ts';
import type { UploadProgress } from '../../../../_components/upload/put-file.ts';
import { typedParameters, uploadProblemOf } from './upload-problem.ts';
import type { UploadProblem } from './upload-problem.ts';

/** What a refused upload is to the form: the words at its field, or at its top where it is about none. */
export function stateOf(problem: UploadProblem, values: FormState['values']): FormState {
  const { field, message, fix } = problem;
  const fields = field === null ? [] : [{ field, code: 'UPLOAD_REFUSED', message }];
  return { error: { message, fix, fields }, values };
}

/**
 * The form's control: with scripts the file is streamed and `progress` reports how much has been sent; without them the browser sends the
 * form to the same address.
 */
export function useUpload(input: {
  readonly project: string;
  readonly sizeBytesMax: number;
  /** Of a policy: whether it asks for an attestation, and its artifact configuration. */
  readonly needsBundle: (policy: string) => boolean;
  readonly configurationOf: (policy: string) => string;
  /** Of the attempt before, without scripts. */
  readonly begin: FormState;
}): { readonly control: FormControl; readonly progress: UploadProgress | null; readonly stop: () => void } {
  const [state, setState] = useState(input.begin);
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const running = useRef<(() => void) | null>(null);
  const busy = useRef(false);
  const address = `/api/projects/${input.project}/upload`;

  async function put(
    to: string,
    file: File,
    configuration: string,
  ): Promise<{ readonly sha256: string } | UploadProblem> {
    const answer = await putFile(to, file, {
      onProgress: setProgress,
      onStart: (stop) => {
        running.current = stop;
      },
    });
    if ('lost' in answer) return { field: 'artifact', message: answer.lost, fix: 'Send it again.' };
    return answer.ok
      ? (answer.document as { sha256: string })
      : uploadProblemOf(answer.document, configuration);
  }

  /** → the request's page, or what is wrong. */
  async function upload(form: FormData): Promise<string | UploadProblem> {
    const file = form.get('artifact');
    if (!isChosen(file)) return noFile;
    if (file.size > input.sizeBytesMax) return tooLarge(file.size, input.sizeBytesMax);
    const bundle = form.get('bundle');
    const policy = textOf(form, 'policy');
    if (input.needsBundle(policy) && !isChosen(bundle)) return noBundle;
    const text = isChosen(bundle) ? await bundle.text() : null;
    const configuration = input.configurationOf(policy);
    const expectedSha256 = textOf(form, 'sha256').trim().toLowerCase();
    const parameters = typedParameters(form, configuration);
    const query = new URLSearchParams({
      policy,
      parameters: JSON.stringify(parameters),
      ...(expectedSha256 === '' ? {} : { sha256: expectedSha256 }),
    });
    const stored = await put(`${address}?${query.toString()}`, file, configuration);
    if ('message' in stored) return stored;
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        policy,
        sha256: stored.sha256,
        name: file.name,
        bundle: text,
        parameters,
      }),
    });
    const document: unknown = await answer.json();
    return answer.ok ? (document as { url: string }).url : uploadProblemOf(document, configuration);
  }

  async function send(form: FormData): Promise<void> {
    // During the upload there is no button, but the Enter key would still send the form.
    if (busy.current) return;
    busy.current = true;
    setState(nothingSent);
    // The connection, a file that can no longer be read, or an answer that no portal gives.
    const ended = await upload(form).catch(() => uploadProblemOf(null));
    if (typeof ended === 'string') {
      window.location.assign(ended);
      return;
    }
    busy.current = false;
    setProgress(null);
    setState(stateOf(ended, valuesOf(form)));
  }

  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void send(new FormData(event.currentTarget));
  };
  const control = { state, pending: progress !== null, submit: { path: address }, onSubmit };
  return { control, progress, stop: () => running.current?.() };
}

const noFile: UploadProblem = {
  field: 'artifact',
  message: 'No file is chosen, or it is empty.',
  fix: 'Choose the file that is to be signed.',
};

const noBundle: UploadProblem = {
  field: 'bundle',
  message: 'This policy needs the attestation of the file.',
  fix: 'Choose the file with it, or choose another policy.',
};

function tooLarge(bytes: number, bytesMax: number): UploadProblem {
  const [has, takes] = formatSizes(bytes, bytesMax);
  return {
    field: 'artifact',
    message: `The file has ${has}; this portal takes ${takes} at most.`,
    fix: 'Split the artifact, or ask the foundation to raise the limit.',
  };
}

const isChosen = (file: FormDataEntryValue | null): file is File => file instanceof File && file.size > 0;

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
