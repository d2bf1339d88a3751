/** Looking into containers that nobody declared, to scan what they hold. */
export type { InnerFile } from './inner-file.ts';
export { openInside } from './open-inside.ts';
