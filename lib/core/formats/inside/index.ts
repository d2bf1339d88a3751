/** Opens undeclared containers, to scan what they contain. */
export type { InnerFile } from './inner-file.ts';
export { openInside } from './open-inside.ts';
