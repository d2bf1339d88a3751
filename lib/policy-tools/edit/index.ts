/** Editing policy files: single values set with comments kept, and forms for the common fields. Pure. */
export { completeYaml } from './complete-yaml.ts';
export type { Completion, YamlCompletions } from './complete-yaml.ts';
export { editPolicyFile } from './edit-policy-file.ts';
export type { EditedFile, PolicyEdit } from './edit-policy-file.ts';
export { editsOfForm, hasForm, policyForm } from './policy-form.ts';
export type { FormChoices, FormField, FormValues } from './policy-form.ts';
export { newPolicyFile } from './new-policy-file.ts';
