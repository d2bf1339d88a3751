/** On a terminal, what the inspector has done so far: read from the folder that it writes to, since it tells nothing before its answer. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { bar, clearLine } from '../bar.ts';

const everyMilliseconds = 250;
/** Files that take less need no bar. */
const quietMilliseconds = 700;

export function showProgress(
  folder: string,
  sizeBytes: number,
  err: (text: string) => void,
): { readonly end: () => void } {
  if (!process.stderr.isTTY) return { end: () => undefined };
  const start = performance.now();
  let isShown = false;
  let isOver = false;
  const timer = setInterval(() => {
    void seen(folder).then(
      ({ copiedBytes, files }) => {
        if (isOver || performance.now() - start < quietMilliseconds) return;
        isShown = true;
        err(`${clearLine}${line({ copiedBytes, files, sizeBytes })}`);
      },
      () => undefined,
    );
  }, everyMilliseconds);
  timer.unref();
  return {
    end() {
      isOver = true;
      clearInterval(timer);
      if (isShown) err(clearLine);
    },
  };
}

interface Seen {
  readonly copiedBytes: number;
  readonly files: number;
}

/** Its copy of the artifact, and the files that it took out of it. */
async function seen(folder: string): Promise<Seen> {
  const names = await readdir(folder, { recursive: true });
  const copy = names.find((name) => path.basename(name) === 'artifact');
  const copiedBytes = copy === undefined ? 0 : (await stat(path.join(folder, copy))).size;
  return { copiedBytes, files: names.filter((name) => name.endsWith('.leaf')).length };
}

function line({ copiedBytes, files, sizeBytes }: Seen & { readonly sizeBytes: number }): string {
  const part = sizeBytes === 0 ? 1 : Math.min(1, copiedBytes / sizeBytes);
  const inside = files === 0 ? '' : `, ${files} ${files === 1 ? 'file' : 'files'} inside so far`;
  return `${part < 1 ? 'Reading   ' : 'Inspecting'} ${bar(part)}${inside}`;
}
