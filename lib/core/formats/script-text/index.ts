/** What scripts that are signed by Authenticode share: text and its encodings, the signature block, and how both are digested. */
export type { BlockStyle } from './block.ts';
export { ScriptError } from './errors.ts';
export { scriptFormat } from './format.ts';
export type { ScriptFamily, ScriptKind } from './kinds.ts';
