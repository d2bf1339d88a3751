/** What went wrong with an upload, at which field of the form; for browser and server. */
export type UploadField = 'policy' | 'artifact' | 'bundle' | 'sha256' | ParameterField;

/** A parameter of an artifact configuration, as the form calls it: configurations may have parameters of one name. */
export type ParameterField = `parameters.${string}.${string}`;

export const parameterField = (configuration: string, name: string): ParameterField =>
  `parameters.${configuration}.${name}`;

export interface UploadProblem {
  /** null: it isn't about one. */
  readonly field: UploadField | null;
  readonly message: string;
  readonly fix: string;
}

const fields: Readonly<Record<string, UploadField>> = {
  NOT_ALLOWED: 'policy',
  UNKNOWN_POLICY: 'policy',
  PROJECT_NOT_ACTIVE: 'policy',
  APPROVAL_NOT_POSSIBLE: 'policy',
  ARTIFACT_MISSING: 'artifact',
  ARTIFACT_TOO_LARGE: 'artifact',
  ARTIFACT_TRUNCATED: 'artifact',
  STORE_FULL: 'artifact',
  ARTIFACT_DIGEST_MISMATCH: 'sha256',
  IDENTIFIER_INVALID: 'sha256',
  ORIGIN_EVIDENCE_MISSING: 'bundle',
  BUNDLE_INVALID: 'bundle',
};

/** A problem document, or anything else, → words at a field. `configuration`: that of the chosen policy, where it is known. */
export function uploadProblemOf(document: unknown, configuration: string | null = null): UploadProblem {
  if (typeof document === 'object' && document !== null && 'code' in document && 'detail' in document) {
    const { code, detail } = document;
    const fix = 'fix' in document && typeof document.fix === 'string' ? document.fix : '';
    if (code === 'IDENTIFIER_INVALID') {
      // The only identifier that people type here.
      return {
        field: 'sha256',
        message: 'This is no SHA-256: it has 64 hexadecimal digits.',
        fix: 'Paste what sha256sum prints, or leave the field empty.',
      };
    }
    if (typeof code === 'string' && typeof detail === 'string')
      return {
        field: fields[code] ?? (code === 'PARAMETERS_INVALID' ? fieldIn(document, configuration) : null),
        message: detail,
        fix,
      };
  }
  return { field: null, message: 'The portal did not take the file.', fix: 'Try again in a minute.' };
}

/** The API's first field, `parameters.NAME`, as the form calls it. */
function fieldIn(document: object, configuration: string | null): UploadField | null {
  if (configuration === null || !('fields' in document) || !Array.isArray(document.fields)) return null;
  const [first] = document.fields as readonly unknown[];
  if (typeof first !== 'object' || first === null || !('field' in first)) return null;
  const name = /^parameters\.([A-Za-z][A-Za-z0-9_-]{0,63})$/.exec(String(first.field))?.[1];
  return name === undefined ? null : parameterField(configuration, name);
}

/** What the form has typed in for a configuration, without what is left empty. */
export function typedParameters(
  entries: Iterable<readonly [string, unknown]>,
  configuration: string,
): Readonly<Record<string, string>> {
  const prefix = parameterField(configuration, '');
  const values: [string, string][] = [];
  for (const [name, value] of entries) {
    if (!name.startsWith(prefix) || typeof value !== 'string' || value.trim() === '') continue;
    values.push([name.slice(prefix.length), value.trim()]);
  }
  return Object.fromEntries(values);
}
