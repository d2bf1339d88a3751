/** An account on GitHub, for tests. */
import type { Identity } from './index.ts';

export const onGitHub = (id: string | number): Identity => ({ host: 'github', id: String(id) });
