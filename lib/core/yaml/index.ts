/** What every reader of YAML that others wrote needs before and beside the library: bounds in linear time, and nothing that hides. */
export { composeOne, composeWithHeader } from './compose.ts';
export { duplicateKeys, keyName } from './duplicate-keys.ts';
export { findHiddenCharacter } from './hidden-character.ts';
export { plainTextOf } from './plain-text.ts';
export { depthMax, nodesMax, TokenScan } from './scan-tokens.ts';
