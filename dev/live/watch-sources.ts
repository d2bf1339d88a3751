/** Whether the code of the signer's side has changed. */
import { watch } from 'node:fs';
import { join } from 'node:path';

/** Editors write a file in steps, and git many at once. */
const quietMilliseconds = 300;

/** Whether a program runs it. */
export const isSource = (file: string): boolean => /\.(?:ts|mjs)$/.test(file) && !file.endsWith('.test.ts');

/** Calls `changed` after files of these folders have changed and been left alone for a moment → ends that. */
export function watchSources(root: string, folders: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watchers = folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (file !== null && !isSource(file)) return;
      clearTimeout(timer);
      timer = setTimeout(changed, quietMilliseconds);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
