/** Sends a file as the body of a request, with progress: what fetch can't tell. For the browser. */

export interface UploadProgress {
  readonly sent: number;
  readonly size: number;
  readonly startedAt: number;
}

/** `lost`: there was no answer. */
export type PutAnswer =
  { readonly ok: boolean; readonly document: unknown } | { readonly ok: false; readonly lost: string };

export function putFile(
  to: string,
  file: File,
  {
    onProgress,
    onStart,
  }: {
    readonly onProgress: (progress: UploadProgress) => void;
    /** Gets what stops it. */
    readonly onStart: (stop: () => void) => void;
  },
): Promise<PutAnswer> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    onStart(() => request.abort());
    const startedAt = Date.now();
    onProgress({ sent: 0, size: file.size, startedAt });
    request.upload.onprogress = (event) => onProgress({ sent: event.loaded, size: file.size, startedAt });
    request.onload = () => {
      const document = parse(request.responseText);
      resolve({ ok: request.status < 300, document });
    };
    const lost = (message: string) => () => resolve({ ok: false, lost: message });
    request.onerror = lost('The connection was lost, and nothing of the file was kept.');
    request.onabort = lost('The upload was stopped, and nothing of the file was kept.');
    request.open('PUT', to);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.send(file);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
