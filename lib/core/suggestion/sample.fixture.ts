/** Samples, and the text of what is suggested for them, read as a policy. */
import type { FileFacts } from '../formats/format.ts';
import type { ArtifactConfiguration } from '../generated/index.ts';
import { parsePolicyFile } from '../policy/index.ts';
import { suggest, type Sample, type SampleFile } from './index.ts';

export const file = (path: string, more: Partial<SampleFile> = {}): SampleFile => ({
  path,
  name: path,
  detected: 'text',
  facts: null,
  closed: [],
  opened: null,
  failed: false,
  ...more,
});
export const pe = (path: string, signed = false, texts: Record<string, string> = {}): SampleFile => {
  const facts: FileFacts = { type: 'pe', signed, kind: 'program', texts };
  return file(path, { detected: 'pe', facts });
};
export const sampleOf = (files: readonly SampleFile[], verifies = false): Sample => ({
  name: 'widget.zip',
  sha256: 'a'.repeat(64),
  root: file('', { name: 'widget.zip', detected: 'zip', opened: { type: 'zip', files } }),
  verifies,
});

export function parsed(text: string): ArtifactConfiguration {
  const bytes = new TextEncoder().encode(text.replaceAll('reason: TODO', 'reason: because of the test'));
  const result = parsePolicyFile({ path: 'projects/p/artifacts/a.yaml', bytes });
  if (!result.ok) throw new Error(`${JSON.stringify(result.diagnostics)}\n${text}`);
  return result.document.value as ArtifactConfiguration;
}

export const textOf = (sample: Sample): string => suggest(sample)?.text ?? '';
