import { formatBytes } from '../format.ts';
import type { UploadProgress } from './put-file.ts';

/** How much of a file has been sent, and a button to stop. */
export function UploadProgressBar({
  progress,
  stop,
}: {
  readonly progress: UploadProgress;
  readonly stop: () => void;
}) {
  const { sent, size, startedAt } = progress;
  const done = sent >= size;
  const seconds = (Date.now() - startedAt) / 1000;
  const left = sent > 0 && seconds > 2 ? Math.ceil((seconds / sent) * (size - sent)) : null;
  const words = done
    ? 'All of it is sent; the portal is storing it.'
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
