'use client';

import { useEffect, useRef, useState } from 'react';
import type { SubmitEvent } from 'react';
import { uploadProblemOf } from './upload-problem.ts';
import type { UploadField, UploadProblem } from './upload-problem.ts';
import { formatBytes, formatSizes } from '../../../../_components/format.ts';

export interface SubmitPolicy {
  readonly slug: string;
  readonly words: string;
  readonly needsBundle: boolean;
}

interface Progress {
  readonly sent: number;
  readonly size: number;
  readonly startedAt: number;
}

/**
 * Uploads and submits. With scripts the file is streamed, with a bar that shows how far it is; without them the form goes as
 * it is. Errors stand at their field.
 */
export function UploadForm(props: {
  readonly project: string;
  readonly policies: readonly SubmitPolicy[];
  readonly sizeBytesMax: number;
  readonly repository: string;
  /** Of the attempt before, without scripts. */
  readonly problem: UploadProblem | null;
  /** As they were typed then. */
  readonly values: { readonly policy: string; readonly sha256: string };
}) {
  const { project, policies } = props;
  const [problem, setProblem] = useState(props.problem);
  const [progress, setProgress] = useState<Progress | null>(null);
  const running = useRef<XMLHttpRequest | null>(null);
  const told = useRef<HTMLDivElement>(null);
  const before = policies.find((one) => one.slug === props.values.policy) ?? policies[0];
  const [chosen, setChosen] = useState(before?.slug ?? '');
  useEffect(() => {
    if (problem !== null) told.current?.focus();
  }, [problem]);
  const needsBundle = policies.find((one) => one.slug === chosen)?.needsBundle ?? false;

  async function send(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const file = form.get('artifact');
    const bundle = form.get('bundle');
    setProblem(null);
    if (!(file instanceof File) || file.size === 0) {
      setProblem({
        field: 'artifact',
        message: 'No file is chosen.',
        fix: 'Choose the file that is to be signed.',
      });
      return;
    }
    if (file.size > props.sizeBytesMax) {
      const [has, takes] = formatSizes(file.size, props.sizeBytesMax);
      setProblem({
        field: 'artifact',
        message: `The file has ${has}; this portal takes ${takes} at most.`,
        fix: 'Split the artifact, or ask the foundation to raise the limit.',
      });
      return;
    }
    if (needsBundle && !(bundle instanceof File && bundle.size > 0)) {
      setProblem({
        field: 'bundle',
        message: 'This policy needs the attestation of the file.',
        fix: 'Choose it below.',
      });
      return;
    }
    const text = bundle instanceof File && bundle.size > 0 ? await bundle.text() : null;
    const policy = textOf(form, 'policy');
    const wanted = textOf(form, 'sha256').trim().toLowerCase();
    const address = `/api/projects/${project}/upload`;
    const query = new URLSearchParams({ policy, ...(wanted === '' ? {} : { sha256: wanted }) });
    const failed = (found: UploadProblem): void => {
      setProgress(null);
      setProblem(found);
    };
    try {
      const stored = await put(`${address}?${query.toString()}`, file);
      if ('message' in stored) {
        failed(stored);
        return;
      }
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ policy, sha256: stored.sha256, name: file.name, bundle: text }),
      });
      const document: unknown = await answer.json();
      if (answer.ok) window.location.assign((document as { url: string }).url);
      else failed(uploadProblemOf(document));
    } catch {
      // The connection, or an answer that no portal gives.
      failed(uploadProblemOf(null));
    }
  }

  function put(address: string, file: File): Promise<{ readonly sha256: string } | UploadProblem> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      running.current = request;
      const startedAt = Date.now();
      setProgress({ sent: 0, size: file.size, startedAt });
      request.upload.onprogress = (event) => setProgress({ sent: event.loaded, size: file.size, startedAt });
      request.onload = () => {
        const document: unknown = parse(request.responseText);
        if (request.status < 300) resolve(document as { sha256: string });
        else resolve(uploadProblemOf(document));
      };
      const lost: UploadProblem = {
        field: 'artifact',
        message: 'The connection was lost, and nothing of the file was kept.',
        fix: 'Send it again.',
      };
      request.onerror = () => resolve(lost);
      request.onabort = () =>
        resolve({ ...lost, message: 'The upload was stopped, and nothing of the file was kept.' });
      request.open('PUT', address);
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.send(file);
    });
  }

  const at = (field: UploadField) =>
    problem?.field === field
      ? { 'aria-invalid': true, 'aria-describedby': `upload-${field}-error upload-${field}-hint` }
      : { 'aria-describedby': `upload-${field}-hint` };
  const error = (field: UploadField) =>
    problem?.field === field ? (
      <p id={`upload-${field}-error`} className="mt-1 font-medium text-fail">
        {problem.message} {problem.fix}
      </p>
    ) : null;

  return (
    <form
      method="post"
      action={`/api/projects/${project}/upload`}
      encType="multipart/form-data"
      onSubmit={(event) => void send(event)}
      className="mt-6 grid max-w-2xl gap-6"
    >
      {problem === null ? null : (
        <div ref={told} tabIndex={-1} role="alert" className="rounded-lg bg-fail-soft p-4 text-fail">
          <p className="font-semibold">{problem.message}</p>
          <p className="mt-1 text-ink">{problem.fix}</p>
          {problem.field === null ? null : (
            <p className="mt-1">
              <a href={`#upload-${problem.field}`} className="underline">
                Go to the field
              </a>
            </p>
          )}
        </div>
      )}
      <fieldset id="upload-policy">
        <legend className="font-medium">Policy</legend>
        <p id="upload-policy-hint" className="text-sm text-muted">
          What must be true before it is signed.
        </p>
        {error('policy')}
        <div className="mt-1 grid gap-1">
          {policies.map((one) => (
            <label key={one.slug} className="inline-flex min-h-9 items-start gap-2.5">
              <input
                type="radio"
                name="policy"
                value={one.slug}
                defaultChecked={one === before}
                onChange={() => setChosen(one.slug)}
                className="mt-1 h-5 w-5 shrink-0 accent-[var(--accent)]"
              />
              <span className="min-w-0">
                <span className="font-medium wrap-anywhere">{one.slug}</span>
                <span className="block text-sm text-muted">{one.words}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div>
        <label htmlFor="upload-artifact" className="block font-medium">
          File
        </label>
        <p id="upload-artifact-hint" className="text-sm text-muted">
          What is to be signed, at most {formatBytes(props.sizeBytesMax)}. Without scripts in the browser, at
          most 64 MiB.
        </p>
        {error('artifact')}
        <input
          id="upload-artifact"
          type="file"
          name="artifact"
          required
          className="field mt-2"
          {...at('artifact')}
        />
      </div>
      <div>
        <label htmlFor="upload-bundle" className="block font-medium">
          Attestation <span className="font-normal text-muted">(where the policy asks for an origin)</span>
        </label>
        <p id="upload-bundle-hint" className="text-sm text-muted">
          The Sigstore bundle that the build made for this very file. To fetch it:{' '}
          <code className="wrap-anywhere">gh attestation download FILE --repo {props.repository}</code>
        </p>
        {error('bundle')}
        <input
          id="upload-bundle"
          type="file"
          name="bundle"
          accept=".json,.jsonl,.sigstore"
          className="field mt-2"
          {...at('bundle')}
        />
      </div>
      <div>
        <label htmlFor="upload-sha256" className="block font-medium">
          SHA-256 it should have <span className="font-normal text-muted">(optional)</span>
        </label>
        <p id="upload-sha256-hint" className="text-sm text-muted">
          Of <code>sha256sum FILE</code>: another file is refused. The page of the request shows what arrived.
        </p>
        {error('sha256')}
        <input
          id="upload-sha256"
          name="sha256"
          defaultValue={props.values.sha256}
          type="text"
          autoComplete="off"
          spellCheck={false}
          className="field mt-2 font-mono text-[0.8125rem]"
          {...at('sha256')}
        />
      </div>
      {progress === null ? (
        <div>
          <button type="submit" className="button">
            Upload and submit
          </button>
        </div>
      ) : (
        <UploadProgress progress={progress} stop={() => running.current?.abort()} />
      )}
    </form>
  );
}

function UploadProgress({ progress, stop }: { readonly progress: Progress; readonly stop: () => void }) {
  const { sent, size, startedAt } = progress;
  const done = sent >= size;
  const seconds = (Date.now() - startedAt) / 1000;
  const left = sent > 0 && seconds > 2 ? Math.ceil((seconds / sent) * (size - sent)) : null;
  const words = done
    ? 'All of it is sent; the portal writes it down.'
    : `${formatBytes(sent)} of ${formatBytes(size)}${left === null ? '' : `, about ${left} s left`}`;
  return (
    <div>
      <p id="upload-progress" className="font-medium">
        {words}
      </p>
      <progress className="meter mt-2" value={sent} max={size} aria-labelledby="upload-progress" />
      <p role="status" className="sr-only">
        {/* Every tenth is said, not every percent. */}
        {`${Math.floor((sent / size) * 10) * 10} per cent sent`}
      </p>
      <button type="button" className="button button-quiet mt-3" onClick={stop}>
        Stop
      </button>
    </div>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
