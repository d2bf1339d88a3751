/** A CI configuration at the built commit, as far as it is judged. All of it is read or none. */
import { readPipelineFile } from '../../../pipeline-file/index.ts';
import { plainTextOf } from '../../../yaml/index.ts';
import { configurationPattern } from '../policy.ts';

export type Configuration =
  | {
      /** Files of the project itself that it includes: paths from its root. */
      readonly local: readonly string[];
      /** What it includes that can become something else, each with its line. */
      readonly unpinned: readonly string[];
    }
  | { readonly unreadable: string };

const kibibytesMax = 256;
const plainPath = new RegExp(configurationPattern);

export function readConfiguration(bytes: Uint8Array): Configuration {
  const plain = plainTextOf(bytes, kibibytesMax);
  if ('problem' in plain) return { unreadable: plain.problem };
  const read = readPipelineFile(plain.text);
  if (typeof read === 'string') return { unreadable: read };
  const local = read.local.map((path) => path.replace(/^\//, ''));
  return {
    local: local.filter((path) => plainPath.test(path)),
    unpinned: [
      ...read.unpinned,
      // A star or a variable is another file whenever one is added, or whoever starts the pipeline says so.
      ...local.filter((path) => !plainPath.test(path)).map((path) => `${path} (not looked into)`),
      ...(read.hasInputs ? ['inputs ($[[ … ]]), which are put into its text when the pipeline starts'] : []),
    ],
  };
}
